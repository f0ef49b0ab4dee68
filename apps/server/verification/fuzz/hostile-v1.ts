import fc from 'fast-check'
import { z } from 'zod'
import { answers, pages, rowsIn, type Answer } from './answers.ts'
import { edited, oneEdit, samples } from './grammar.ts'
import { ordealsOf, type HostileProtocol } from './hostile.ts'
import { payments } from './parsers.ts'
import { START_MS } from './truth.ts'
import { ORIGIN } from './world.ts'

const AMOUNT = 14_000

const held = samples.annotations.flatMap(({ response }) => {
  const row = z
    .looseObject({
      status: z.enum(['paid', 'cancelled', 'ready']),
      amount: z.literal(AMOUNT),
      cancel_amount: z.number(),
    })
    .safeParse(response)
  // Begun after its order was registered: money of earlier is a person's, whatever else is right about it (M-20).
  return row.success ? [{ ...row.data, started_at: START_MS / 1000 }] : []
})

/** What makes it money for nobody, or for somebody else (M-01, M-02, G-07, G-12). */
const lies: ReadonlyArray<Readonly<Record<string, unknown>>> = [
  {},
  {},
  {},
  { amount: 13_999 },
  { amount: 14_001 },
  { amount: 1 },
  { currency: 'USD' },
  { currency: 'JPY' },
  { sandbox: true },
  { merchant_uid: 'ord-9' },
  { imp_uid: 'imp_999999999999' },
]

const soundAnswer = (response: unknown): Answer => ({
  fails: false,
  answer: { status: 200, headers: {}, text: JSON.stringify({ code: 0, message: null, response }) },
})

/** A sound answer about a payment that may hold money, one field of it changed at most: what comes nearest to being believed. */
const plausible: fc.Arbitrary<Answer> = fc
  .tuple(fc.constantFrom(...held), fc.constantFrom(...lies), fc.array(oneEdit, { maxLength: 1 }))
  .map(([row, lie, changes]) => soundAnswer(edited({ ...row, ...lie }, changes)))

/** A payment that is the order's, told without a lie: it must be believed. */
const sound: fc.Arbitrary<readonly Answer[]> = fc
  .constantFrom(
    ...held.filter(({ status, cancel_amount: cancelled }) => status === 'paid' && cancelled === 0),
  )
  .map((row) => [soundAnswer(row)])

const hostile = fc.oneof(
  { weight: 3, arbitrary: plausible },
  { weight: 3, arbitrary: answers(payments) },
  { weight: 1, arbitrary: answers(pages) },
)

export const ordeals = ordealsOf(hostile, sound)

const Money = z.object({
  imp_uid: z.string(),
  merchant_uid: z.string(),
  status: z.enum(['paid', 'cancelled']),
  amount: z.literal(AMOUNT),
  currency: z.literal('KRW'),
  // A row without it is of a live channel.
  sandbox: z.unknown().optional(),
})

export const hostileV1: HostileProtocol = {
  gateway: 'portone-v1',
  amount: AMOUNT,
  inTheWordsOf: (text, number) =>
    text.replaceAll('imp_448280090638', `imp_h${number}`).replaceAll('ord-1001', `ord-h${number}`),
  claim: (number) =>
    new Request(`${ORIGIN}/webhooks/portone`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ imp_uid: `imp_h${number}`, merchant_uid: `ord-h${number}`, status: 'paid' }),
    }),
  isProof: (text, orderId) =>
    rowsIn(text).some((row) => {
      const money = Money.safeParse(row)
      return (
        money.success &&
        money.data.sandbox !== true &&
        money.data.imp_uid.length > 0 &&
        money.data.merchant_uid === orderId
      )
    }),
}
