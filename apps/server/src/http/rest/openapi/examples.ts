import type {
  CancelAnswer,
  NoticeBody,
  NoticeView,
  OrderSummary,
  OrderView,
  PaymentView,
  Problem,
  RegisterAnswer,
  ReviewView,
  ShownScreen,
  Story,
} from '@landfall/payment-core'

/** One order as it goes through the API: registered, paid by card, and refunded in part. */

/** 2026-11-02 12:00 in Seoul. */
const atMs = 1_793_588_400_000
const ids = { orderId: 'ord-1001', paymentId: 'imp_448280090638' } as const
const returnUrl = 'https://pay.shop.example/complete/eyJhbGciOiJIUzI1NiJ9.eyJvIjoib3JkLTEwMDEifQ.c2lnbmVk'
const noticeId = 'payment%2Epaid:ord-1001:imp_448280090638:0'

export const payment: PaymentView = {
  paymentId: ids.paymentId,
  status: 'paid',
  standing: 'kept',
  late: false,
  amount: 14_000,
  cancelledAmount: 0,
  currency: 'KRW',
  startedAt: atMs + 20_000,
  paidAt: atMs + 60_000,
  failedAt: null,
  cancelledAt: null,
  method: 'card',
  methodName: '신한카드',
  card: { number: '433012******1234', issuer: '신한카드' },
  approval: '30042731',
  receiptUrl: 'https://iniweb.inicis.com/receipt?tid=example',
  account: null,
}

export const summary: OrderSummary = {
  orderId: ids.orderId,
  name: '제주 한라봉 드립백',
  amount: 14_000,
  currency: 'KRW',
  taxFree: null,
  vat: null,
  status: 'paid',
  balance: 14_000,
  review: null,
  reviews: [],
  reference: { cart: 'cart-77' },
  returnTo: 'https://shop.example/orders/done',
  registeredAt: atMs,
  expiresAt: atMs + 86_400_000,
  closedAt: null,
  amountFixed: true,
}

export const order: OrderView = {
  ...summary,
  returnUrl,
  payments: [payment],
  cancels: [],
  notices: [{ id: noticeId, type: 'payment.paid', sequence: 1, state: 'delivered' }],
}

export const review: ReviewView = {
  id: 'surplus-imp_448280090639',
  reason: 'surplus',
  paymentId: 'imp_448280090639',
  atStake: 14_000,
  since: atMs + 120_000,
  note: 'the order already has its payment',
  actions: ['return', 'dismiss'],
  ended: null,
}

export const closed: OrderView = {
  ...order,
  status: 'expired',
  balance: 0,
  closedAt: atMs + 60_000,
  payments: [],
  notices: [{ id: 'order%2Eclosed:ord-1001:-:0', type: 'order.closed', sequence: 1, state: 'waiting' }],
}

const { orderId, name, amount, currency, taxFree, vat, reference, returnTo } = summary
export const registered: RegisterAnswer = {
  orderId,
  name,
  amount,
  currency,
  taxFree,
  vat,
  reference,
  returnTo,
  status: 'open',
  registeredAt: atMs,
  expiresAt: atMs + 86_400_000,
  returnUrl,
  amountFixed: true,
  conflict: false,
}

export const screen: ShownScreen = {
  kind: 'paid',
  scope: 'full',
  order: { orderId, name, amount, currency },
  payment: {
    method: 'card',
    methodName: '신한카드',
    cardNumber: '433012******1234',
    paidAtMs: atMs + 60_000,
    receiptUrl: payment.receiptUrl,
  },
  goesBack: 0,
  withShop: 0,
  token: 'eyJhbGciOiJIUzI1NiJ9.eyJvIjoib3JkLTEwMDEifQ.c2lnbmVk',
  final: true,
  shopUrl: 'https://shop.example/',
  tryAgainUrl: null,
  appUrl: null,
  atMs: atMs + 61_000,
}

export const refund: CancelAnswer = {
  cancelId: 'shop-ord-1001-Qm9uam91cm1vbmRl',
  orderId,
  amount: 4_000,
  state: 'done',
}

