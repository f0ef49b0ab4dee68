import {
  changedTerms,
  expiryFault,
  fail,
  firstGateway,
  nextLookAt,
  ok,
  summaryOf,
  type Order,
  type Problem,
  type RegisterAnswer,
  type RegisterInput,
  type Result,
  type TimelineEntry,
} from '@landfall/payment-core'
import { changeOrder } from '../../store/change-order.ts'
import { lookNoLaterThan } from '../../store/due-orders.ts'
import { insertOrder, readOrder } from '../../store/orders.ts'
import { paymentsOfOrder } from '../../store/payments.ts'
import { makeReceiptsDue } from '../../store/receipts.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import type { Deps } from '../../deps.ts'
import type { Journey } from '../journey.ts'
import { returnToFault } from './shop-address.ts'
import { fixAmount } from '../reconcile/fix-amount.ts'
import { retryOnStale } from '../reconcile/retry-on-stale.ts'

/**
 * Registers an order and fixes its amount at the gateway. A repeated registration gives the same answer and updates the fields that may change; another
 * amount is a conflict, and the first amount stays (M-04). When the gateway does not answer, the order is registered all the same, and each
 * lookup tries again to fix the amount. Fails with `bad_input` for the expiry date of a new order and for a `returnTo` that customers are not sent
 * to, and with `changedTerms`'s problems.
 */
export async function register(
  journey: Journey,
  input: RegisterInput,
  /** The name of the caller's key, or the part of the product that registers. */
  actor: string,
): Promise<Result<RegisterAnswer, Problem>> {
  const { store, clock } = journey.deps
  const nowMs = clock.nowMs()
  const away = input.returnTo === undefined ? null : returnToFault(input.returnTo, journey.deps.config)
  if (away !== null) return fail({ kind: 'bad_input', where: `returnTo: ${away}` })
  if (input.gateway !== undefined && !journey.deps.gateways.names.includes(input.gateway))
    return fail({ kind: 'bad_input', where: `gateway: ${input.gateway} is not configured` })
  const fault = input.expiresAt === undefined ? null : expiryFault(input.expiresAt, nowMs)
  // An expiry date in the past is valid when the order exists: the shop repeats its registration.
  if (fault !== null && (await readOrder(store, input.orderId)) === null)
    return fail({ kind: 'bad_input', where: fault })
  return retryOnStale(input.orderId, async () => {
    const order = await insertNew(journey.deps, input, actor)
    if (order !== null) {
      await scheduleEarlyClaims(journey, order)
      return ok(await answerFor(journey, order, true, input.appScheme))
    }
    const held = await registerAgain(journey, input, actor)
    if (held === 'stale') return held
    return held.ok ? ok(await answerFor(journey, held.value, false, input.appScheme)) : held
  })
}

/** Null when the order exists, or when a payment whose review it would take over has changed meanwhile. */
async function insertNew(deps: Deps, input: RegisterInput, actor: string): Promise<Order | null> {
  const { store, clock } = deps
  const nowMs = clock.nowMs()
  const isSeen = (await reviewsOfOrder(store, input.orderId)).length > 0
  // The payments first: a review that changes after that changes its payment's version, and the insert is refused.
  const payments = isSeen ? await paymentsOfOrder(store, input.orderId) : []
  const reviews = isSeen ? await reviewsOfOrder(store, input.orderId) : []
  const order = { ...newOrder(deps, input), reviews }
  const firstLookAtMs = nextLookAt(order, [], nowMs) ?? nowMs
  const isNew = await insertOrder(store, order, firstLookAtMs, [registeredEntry(actor)], {
    payments,
    reviews,
  })
  return isNew ? order : null
}

