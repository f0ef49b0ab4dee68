import fc from 'fast-check'
import { z } from 'zod'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import * as schema from '../../testing/v2-schema.ts'
import type { Answer } from './answers.ts'
import { answersV2 } from './answers-v2.ts'
import { edited, oneEdit } from './grammar.ts'
import { ordealsOf, type HostileProtocol } from './hostile.ts'
import { parsed } from './parsers.ts'
import { signatureHeaders } from './signing.ts'
import { START_MS } from './truth.ts'
import { ORIGIN } from './world.ts'

/** That of the published records. */
const AMOUNT = 1_000

type Row = Readonly<Record<string, unknown>>

/** Begun after its order was registered: money of earlier is a person's, whatever else is right about it (M-20). */
const begun = {
  requestedAt: new Date(START_MS).toISOString(),
  statusChangedAt: new Date(START_MS).toISOString(),
}
const withMoney = ['VIRTUAL_ACCOUNT_ISSUED', 'PAID', 'PARTIAL_CANCELLED', 'CANCELLED'] as const
const rows = withMoney.map((status) => ({
  payment: { ...schema.payments[status], ...begun },
  try: { ...schema.tries[status], ...begun },
}))

const sums = (changed: Row): Row => ({ amount: { ...schema.payments.PAID.amount, ...changed } })
const channel = (type: string): Row => ({ channel: { type, pgProvider: 'TOSSPAYMENTS', pgMerchantId: 'x' } })

/** What makes it money for nobody, for somebody else, or not returned yet (M-01, M-02, G-07, G-12, G-20). */
const lies: readonly Row[] = [
  {},
  {},
  {},
  sums({ total: 999 }),
  sums({ total: 1_001 }),
  sums({ total: 1 }),
  sums({ cancelled: AMOUNT }),
  { currency: 'USD' },
  { currency: 'JPY' },
  channel('TEST'),
  channel('STAGING'),
  { channel: undefined },
  { storeId: 'store-9' },
  { id: 'ord-9' },
  { paymentId: 'ord-9' },
  { transactionId: 'tx-9' },
  { cancellations: [{ ...schema.cancellations.REQUESTED, totalAmount: AMOUNT }] },
]

const soundAnswer = (body: unknown): Answer => ({
  fails: false,
  answer: { status: 200, headers: {}, text: JSON.stringify(body) },
})

/** A sound answer about a payment that may hold money, or about its tries, one field changed at most: what comes nearest to being believed. */
const plausible: fc.Arbitrary<Answer> = fc
  .record({
    row: fc.constantFrom(...rows),
    lie: fc.constantFrom(...lies),
    changes: fc.array(oneEdit, { maxLength: 1 }),
    isList: fc.boolean(),
  })
  .map(({ row, lie, changes, isList }) =>
    isList
      ? soundAnswer({ items: [edited({ ...row.try, ...lie }, changes)] })
      : soundAnswer(edited({ ...row.payment, ...lie }, changes)),
  )

/** Registered, and looked up by the payment that a webhook names: told without a lie, the order must be believed paid. */
const sound = fc.constant([
  soundAnswer({}),
  soundAnswer({ ...schema.payments.PAID, ...begun }),
  soundAnswer({ ...schema.payments.PAID, ...begun }),
])

const hostile = fc.oneof({ weight: 1, arbitrary: plausible }, { weight: 1, arbitrary: answersV2 })

export const ordealsV2 = ordealsOf(hostile, sound)

const Money = z.object({
  status: z.enum(['PAID', 'PARTIAL_CANCELLED', 'CANCELLED']),
  amount: z.object({ total: z.literal(AMOUNT) }),
  currency: z.literal('KRW'),
  channel: z.object({ type: z.literal('LIVE') }),
  storeId: z.literal(V2_STORE_ID).nullish(),
})
const AsPayment = Money.extend({ id: z.string(), transactionId: z.string().min(1) })
const AsTry = Money.extend({ id: z.string().min(1), paymentId: z.string() })
const List = z.object({ items: z.array(z.unknown()) })

export const hostileV2: HostileProtocol = {
  gateway: 'portone-v2',
  amount: AMOUNT,
  inTheWordsOf: (text, number) =>
    text
      .replaceAll(schema.payments.PAID.transactionId, `tx-h${number}`)
      .replaceAll(schema.payments.PAID.id, `ord-h${number}`),
  claim: (number, nowMs) => {
    const data = { storeId: V2_STORE_ID, paymentId: `ord-h${number}`, transactionId: `tx-h${number}` }
    const timestamp = new Date(nowMs).toISOString()
    const body = JSON.stringify({ type: 'Transaction.Paid', timestamp, data })
    const signing = { id: `msg-h${number}`, agoSeconds: 0, secret: 'first', change: 'nothing' } as const
    return new Request(`${ORIGIN}/webhooks/portone`, {
      method: 'POST',
      headers: [['content-type', 'application/json'], ...signatureHeaders(signing, body, nowMs)],
      body,
    })
  },
  isProof: (text, orderId) => {
    const value = parsed(text)
    const list = List.safeParse(value)
    return (
      AsPayment.safeParse(value).data?.id === orderId ||
      (list.data?.items.some((row) => AsTry.safeParse(row).data?.paymentId === orderId) ?? false)
    )
  },
}
