import type { Problem } from '@landfall/payment-core'
import type { RestProcedure } from '../rows.ts'
import { closed, notice, order, refund, refundRow, registered, review, screen, story } from './examples.ts'

/** What the document says about a row beside its procedure's declaration. */
export type OperationTexts = {
  readonly tag: 'Orders' | 'Refunds' | 'Reviews' | 'Notices' | 'Payments'
  /** The method of `@landfall/client` that makes this call. */
  readonly client: string
  readonly summary: string
  readonly description: string
  /** Problems of this call. Those of every call are in `problems.ts`. */
  readonly problems: readonly Problem['kind'][]
  /** The path, query and header fields of the example. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>
  /** The body of the example; absent for a GET. */
  readonly body?: object
  readonly answer: object
}

const gatewayProblems = [
  'gateway_unreachable',
  'gateway_refused',
  'gateway_unreadable',
  'gateway_wrong_record',
  'gateway_bad_money',
] as const
const { orderId } = order

export const operations: Readonly<Record<RestProcedure, OperationTexts>> = {
  'payments.verify': {
    tag: 'Payments',
    client: 'verify',
    summary: 'Read the screen of a return',
    description:
      'Takes the redirect’s query or the SDK’s callback object as received, a view token, or both. Stores it as a claim, looks the payment up, and answers with the screen within 2.5 seconds. Nothing in the input is believed.',
    problems: ['bad_view_token', ...gatewayProblems, 'unknown_payment'],
    body: { imp_uid: 'imp_448280090638', merchant_uid: orderId, imp_success: 'true', token: screen.token },
    answer: screen,
  },
  'orders.register': {
    tag: 'Orders',
    client: 'register',
    summary: 'Register an order',
    description:
      'Registers an order before its payment window opens, and fixes its amount at the gateway. Repeating it gives the same answer. While the order is open, the fields given replace the earlier ones, except amount and currency.',
    problems: ['order_conflict'],
    body: {
      orderId,
      name: order.name,
      amount: order.amount,
      reference: order.reference,
      returnTo: order.returnTo,
    },
    answer: registered,
  },
  'orders.list': {
    tag: 'Orders',
    client: 'list',
    summary: 'List orders',
    description:
      'Oldest registration first. A page may hold fewer orders than `limit`, or none. The last page has no `nextCursor`.',
    problems: [],
    fields: { status: 'paid', limit: 20 },
    answer: { orders: [order], nextCursor: null, totals: null, orphans: [], nextOrphan: null },
  },
  'orders.get': {
    tag: 'Orders',
    client: 'get',
    summary: 'Read an order',
    description: 'The order with its payments, refunds, reviews and notices, as recorded.',
    problems: ['unknown_order'],
    fields: { orderId },
    answer: order,
  },
  'orders.story': {
    tag: 'Orders',
    client: 'story',
    summary: 'Read everything that happened to an order',
    description:
      'Claims, look-ups, decisions, refunds and notices with their reasons, in order. Also for a payment whose order is not registered.',
    problems: ['unknown_order'],
    fields: { orderId },
    answer: story,
  },
  'orders.cancel': {
    tag: 'Refunds',
    client: 'refund',
    summary: 'Refund an order',
    description:
      'Refunds all that is left or a given amount, of the payment that the order keeps or of a named one. The header `Idempotency-Key` is the same as `idempotencyKey`; send one of them.',
    problems: [
      'cancel_parts_too_large',
      'refund_account_needed',
      'unknown_order',
      'unknown_payment',
      'nothing_to_cancel',
      'cancel_too_large',
      'under_review',
      'idempotency_conflict',
      ...gatewayProblems,
    ],
    fields: { orderId, 'Idempotency-Key': 'refund-ord-1001-1' },
    body: { amount: 4_000, reason: '고객 변심' },
    answer: refund,
  },
  'orders.close': {
    tag: 'Orders',
    client: 'close',
    summary: 'Close an unpaid order',
    description:
      'Looks the order up first. Its virtual accounts are closed at the gateway, and later money goes back by the policy `ON_CLOSED`. Repeating it gives the same answer.',
    problems: ['unknown_order', 'order_has_payment', ...gatewayProblems],
    fields: { orderId },
    body: { reason: '재고 없음' },
    answer: closed,
  },
  'orders.reconcile': {
    tag: 'Orders',
    client: 'reconcile',
    summary: 'Look an order up now',
    description: 'Asks the gateway, records what it says, and answers with the order.',
    problems: ['unknown_order', 'unknown_payment', ...gatewayProblems],
    fields: { orderId },
    body: {},
    answer: order,
  },
  'orders.resolve': {
    tag: 'Reviews',
    client: 'resolve',
    summary: 'End a review',
    description:
      'A person’s decision about money under review. Looks the payment up first. Repeating the same action gives the same answer.',
    problems: [
      'refund_account_needed',
      'unknown_order',
      'unknown_review',
      'review_ended',
      'not_possible',
      ...gatewayProblems,
    ],
    fields: { orderId, reviewId: review.id },
    body: { action: 'return', note: '두 번 결제됨' },
    answer: {
      orderId,
      reviewId: review.id,
      end: 'return',
      endedAt: review.since + 600_000,
      endedBy: 'key:backend',
      note: '두 번 결제됨',
      order,
    },
  },
  'orders.refunds': {
    tag: 'Refunds',
    client: 'refunds',
    summary: 'List refunds',
    description: 'Requested and automatic refunds of a period with their sums, oldest request first.',
    problems: [],
    fields: { from: order.registeredAt, to: order.expiresAt },
    answer: {
      refunds: [refundRow],
      nextCursor: null,
      totals: [{ cause: 'shop', state: 'done', currency: 'KRW', count: 1, amount: 4_000 }],
    },
  },
  'notices.list': {
    tag: 'Notices',
    client: 'notices',
    summary: 'List notices',
    description:
      'The notices to the shop with each delivery attempt, oldest first. A page may hold fewer notices than `limit` and still not be the last.',
    problems: [],
    fields: { state: 'parked' },
    answer: { notices: [notice], nextCursor: null },
  },
  'notices.replay': {
    tag: 'Notices',
    client: 'replayNotices',
    summary: 'Send notices again',
    description:
      'Sends one notice again, or those recorded in a period, under their own ids. A receiver that was given up is tried at once.',
    problems: [],
    body: { id: notice.id },
    answer: { replayed: 1 },
  },
}
