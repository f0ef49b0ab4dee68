import {
  Claim,
  claimFromReturn,
  claimFromWebhook,
  Facts,
  ImpUid,
  MESSAGE_LENGTH_MAX,
  OrderId,
  PaymentId,
  readPaymentV1,
  ReturnFields,
  returnFieldsFromLink,
  returnFieldsFromQuery,
  WebhookBody,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import fc from 'fast-check'
import { z } from 'zod'
import { receiptIdOf } from '../../src/store/receipts.ts'
import { damaged, damages, edited, edits, hostileValue, INPUT_MARK, samples } from './grammar.ts'
import { queries, type Targets } from './requests.ts'

/** What the pure readers are given: a query, a callback's object or a webhook's, or a payment as the gateway tells it. */
export type Reading =
  | { readonly kind: 'query'; readonly query: string }
  | { readonly kind: 'fields'; readonly fields: unknown }
  | { readonly kind: 'payment'; readonly payment: unknown }

export function readings(targets: Targets): fc.Arbitrary<Reading> {
  const fields = fc
    .tuple(fc.constantFrom(...samples.webhooks), edits)
    .map(([valid, changes]) => edited({ ...valid, imp_success: true, error_msg: 'x' }, changes))
  return fc.oneof(
    queries(targets).map((query): Reading => ({ kind: 'query', query })),
    fc
      .oneof({ weight: 4, arbitrary: fields }, { weight: 1, arbitrary: hostileValue })
      .map((each): Reading => ({ kind: 'fields', fields: each })),
    payments.map((payment): Reading => ({ kind: 'payment', payment })),
  )
}

const Row = z.record(z.string(), z.unknown())
const amounts = fc.oneof(fc.constantFrom(1, 14_000, 2 ** 53 - 1, 0.5, -1, '14000'), hostileValue)
const entry = fc.record({
  amount: amounts,
  cancelled_at: hostileValue,
  deposited_at: hostileValue,
  cancellation_id: hostileValue,
  reason: hostileValue,
})
/** What the lists inside a payment may hold; mostly the documented ones stay. */
const histories: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.array(entry, { maxLength: 3 }).map((list) => ({ cancel_history: list })) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.record({ amount: amounts, deposited_at: fc.constant(1) }), { maxLength: 3 })
      .map((list) => ({ deposit_history: list })),
  },
)

/** By chance the record is sound, and another payment's or another order's (G-07). */
const somebodyElse: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: { imp_uid: 'imp_999999999999' },
  2: { imp_uid: 'imp_999999999999', merchant_uid: 'ord-9' },
  3: { merchant_uid: 'ord-9' },
}

/** The documented payments with their fields changed, and sometimes their text damaged and read again. */
export const payments: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...samples.annotations), edits, damages, hostileValue, histories, fc.nat(30))
  .map(([{ response }, changes, harm, stranger, history, chance]) => {
    if (chance === 0) return stranger
    const row = edited({ ...Row.parse(response), ...history, ...somebodyElse[chance] }, changes)
    if (harm.how === 'none') return row
    return parsed(damaged(Buffer.from(JSON.stringify(row)), harm).toString()) ?? row
  })

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads it, and throws at the first thing that must never be; gives what it was taken for. */
export function read(reading: Reading): string {
  const outcome = outcomeOf(reading)
  if (Object.keys(Object.prototype).length > 0) throw new Error('a shared object was changed')
  return outcome
}

function outcomeOf(reading: Reading): string {
  if (reading.kind === 'payment') {
    const seen = readPaymentV1(reading.payment)
    checkObservation(seen, reading.payment)
    return seen.ok ? 'payment' : seen.problem.kind
  }
  if (reading.kind === 'query') {
    const linked = returnFieldsFromLink(reading.query)
    checkClaim(claimFromReturn(linked.fields))
    linked.odd.forEach(checkWords)
    const fields = returnFieldsFromQuery(reading.query)
    if (fields.ok) return checkClaim(claimFromReturn(fields.value))
    return checkWords(fields.problem.where)
  }
  const fields = ReturnFields.safeParse(reading.fields)
  if (fields.success) checkClaim(claimFromReturn(fields.data))
  const body = WebhookBody.safeParse(reading.fields)
  if (!body.success) return 'no webhook'
  const claim = claimFromWebhook(body.data)
  return claim.ok ? checkClaim(claim.value) : checkWords(claim.problem.where)
}

