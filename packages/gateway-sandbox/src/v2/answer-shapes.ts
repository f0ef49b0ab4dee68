import type { Misbehaviour } from '../misbehaviour.ts'

export type V2Answer = Readonly<Record<string, unknown>>

/** The fields that the schema requires in every state, and those of single states (docs/gateway/portone-v2.md §6). */
const REQUIRED = new Set([
  'status',
  'id',
  'transactionId',
  'paymentId',
  'merchantId',
  'storeId',
  'version',
  'requestedAt',
  'updatedAt',
  'statusChangedAt',
  'orderName',
  'amount',
  'currency',
  'customer',
  'origin',
  'disputes',
  'failedAt',
  'failure',
  'cancelledAt',
  'cancellations',
])
const CHANNEL_REQUIRED = new Set([
  'PAY_PENDING',
  'VIRTUAL_ACCOUNT_ISSUED',
  'PAID',
  'PARTIAL_CANCELLED',
  'CANCELLED',
])
/** Required by the schema, but absent from every real answer that was seen. */
const NEVER_RECORDED = new Set(['origin', 'webhooks', 'customData', 'products', 'productCount'])
const TIMES = new Set(['requestedAt', 'updatedAt', 'statusChangedAt', 'paidAt', 'failedAt', 'cancelledAt'])
const NANOSECONDS = '.123456789Z'

/** Returns the answer in one of the shapes that real gateways send. `rowFields` replaces any field: a new status, a new class. */
export const inShape = (
  answer: V2Answer,
  { rowShape, rowFields }: Pick<Misbehaviour, 'rowShape' | 'rowFields'>,
): V2Answer => ({ ...shaped(answer, rowShape), ...rowFields })

function shaped(answer: V2Answer, shape: Misbehaviour['rowShape']): V2Answer {
  const isNeeded = (field: string) => isRequired(answer, field)
  switch (shape) {
    case 'full':
      return answer
    case 'required':
      return fieldsBy(answer, isNeeded)
    case 'recorded':
      return fieldsBy(
        answer,
        (field) => !NEVER_RECORDED.has(field) && (field !== 'channel' || isNeeded(field)),
      )
    case 'nulls':
      return mapped(answer, (field, value) => (isNeeded(field) ? value : null))
    case 'extra':
      return { ...answer, riskGrade: 'B', settlement: { due: [1, null] }, feeRate: '0.029' }
    case 'fractional':
      return mapped(answer, (field, value) =>
        TIMES.has(field) && typeof value === 'string' ? value.replace(/(?:\.\d+)?Z$/, NANOSECONDS) : value,
      )
    case 'no_sandbox':
      return fieldsBy(answer, (field) => field !== 'channel')
    case 'no_started_at':
      return fieldsBy(answer, (field) => field !== 'requestedAt')
    case 'zero_started_at':
      return { ...answer, requestedAt: '1970-01-01T00:00:00Z' }
  }
}

/** READY and FAILED need no channel, and only PAID needs its time. */
function isRequired({ status }: V2Answer, field: string): boolean {
  if (field === 'channel') return CHANNEL_REQUIRED.has(String(status))
  return field === 'paidAt' ? status === 'PAID' : REQUIRED.has(field)
}

const fieldsBy = (answer: V2Answer, isKept: (field: string) => boolean): V2Answer =>
  Object.fromEntries(Object.entries(answer).filter(([field]) => isKept(field)))

const mapped = (answer: V2Answer, to: (field: string, value: unknown) => unknown): V2Answer =>
  Object.fromEntries(Object.entries(answer).map(([field, value]) => [field, to(field, value)]))
