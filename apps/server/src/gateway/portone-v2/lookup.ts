import {
  fail,
  ok,
  onePerPayment,
  PaymentIdsV2,
  PaymentPageV2,
  readPaymentV2,
  readTransactionV2,
  TransactionListV2,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import { z } from 'zod'
import type { Log } from '../../log/log.ts'
import type { AnswerOf, Caller } from '../call.ts'
import type { HttpAnswer } from '../http.ts'
import { readAnswerV2 } from './answer.ts'

type Looked = Result<readonly Observation[], GatewayProblem>

export type LookupsV2 = {
  readonly storeId: string
  readonly call: Caller
  /** For the unstable list of tries: it must not use up the time of the look-up. */
  readonly callBriefly: Caller
  readonly log: Pick<Log, 'warn'>
}

export const pathOf = (orderId: string): string => `/payments/${encodeURIComponent(orderId)}`

/** The payment that the gateway shows for an order number; `unknown_payment` before any window was opened. */
export async function currentPayment(
  { call, storeId }: Pick<LookupsV2, 'call' | 'storeId'>,
  orderId: string,
): AnswerOf<Observation> {
  const path = `${pathOf(orderId)}?storeId=${encodeURIComponent(storeId)}`
  const answer = await call({ method: 'GET', path })
  if (!answer.ok) return answer
  const record = readAnswerV2(answer.value, z.unknown(), orderId)
  return record.ok ? ofOrder(readPaymentV2(record.value, storeId), orderId) : record
}

/**
 * Looks up all tries of an order. `GET /payments/{paymentId}` shows one, and nobody knows which after a new try, so the list of its tries is read too
 * (docs/gateway/portone-v2.md §5, §17; G-17). That list is marked unstable: without it the look-up goes on with the one payment, and the log says so.
 */
export async function lookupOrderV2(lookups: LookupsV2, orderId: string): Promise<Looked> {
  const [shown, tries] = await Promise.all([currentPayment(lookups, orderId), triesOf(lookups, orderId)])
  return hasFailed(shown) ? shown : withTries(lookups, orderId, shown, tries)
}

type Shown = Result<Observation, GatewayProblem>

/** Whether the gateway has not said what there is: a payment, or none. */
const hasFailed = (shown: Shown): shown is Extract<Shown, { ok: false }> =>
  !shown.ok && shown.problem.kind !== 'unknown_payment'

function withTries({ log }: LookupsV2, orderId: string, shown: Shown, tries: Looked): Looked {
  const current = shown.ok ? [shown.value] : []
  if (tries.ok)
    return tries.value.length > TRIES_MAX
      ? // An unread try might be the paid one (S-20).
        fail({ kind: 'gateway_unreadable', where: `more than ${TRIES_MAX} tries` })
      : ok(onePerPayment([...current, ...tries.value]))
  // Money that cannot be read is for a person, and a wish to wait is for all calls.
  if (tries.problem.kind === 'gateway_bad_money' || tries.problem.kind === 'gateway_busy') return tries
  log.warn(
    { orderId, problem: tries.problem },
    'the tries of an order could not be listed; only its current payment was read',
  )
  return ok(current)
}

/** More than anybody makes. */
const TRIES_MAX = 1_000

async function triesOf({ callBriefly, storeId }: LookupsV2, orderId: string): Promise<Looked> {
  const path = `${pathOf(orderId)}/transactions?storeId=${encodeURIComponent(storeId)}`
  const answer = await callBriefly({ method: 'GET', path })
  if (!answer.ok) return answer
  const list = readAnswerV2(answer.value, TransactionListV2, orderId)
  if (!list.ok) return list.problem.kind === 'unknown_payment' ? ok([]) : list
  const read: Observation[] = []
  for (const row of list.value.items) {
    const seen = ofOrder(readTransactionV2(row, storeId), orderId)
    if (!seen.ok) return seen
    read.push(seen.value)
  }
  return ok(read)
}

/** The record of another order is never applied (G-07). */
const ofOrder = (
  seen: Result<Observation, GatewayProblem>,
  orderId: string,
): Result<Observation, GatewayProblem> =>
  seen.ok && seen.value.orderId !== orderId
    ? fail({ kind: 'gateway_wrong_record', asked: orderId, got: seen.value.orderId })
    : seen

/** The most orders that a search for one transaction is followed to. */
const FOUND_MAX = 3

/**
 * Looks up one payment. V2 has no look-up by transaction: it is found among the tries of the order that it is said to belong to, or by a search when
 * that order has no such try. One payment is one call each, so there is nothing to batch.
 */
export async function lookupPaymentV2(
  lookups: LookupsV2,
  paymentId: string,
  orderId: string | null,
): Promise<Looked> {
  const said = orderId === null ? null : await tryOf(lookups, paymentId, orderId)
  if (said !== null && !isUnknown(said)) return said
  const orders = await findOrders(lookups, paymentId)
  if (!orders.ok) return orders
  for (const found of orders.value.filter((each) => each !== orderId)) {
    const looked = await tryOf(lookups, paymentId, found)
    if (!isUnknown(looked)) return looked
  }
  return fail({ kind: 'unknown_payment', asked: paymentId })
}

const isUnknown = (looked: Looked): boolean => !looked.ok && looked.problem.kind === 'unknown_payment'

/** The list of tries is read only when the gateway shows another try than this one: usually one call is enough. */
async function tryOf(lookups: LookupsV2, paymentId: string, orderId: string): Promise<Looked> {
  const shown = await currentPayment(lookups, orderId)
  if (shown.ok && shown.value.paymentId === paymentId) return ok([shown.value])
  if (hasFailed(shown)) return shown
  const looked = withTries(lookups, orderId, shown, await triesOf(lookups, orderId))
  if (!looked.ok) return looked
  const seen = looked.value.filter((each) => each.paymentId === paymentId)
  return seen.length === 0 ? fail({ kind: 'unknown_payment', asked: paymentId }) : ok(seen)
}

/** The orders that a search for the transaction names, those whose current payment it is first. It searches the last 90 days (§5.1). */
async function findOrders({ call, storeId }: LookupsV2, paymentId: string): AnswerOf<readonly string[]> {
  const filter = { storeId, textSearch: [{ field: 'TX_ID', value: paymentId }] }
  const answer = await call(listCall({ page: { number: 0, size: FOUND_MAX }, filter }))
  if (!answer.ok) return answer
  const page = readAnswerV2(answer.value, PaymentPageV2)
  if (!page.ok) return page
  const found = page.value.items.flatMap((item) => {
    const ids = PaymentIdsV2.safeParse(item)
    return ids.success ? [ids.data] : []
  })
  const own = found.filter((each) => each.paymentId === paymentId)
  const orders = [...own, ...found].map((each) => each.orderId)
  return ok([...new Set(orders)].slice(0, FOUND_MAX))
}

/** `GET /payments`, whose input is JSON in the query (§4). */
export const listCall = (input: object) => ({
  method: 'GET' as const,
  path: `/payments?requestBody=${encodeURIComponent(JSON.stringify(input))}`,
})

/** The rows of a list, and how many the whole list has. */
export const readPage = (answer: HttpAnswer) => readAnswerV2(answer, PaymentPageV2)