/** An answer names a field of ours; nothing that came from outside. */
export function checkWords(where: string): string {
  if (!/^[A-Za-z_., ]{1,60}$/.test(where) || where.includes(INPUT_MARK))
    throw new Error(`a refusal that says ${JSON.stringify(where)}`)
  return 'refused'
}

/** Only well-formed ids and short clean words come through, and the claim can be stored. */
export function checkClaim(claim: Claim): string {
  Claim.parse(claim)
  if (claim.paymentId !== null) (claim.gateway === 'portone-v1' ? ImpUid : PaymentId).parse(claim.paymentId)
  if (claim.orderId !== null) OrderId.parse(claim.orderId)
  for (const text of [claim.message, claim.status, claim.cancellationId])
    if (
      text !== null &&
      (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text) || [...text].length > MESSAGE_LENGTH_MAX)
    )
      throw new Error(`unclean text: ${JSON.stringify(text)}`)
  if (receiptIdOf(claim).length > 2_000) throw new Error('a receipt id without bound')
  return claim.paymentId === null && claim.orderId === null ? 'claim without an id' : 'claim'
}

/** The last millisecond a `Date` knows: one more and pages and calendars throw. */
const MS_MAX = 8_640_000_000_000_000
const Said = z.object({
  imp_uid: z.string(),
  merchant_uid: z.string(),
  status: z.string(),
  amount: z.number(),
  cancel_amount: z.number(),
  currency: z.string(),
  pay_method: z.unknown().optional(),
  paid_at: z.unknown().optional(),
})
/** An account that nobody paid into and that was closed: no sum went back, whatever the record says (M-26). */
const isUnpaidAccount = ({ status, pay_method: method, paid_at: paidAt }: z.infer<typeof Said>): boolean =>
  status === 'cancelled' && method === 'vbank' && typeof paidAt === 'number' && Math.floor(paidAt) === 0

/** An observation is whole, can be stored in either engine and shown, and says exactly what the gateway said. */
export function checkObservation(seen: Result<Observation, GatewayProblem>, told: unknown): void {
  if (!seen.ok) return void checkProblem(seen.problem)
  const facts = Facts.parse(seen.value)
  const said = Said.parse(told)
  const digits = facts.currencies[0] === 'USD' ? 100 : 1
  const same =
    facts.paymentId === said.imp_uid &&
    facts.orderId === said.merchant_uid &&
    facts.amounts.length === 1 &&
    Math.round(said.amount * digits) === facts.amounts[0] &&
    (isUnpaidAccount(said) ? 0 : Math.round(said.cancel_amount * digits)) === facts.cancelledAmount &&
    facts.currencies[0] === said.currency &&
    (facts.status === 'paid') === (said.status === 'paid' && said.cancel_amount === 0)
  if (!same && ['KRW', 'USD'].includes(said.currency))
    throw new Error(`seen is not said: ${JSON.stringify(facts)}`)
  checkMoments(facts)
}

/** Gives its kind. */
export function checkProblem(problem: GatewayProblem): string {
  if (JSON.stringify(problem).length > 2_000) throw new Error('a problem too long for the log')
  return problem.kind
}

/** What is told in times and in text can be stored in either engine, and shown. */
export function checkMoments(facts: Facts): void {
  if (/\0/.test(facts.orderId) || !facts.orderId.isWellFormed())
    throw new Error('an order id that cannot be stored')
  for (const [name, value] of Object.entries(facts.details))
    if (name.endsWith('AtMs') && typeof value === 'number' && Math.abs(value) > MS_MAX)
      throw new Error(`${name} is no moment: ${value}`)
  if (facts.cancels.some(({ atMs }) => Math.abs(atMs) > MS_MAX)) throw new Error('a cancel at no moment')
}
