import {
  balanceOf,
  fail,
  nextLookAt,
  ok,
  openReviews,
  reviewView,
  viewOf,
  type Order,
  type OrderView,
  type Problem,
  type RegisterAnswer,
  type RegisterInput,
  type Result,
} from '@landfall/payment-core'
import { insertOrder, lookNoLaterThan, readOrder, type OrderRecord } from '../store/orders.ts'
import { noticesOfOrder } from '../store/outbox.ts'
import { paymentsOfOrder } from '../store/payments.ts'
import { receiptsDueNow } from '../store/receipts.ts'
import type { Deps } from '../deps.ts'
import type { Journey } from './journey.ts'
import { fixAmount } from './fix-amount.ts'

/**
 * Takes an order in and fixes its amount at the gateway. The same order again gives the same answer; other terms are a conflict and the first
 * stay (M-04). When the gateway is away the order is registered all the same, and its amount is tried again at every look.
 */
export async function register(
  journey: Journey,
  input: RegisterInput,
): Promise<Result<RegisterAnswer, Problem>> {
  const { deps } = journey
  const order = newOrder(deps, input)
  const isNew = await insertOrder(
    deps.store,
    order,
    nextLookAt(order, [], order.registeredAtMs) ?? order.registeredAtMs,
  )
  const held = await readOrder(deps.store, input.orderId)
  if (held === null) return fail({ kind: 'storage_unavailable', cause: 'the order just registered is gone' })
  const differs = conflictWith(held.order, input)
  if (differs !== null) return fail({ kind: 'order_conflict', orderId: input.orderId, field: differs })
  if (isNew) await hearTheEarly(journey, order)
  const isFixed = held.order.amountFixedAtMs !== null
  const fixing =
    isFixed || held.order.status !== 'open'
      ? { amountFixed: isFixed, conflict: false }
      : await fixAmount(deps, held.order, isNew)
  const { orderId, name, amount, currency, status, expiresAtMs: expiresAt } = held.order
  return ok({
    orderId,
    name,
    amount,
    currency,
    status,
    expiresAt,
    returnUrl: await returnUrlOf(journey, held.order, input.appScheme),
    ...fixing,
  })
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
    status: 'open',
    keptPaymentId: null,
    emptyAfterDeadline: false,
    reviews: [],
    sequence: 0,
    returns: [],
  }
}

function conflictWith(
  order: Order,
  input: RegisterInput,
): 'amount' | 'currency' | 'name' | 'expiresAt' | 'taxFree' | 'vat' | null {
  if (order.amount !== input.amount) return 'amount'
  if (order.currency !== input.currency) return 'currency'
  if (order.name !== input.name) return 'name'
  if (input.taxFree !== undefined && order.taxFree !== input.taxFree) return 'taxFree'
  if (input.vat !== undefined && order.vat !== input.vat) return 'vat'
  return input.expiresAt === undefined || order.expiresAtMs === input.expiresAt ? null : 'expiresAt'
}

/** Claims and payments that came before their order are looked at now (W-06). */
async function hearTheEarly(journey: Journey, { orderId, registeredAtMs }: Order): Promise<void> {
  const { store } = journey.deps
  await receiptsDueNow(store, orderId, registeredAtMs)
  if ((await paymentsOfOrder(store, orderId)).length > 0)
    await lookNoLaterThan(store, orderId, registeredAtMs)
  journey.wake('claims', 'orders')
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

/** An order as the shop's programs see it. */
export async function orderView(journey: Journey, record: OrderRecord): Promise<OrderView> {
  const { order } = record
  const open = openReviews(order.reviews)
  const [oldest] = open
  const payments = record.payments.map((held) => held.payment)
  return {
    orderId: order.orderId,
    name: order.name,
    amount: order.amount,
    currency: order.currency,
    status: order.status,
    balance: balanceOf(order, payments),
    review: oldest === undefined ? null : { reason: oldest.reason },
    reviews: open.map(reviewView),
    returnUrl: await returnUrlOf(journey, order),
    registeredAt: order.registeredAtMs,
    expiresAt: order.expiresAtMs,
    amountFixed: order.amountFixedAtMs !== null,
    payments: payments.map(viewOf),
    notices: await noticesOfOrder(journey.deps.store, order.orderId),
  }
}
