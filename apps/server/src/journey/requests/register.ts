import {
  changedTerms,
  expiryFault,
  fail,
  nextLookAt,
  ok,
  type Order,
  type Problem,
  type RegisterAnswer,
  type RegisterInput,
  type Result,
  type TimelineEntry,
} from '@landfall/payment-core'
import { changeOrder } from '../../store/change-order.ts'
import { insertOrder, lookNoLaterThan, readOrder } from '../../store/orders.ts'
import { paymentsOfOrder } from '../../store/payments.ts'
import { makeReceiptsDue } from '../../store/receipts.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'
import type { Deps } from '../../deps.ts'
import type { Journey } from '../journey.ts'
import { fixAmount } from '../reconcile/fix-amount.ts'

/** How often a second registration is written anew because others were faster. */
const TRIES_MAX = 5

/**
 * Takes an order in and fixes its amount at the gateway. The same order again gives the same answer, and what may change about it follows; another
 * sum is a conflict and the first stays (M-04). When the gateway is away the order is registered all the same, and its amount is tried again at
 * every look.
 */
export async function register(
  journey: Journey,
  input: RegisterInput,
  /** Whose key, or what part of the product, registers it. */
  actor: string,
): Promise<Result<RegisterAnswer, Problem>> {
  const { store, clock } = journey.deps
  const nowMs = clock.nowMs()
  const fault = input.expiresAt === undefined ? null : expiryFault(input.expiresAt, nowMs)
  // A moment that has passed may be that of an order which is held: the same registration sent again.
  if (fault !== null && (await readOrder(store, input.orderId)) === null)
    return fail({ kind: 'bad_input', where: fault })
  const reviews = await reviewsOfOrder(store, input.orderId)
  const order = { ...newOrder(journey.deps, input), reviews }
  const firstLookAtMs = nextLookAt(order, [], nowMs) ?? nowMs
  const isNew = await insertOrder(store, order, firstLookAtMs, [registeredEntry(actor)], reviews)
  const held = isNew ? ok(order) : await registerAgain(journey, input, actor)
  if (!held.ok) return held
  if (isNew) await hearTheEarly(journey, order)
  return ok(await answerFor(journey, held.value, isNew, input.appScheme))
}

/** What a second registration changes is written under the version it was read at, and told in the order's history. */
async function registerAgain(
  journey: Journey,
  input: RegisterInput,
  actor: string,
): Promise<Result<Order, Problem>> {
  const { store, clock, config } = journey.deps
  const { orderId } = input
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const nowMs = clock.nowMs()
    const record = await readOrder(store, orderId)
    if (record === null)
      return fail({ kind: 'storage_unavailable', cause: 'the order just registered is gone' })
    const changed = changedTerms(record.order, input, { nowMs, accountLifeMaxMs: config.accountLifeMaxMs })
    if (!changed.ok) return changed
    const { order, fields } = changed.value
    if (fields.length === 0) return ok(order)
    const payments = record.payments.map(({ payment }) => payment)
    // A deadline that was brought forward is looked at right after it; one that was put off leaves a look too many.
    const dueAtMs = Math.min(record.dueAtMs, nextLookAt(order, payments, nowMs) ?? record.dueAtMs)
    const entry = { event: 'order.changed', paymentId: null, from: null, to: null } as const
    const told = { ...entry, reason: fields.join(', '), actor }
    if ((await changeOrder(store, record, order, told, { nowMs, dueAtMs })) === 'stale') continue
    journey.deps.log.info({ orderId, event: told.event, reason: told.reason }, 'order changed')
    return ok(order)
  }
  return fail({ kind: 'contended', orderId })
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
  const { orderId, name, amount, currency, taxFree, vat, reference, returnTo, status } = order
  return {
    orderId,
    name,
    amount,
    currency,
    taxFree,
    vat,
    reference,
    returnTo,
    status,
    registeredAt: order.registeredAtMs,
    expiresAt: order.expiresAtMs,
    returnUrl: await returnUrlOf(journey, order, appScheme),
    ...fixing,
  }
}

function newOrder(deps: Deps, input: RegisterInput): Order {
  const registeredAtMs = deps.clock.nowMs()
  const expiresAtMs = input.expiresAt ?? registeredAtMs + deps.config.orderLifeMs
  return {
    orderId: input.orderId,
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

/** Claims and payments that came before their order are looked at now (W-06). */
async function hearTheEarly(journey: Journey, { orderId, registeredAtMs }: Order): Promise<void> {
  const { store } = journey.deps
  await makeReceiptsDue(store, orderId, registeredAtMs)
  if ((await paymentsOfOrder(store, orderId)).length > 0)
    await lookNoLaterThan(store, orderId, registeredAtMs)
  journey.signalWork('claims', 'orders')
}

/** The token of an order's own link, for the web or for one app: the same whenever it is made. */
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

/** What the shop gives the SDK as `m_redirect_url`: the token sits in the path, because one script loses ids behind two parameters (§1.4). */
export const returnUrlOf = async (journey: Journey, order: Order, appScheme?: string): Promise<string> =>
  `${journey.deps.config.publicUrl}/complete/${await orderToken(journey, order, appScheme)}`
