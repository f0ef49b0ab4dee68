import {
  claimFromReturnV2,
  Facts,
  paymentTokenOf,
  readPaymentV2,
  readTransactionV2,
  readWebhookV2,
  ReturnFieldsV2,
  returnFieldsFromLinkV2,
  returnFieldsFromQueryV2,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import fc from 'fast-check'
import { z } from 'zod'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import * as schema from '../../testing/v2-schema.ts'
import { damaged, damages, edited, edits, hostileValue } from './grammar.ts'
import { checkClaim, checkMoments, checkProblem, checkWords, parsed } from './parsers.ts'
import type { Targets } from './requests.ts'
import { queriesV2, webhookBodies } from './requests-v2.ts'

/** What the pure readers of V2 are given. */
export type ReadingV2 =
  | { readonly kind: 'query'; readonly query: string }
  | { readonly kind: 'fields' | 'webhook' | 'payment' | 'try'; readonly value: unknown }

export const readingsV2 = (targets: Targets): fc.Arbitrary<ReadingV2> =>
  fc.oneof(
    queriesV2(targets).map((query): ReadingV2 => ({ kind: 'query', query })),
    fields.map((value): ReadingV2 => ({ kind: 'fields', value })),
    fc
      .oneof({ weight: 6, arbitrary: webhookBodies(targets) }, { weight: 1, arbitrary: hostileValue })
      .map((value): ReadingV2 => ({ kind: 'webhook', value })),
    paymentsV2.map((value): ReadingV2 => ({ kind: 'payment', value })),
    triesV2.map((value): ReadingV2 => ({ kind: 'try', value })),
  )

/** What the browser script resolves with, or throws. */
const fields = fc
  .tuple(fc.constantFrom(...schema.returnQueries), edits)
  .map(([query, changes]) => edited(Object.fromEntries(new URLSearchParams(query)), changes))

const amounts = fc.oneof(fc.constantFrom(1, 1_000, 2 ** 53 - 1, 0.5, -1, '1000'), hostileValue)
const cancellations = fc.array(
  fc
    .tuple(fc.constantFrom(...Object.values(schema.cancellations)), edits)
    .map(([each, changes]) => edited(each, changes)),
  { maxLength: 3 },
)
/** What stands inside a record; mostly what is documented stays. */
const parts: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: cancellations.map((list) => ({ cancellations: list })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(amounts, amounts)
      .map(([total, cancelled]) => ({ amount: { ...schema.payments.PAID.amount, total, cancelled } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.constantFrom('LIVE', 'TEST', 'STAGING'), hostileValue)
      .map((type) => ({ channel: { type, pgProvider: 'KCP_V2' } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.values(schema.methods)), edits)
      .map(([method, changes]) => ({ method: edited(method, changes) })),
  },
)

/** By chance the record is sound, and another try's, another order's or another store's (G-07). */
const somebodyElse: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: { transactionId: 'tx-9', storeId: V2_STORE_ID },
  2: { storeId: 'store-9' },
  3: { id: 'ord-9' },
}

const recordsOf = (whole: ReadonlyArray<Readonly<Record<string, unknown>>>): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...whole), edits, damages, hostileValue, parts, fc.nat(30))
    .map(([record, changes, harm, stranger, inside, chance]) => {
      if (chance === 0) return stranger
      const row = edited({ ...record, ...inside, ...somebodyElse[chance] }, changes)
      if (harm.how === 'none') return row
      return parsed(damaged(Buffer.from(JSON.stringify(row)), harm).toString()) ?? row
    })

/** The published records with their fields changed, and sometimes their text damaged and read again. */
export const paymentsV2 = recordsOf(Object.values(schema.payments))
export const triesV2 = recordsOf(Object.values(schema.tries))

/** Reads it, and throws at the first thing that must never be; gives what it was taken for. */
export function readV2(reading: ReadingV2): string {
  const outcome = outcomeOf(reading)
  if (Object.keys(Object.prototype).length > 0) throw new Error('a shared object was changed')
  return outcome
}

function outcomeOf(reading: ReadingV2): string {
  switch (reading.kind) {
    case 'query': {
      const linked = returnFieldsFromLinkV2(reading.query)
      checkReturn(linked.fields)
      linked.odd.forEach(checkWords)
      const strict = returnFieldsFromQueryV2(reading.query)
      return strict.ok ? checkReturn(strict.value) : checkWords(strict.problem.where)
    }
    case 'fields': {
      const read = ReturnFieldsV2.safeParse(reading.value)
      return read.success ? checkReturn(read.data) : 'refused'
    }
    case 'webhook': {
      const read = readWebhookV2(reading.value, V2_STORE_ID)
      if (!read.ok) return checkWords(read.problem.where)
      return read.value.kind === 'nothing' ? read.value.why : checkClaim(read.value.claim)
    }
    case 'payment':
      return checkObservationV2(readPaymentV2(reading.value, V2_STORE_ID), reading.value, 'payment')
    case 'try':
      return checkObservationV2(readTransactionV2(reading.value, V2_STORE_ID), reading.value, 'try')
  }
}

/** A token is confirmed as it came: it is clean, and never a failure's. */
function checkReturn(said: ReturnFieldsV2): string {
  const claim = claimFromReturnV2(said)
  const token = paymentTokenOf(said)
  if (token !== null && (claim.says !== 'success' || !/^[!-~]{1,2000}$/.test(token)))
    throw new Error(`a token that says ${claim.says}: ${JSON.stringify(token)}`)
  return token === null ? checkClaim(claim) : 'token'
}

const Said = z.object({
  id: z.string(),
  transactionId: z.unknown().optional(),
  paymentId: z.unknown().optional(),
  storeId: z.unknown().optional(),
  status: z.string(),
  amount: z.object({ total: z.number(), cancelled: z.number() }),
  currency: z.string(),
  channel: z.unknown().optional(),
})

/** An observation is whole, can be stored and shown, and says exactly what the gateway said, of our own store and of a channel that it named. */
export function checkObservationV2(
  seen: Result<Observation, GatewayProblem>,
  told: unknown,
  as: 'payment' | 'try',
): string {
  if (!seen.ok) return checkProblem(seen.problem)
  const facts = Facts.parse(seen.value)
  const said = Said.parse(told)
  const [orderId, paymentId] = as === 'try' ? [said.paymentId, said.id] : [said.id, said.transactionId]
  const same =
    facts.orderId === orderId &&
    facts.paymentId === paymentId &&
    facts.amounts.length === 1 &&
    facts.amounts[0] === said.amount.total &&
    facts.currencies[0] === said.currency &&
    facts.cancelledAmount === said.amount.cancelled &&
    (facts.status !== 'paid' || said.status === 'PAID')
  if (!same) throw new Error(`seen is not said: ${JSON.stringify(facts)}`)
  if (said.storeId != null && said.storeId !== V2_STORE_ID)
    throw new Error(`G-07: a record of ${JSON.stringify(said.storeId)}`)
  const channel = z.object({ type: z.string() }).safeParse(said.channel).data?.type
  const isMoney = facts.status === 'paid' || facts.status === 'cancelled'
  if (isMoney && channel !== (facts.testChannel ? 'TEST' : 'LIVE'))
    throw new Error(`G-20: money of the channel ${channel}`)
  checkMoments(facts)
  return as
}
