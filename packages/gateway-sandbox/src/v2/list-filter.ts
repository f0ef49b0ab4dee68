import { z } from 'zod'
import type { VisibleRow } from '../v1/visible-rows.ts'
import { methodOf } from './method-object.ts'
import { changedAtSeconds, statusOf } from './payment-object.ts'

/** The input of `GET /payments` (docs/gateway/portone-v2.md §5). Pages start at 0. Unknown filters are ignored. */
const PAGE_SIZE_DEFAULT = 10
const WINDOW_SECONDS = 90 * 86_400
/** (number + 1) × size may not exceed this. */
export const ROWS_MAX = 60_000

const Time = z.iso.datetime({ offset: true })
const Method = z.enum([
  'CARD',
  'TRANSFER',
  'VIRTUAL_ACCOUNT',
  'GIFT_CERTIFICATE',
  'MOBILE',
  'EASY_PAY',
  'CONVENIENCE_STORE',
  'CRYPTO',
])
/** Here PENDING is what objects call PAY_PENDING. */
const Status = z.enum([
  'READY',
  'PENDING',
  'VIRTUAL_ACCOUNT_ISSUED',
  'PAID',
  'FAILED',
  'PARTIAL_CANCELLED',
  'CANCELLED',
])
const Filter = z.object({
  storeId: z.string().optional(),
  timestampType: z.enum(['CREATED_AT', 'STATUS_CHANGED_AT']).default('STATUS_CHANGED_AT'),
  from: Time.optional(),
  until: Time.optional(),
  status: z.array(Status).optional(),
  methods: z.array(Method).optional(),
  pgProvider: z.array(z.string()).optional(),
  isTest: z.boolean().optional(),
  sortBy: z.enum(['REQUESTED_AT', 'STATUS_CHANGED_AT']).optional(),
  sortOrder: z.enum(['DESC', 'ASC']).default('DESC'),
  version: z.enum(['V1', 'V2']).optional(),
  currency: z.string().optional(),
  textSearch: z.array(z.object({ field: z.string(), value: z.string() })).optional(),
})
export const ListInput = z.object({
  storeId: z.string().optional(),
  page: z
    .object({
      number: z.number().int().min(0).default(0),
      size: z.number().int().min(1).default(PAGE_SIZE_DEFAULT),
    })
    .prefault({}),
  filter: Filter.prefault({}),
})
type ListFilter = z.output<typeof Filter>

/** Returns the payments that the filter lets through, in its order. */
export function filtered(
  seen: readonly VisibleRow[],
  filter: ListFilter,
  nowSeconds: number,
): readonly VisibleRow[] {
  const until = filter.until === undefined ? nowSeconds : Date.parse(filter.until) / 1000
  const from = filter.from === undefined ? until - WINDOW_SECONDS : Date.parse(filter.from) / 1000
  const timeOf = (byCreation: boolean) => (one: VisibleRow) =>
    byCreation ? one.row.started_at : changedAtSeconds(one.row)
  const windowTime = timeOf(filter.timestampType === 'CREATED_AT')
  const sortTime = timeOf((filter.sortBy ?? filter.timestampType) !== 'STATUS_CHANGED_AT')
  const sign = filter.sortOrder === 'ASC' ? 1 : -1
  return seen
    .filter((one) => windowTime(one) >= from && windowTime(one) <= until && isWanted(one, filter))
    .sort((a, b) => sign * (sortTime(a) - sortTime(b)))
}

function isWanted(seen: VisibleRow, filter: ListFilter): boolean {
  const { row, payment } = seen
  const status = statusOf(seen)
  const pgProvider = (row.pg_provider ?? '').toUpperCase()
  const isIn = <T>(list: readonly T[] | undefined, value: T | null) =>
    list === undefined || (value !== null && list.includes(value))
  return (
    isIn(filter.status, status === 'PAY_PENDING' ? 'PENDING' : status) &&
    isIn(filter.methods, filterMethodOf(seen)) &&
    isIn(filter.pgProvider, pgProvider) &&
    (filter.isTest === undefined || filter.isTest === row.sandbox) &&
    (filter.currency === undefined || filter.currency === row.currency) &&
    (filter.version === undefined || (filter.version === 'V1') === (payment.v2 === undefined)) &&
    (filter.textSearch ?? []).every(({ field, value }) =>
      textsOf(seen, field).some((text) => text.includes(value)),
    )
  )
}

const CLASSES = new Map<unknown, z.output<typeof Method>>([
  ['PaymentMethodCard', 'CARD'],
  ['PaymentMethodTransfer', 'TRANSFER'],
  ['PaymentMethodVirtualAccount', 'VIRTUAL_ACCOUNT'],
  ['PaymentMethodMobile', 'MOBILE'],
  ['PaymentMethodGiftCertificate', 'GIFT_CERTIFICATE'],
  ['PaymentMethodEasyPay', 'EASY_PAY'],
])
const filterMethodOf = ({ row }: VisibleRow) => CLASSES.get(methodOf(row)?.['type']) ?? null

/** The texts of a payment by the name of a search field. Other fields find nothing. */
function textsOf({ payment, row }: VisibleRow, field: string): readonly string[] {
  const texts: Readonly<Record<string, string | null>> = {
    PAYMENT_ID: payment.orderId,
    TX_ID: payment.paymentId,
    PG_TX_ID: row.pg_tid,
    CARD_APPROVAL_NUMBER: row.apply_num,
    VIRTUAL_ACCOUNT_NUMBER: row.vbank_num,
    CUSTOMER_NAME: row.buyer_name,
  }
  const chosen = field === 'ALL' ? Object.values(texts) : [texts[field] ?? null]
  return chosen.filter((text) => text !== null)
}