/** Records the changes of a repeated registration in the order and in its timeline. `stale` when the order has changed, or is not there. */
async function registerAgain(
  journey: Journey,
  input: RegisterInput,
  actor: string,
): Promise<Result<Order, Problem> | 'stale'> {
  const { store, clock, config } = journey.deps
  const { orderId } = input
  const nowMs = clock.nowMs()
  const record = await readOrder(store, orderId)
  if (record === null) return 'stale'
  const changed = changedTerms(record.order, input, { nowMs, accountLifeMaxMs: config.accountLifeMaxMs })
  if (!changed.ok) return changed
  const { order, fields } = changed.value
  if (fields.length === 0) return ok(order)
  const payments = record.payments.map(({ payment }) => payment)
  // An earlier deadline brings the next lookup forward. A later one keeps the old lookup, which does no harm.
  const dueAtMs = Math.min(record.dueAtMs, nextLookAt(order, payments, nowMs) ?? record.dueAtMs)
  const change = { event: 'order.changed', paymentId: null, from: null, to: null } as const
  const entry = { ...change, reason: fields.join(', '), actor }
  if ((await changeOrder(store, record, order, entry, { nowMs, dueAtMs })) === 'stale') return 'stale'
  journey.deps.log.info({ orderId, event: entry.event, reason: entry.reason }, 'order changed')
  return ok(order)
}

async function answerFor(
  journey: Journey,
  order: Order,
  isNew: boolean,
  appScheme?: string,
): Promise<RegisterAnswer> {
  const isFixed = order.amountFixedAtMs !== null
  const fixing =
    isFixed || order.status !== 'open'
      ? { amountFixed: isFixed, conflict: false }
      : await fixAmount(journey.deps, order, isNew)
  // What a registration does not answer, the procedure's schema leaves out.
  return { ...summaryOf(order, []), returnUrl: await returnUrlOf(journey, order, appScheme), ...fixing }
}

function newOrder(deps: Deps, input: RegisterInput): Order {
  const registeredAtMs = deps.clock.nowMs()
  const expiresAtMs = input.expiresAt ?? registeredAtMs + deps.config.orderLifeMs
  return {
    orderId: input.orderId,
    gateway: input.gateway ?? deps.gateways.names[0] ?? firstGateway,
    name: input.name,
    amount: input.amount,
    currency: input.currency,
    taxFree: input.taxFree ?? null,
    vat: input.vat ?? null,
    registeredAtMs,
    expiresAtMs,
    adoptsFromMs: registeredAtMs - deps.config.adoptWithinMs,
    accountsUntilMs: expiresAtMs + deps.config.accountLifeMaxMs,
    amountFixedAtMs: null,
    closedAtMs: null,
    reference: input.reference ?? null,
    returnTo: input.returnTo ?? null,
    status: 'open',
    keptPaymentId: null,
    emptyAfterDeadline: false,
    reviews: [],
    sequence: 0,
    returns: [],
  }
}

const registeredEntry = (actor: string): TimelineEntry => ({
  event: 'order.registered',
  paymentId: null,
  from: null,
  to: 'open',
  reason: 'the shop expects to be paid',
  actor,
})

/** Makes claims and payments that arrived before their order due now (W-06). */
async function scheduleEarlyClaims(journey: Journey, { orderId, registeredAtMs }: Order): Promise<void> {
  const { store } = journey.deps
  await makeReceiptsDue(store, orderId, registeredAtMs)
  if ((await paymentsOfOrder(store, orderId)).length > 0)
    await lookNoLaterThan(store, orderId, registeredAtMs)
  journey.signalWork('claims', 'orders')
}

/** The view token of an order's link, for the web or for one app. It is the same each time it is made. */
export const orderToken = ({ tokens, deps }: Journey, order: Order, appScheme?: string): Promise<string> =>
  tokens.sign(
    {
      scope: 'full',
      orderId: order.orderId,
      paymentId: null,
      sinceMs: order.registeredAtMs,
      ...(appScheme === undefined ? {} : { appScheme }),
    },
    Math.max(order.expiresAtMs, order.registeredAtMs) + deps.config.viewTokenLifeMs,
  )

/** The SDK's `m_redirect_url`. The token is in the path, because the gateway's script can lose query parameters. */
export const returnUrlOf = async (journey: Journey, order: Order, appScheme?: string): Promise<string> =>
  `${journey.deps.config.publicUrl}/complete/${await orderToken(journey, order, appScheme)}`