export const refundRow = {
  id: refund.cancelId,
  orderId,
  paymentId: ids.paymentId,
  amount: 4_000,
  currency,
  cause: 'shop',
  state: 'done',
  tries: 1,
  lastAnswer: null,
  requestedAt: atMs + 3_600_000,
  actor: 'key:backend',
} as const

export const story: Story = {
  orderId,
  order,
  gateway: 'portone-v1',
  lines: [
    { at: atMs, kind: 'registered', actor: 'key:backend', paymentId: null, amount, currency },
    {
      at: atMs + 60_000,
      kind: 'decided',
      actor: null,
      paymentId: ids.paymentId,
      event: 'payment.paid',
      from: 'open',
      to: 'paid',
      amount,
      currency,
      returned: null,
      why: null,
      failReason: null,
      doors: ['return', 'webhook'],
    },
  ],
  leftOut: 0,
}

export const notice: NoticeView = {
  id: noticeId,
  orderId,
  type: 'payment.paid',
  sequence: 1,
  state: 'delivered',
  recordedAt: atMs + 60_000,
  dueAt: null,
  attempts: 1,
  lastAnswer: '204',
  answers: [{ atMs: atMs + 60_200, answer: '204' }],
}

export const noticeBody: NoticeBody = {
  type: 'payment.paid',
  timestamp: '2026-11-02T03:01:00.000Z',
  sequence: 1,
  data: { order: summary, payment },
}

/** The gateway's webhooks alone are answered with it. */
type Documented = Exclude<Problem['kind'], 'bad_signature'>

/** A problem of each kind that a call can have. */
export const problems: { readonly [K in Documented]: Extract<Problem, { kind: K }> } = {
  bad_input: { kind: 'bad_input', where: 'amount: Invalid input: expected number, received string' },
  too_large: { kind: 'too_large', limitBytes: 65_536 },
  slow_body: { kind: 'slow_body' },
  unsupported_content: { kind: 'unsupported_content', contentType: '' },
  unauthorized: { kind: 'unauthorized' },
  not_allowed: { kind: 'not_allowed', scope: 'refunds' },
  bad_view_token: { kind: 'bad_view_token' },
  unknown_order: { kind: 'unknown_order', orderId },
  order_conflict: { kind: 'order_conflict', orderId, field: 'amount' },
  nothing_to_cancel: { kind: 'nothing_to_cancel', orderId },
  cancel_too_large: { kind: 'cancel_too_large', orderId, left: 4_000 },
  cancel_parts_too_large: { kind: 'cancel_parts_too_large', orderId },
  refund_account_needed: { kind: 'refund_account_needed', orderId },
  under_review: { kind: 'under_review', orderId },
  unknown_review: { kind: 'unknown_review', orderId, reviewId: review.id },
  review_ended: { kind: 'review_ended', orderId, reviewId: review.id },
  not_possible: {
    kind: 'not_possible',
    orderId,
    reviewId: review.id,
    action: 'accept',
    possible: ['return', 'dismiss'],
  },
  order_has_payment: { kind: 'order_has_payment', orderId, status: 'paid' },
  idempotency_conflict: { kind: 'idempotency_conflict', orderId },
  contended: { kind: 'contended', orderId },
  storage_unavailable: { kind: 'storage_unavailable', cause: '' },
  busy: { kind: 'busy' },
  too_many_requests: { kind: 'too_many_requests' },
  unknown_payment: { kind: 'unknown_payment', asked: ids.paymentId },
  gateway_unreachable: { kind: 'gateway_unreachable', cause: '' },
  gateway_refused: { kind: 'gateway_refused', status: 500, code: null, message: null },
  gateway_busy: { kind: 'gateway_busy', retryAfterMs: 5_000 },
  gateway_unreadable: { kind: 'gateway_unreadable', where: '' },
  gateway_wrong_record: { kind: 'gateway_wrong_record', asked: '', got: '' },
  gateway_bad_money: { kind: 'gateway_bad_money', paymentId: ids.paymentId, orderId, where: '' },
}
