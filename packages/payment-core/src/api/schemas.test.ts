import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  account,
  cancelled,
  contradiction,
  fresh,
  held,
  look,
  NOW_MS,
  order,
  returned,
  review,
  walk,
} from '../../test/samples.ts'
import {
  AppScheme,
  Cancel,
  CancelAnswer,
  CancelCause,
  CancelInput,
  CancelState,
  Checkout,
  Claim,
  Currency,
  Details,
  Facts,
  FailReason,
  Inventory,
  inventoryName,
  ListInput,
  Method,
  Money,
  NoticeBody,
  NoticeList,
  NoticesInput,
  NoticeState,
  NoticeType,
  Order,
  OrderId,
  OrderInput,
  OrderList,
  OrderStatus,
  OrderView,
  Payment,
  PaymentId,
  PaymentStatus,
  PaymentView,
  ProblemAnswer,
  Product,
  RefundAccount,
  RefundList,
  RefundsInput,
  RegisterAnswer,
  RegisterInput,
  RejectReason,
  ReplayAnswer,
  ReplayInput,
  Return,
  Review,
  ReviewReason,
  ReviewView,
  Scope,
  ShopOrderInput,
  ShownScreen,
  Standing,
  reviewView,
  VerifyInput,
  ViewerInput,
  viewOf,
} from '../index.ts'

const details = {
  method: 'virtual_account',
  methodName: '신한은행',
  cardNumber: '5107*6',
  bankName: '신한은행',
  accountNumber: '110-1234',
  accountHolder: '홍길동',
  accountDueAtMs: NOW_MS + 5,
  receiptUrl: 'https://r.example/1',
  failReason: '한도초과',
  discount: 500,
  approval: 'later',
  approvalNumber: '30012345',
  cardIssuer: '신한카드',
  startedAtMs: NOW_MS,
  paidAtMs: NOW_MS + 1,
  failedAtMs: NOW_MS + 2,
  cancelledAtMs: NOW_MS + 3,
} as const
const cancel = { id: 'C0', amount: 400, atMs: NOW_MS, reason: 'sold out' }
const payment: Payment = held(
  { status: 'cancelled', cancelledAmount: 400, deposited: 1, cancels: [cancel], standing: 'kept' },
  details,
)
const lastReturn = returned({ failReason: 'limit', message: '한도초과', looks: 2 })
const claim: Claim = {
  source: 'return',
  gateway: 'portone-v2',
  paymentId: 'imp_1',
  orderId: 'ord-1001',
  says: 'failure',
  status: 'failed',
  cancellationId: 'C0',
  failReason: 'limit',
  message: '한도초과',
}
const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동', tel: '010-1234-5678' }
const view = viewOf(payment)
const reviewShown = reviewView(review(), order(), [])
const cancelShown = {
  id: 'shop:k',
  paymentId: 'imp_1',
  amount: 400,
  cause: 'shop',
  state: 'refused',
  tries: 2,
  lastAnswer: '한도초과',
  requestedAt: NOW_MS,
  actor: 'default',
}
const noticeShown = {
  id: 'n-1',
  orderId: 'ord-1001',
  type: 'payment.paid',
  sequence: 1,
  state: 'parked',
  recordedAt: NOW_MS,
  dueAt: null,
  attempts: 1,
  lastAnswer: '410',
  answers: [{ atMs: NOW_MS, answer: '410' }],
}
const orderView = {
  orderId: 'ord-1001',
  name: 'sample',
  amount: 14_000,
  currency: 'KRW',
  taxFree: 1,
  vat: null,
  status: 'paid',
  balance: 13_600,
  review: { reason: 'surplus' },
  reviews: [reviewShown],
  reference: { cart: 'C-7' },
  returnTo: 'https://shop.example/done',
  returnUrl: 'https://pay.example/complete',
  registeredAt: NOW_MS,
  expiresAt: NOW_MS + 1,
  closedAt: null,
  amountFixed: true,
  payments: [view],
  cancels: [cancelShown],
  notices: [{ id: 'n-1', type: 'payment.paid', sequence: 1, state: 'waiting' }],
}
const price = { name: 'sample', amount: 14_000, currency: 'KRW' }
const styles = [{ page: 'index.html', bytes: 3, integrity: `sha256-${'a'.repeat(43)}=` }]
const lines = { method: 'card', methodName: '신한카드', cardNumber: '5107*6', paidAtMs: 1, receiptUrl: null }
const shown = {
  scope: 'full',
  order: { orderId: 'ord-1001', ...price },
  token: 't',
  final: true,
  shopUrl: 'https://shop.example',
  tryAgainUrl: null,
  appUrl: 'myshop://',
  forwardUrl: null,
  shop: { name: '뭍 상점', logoUrl: null, contact: 'https://shop.example/help' },
  atMs: NOW_MS,
}
const screens: object[] = [
  { kind: 'checking', because: 'confirming', sinceMs: NOW_MS },
  { kind: 'checking', because: 'not_started', sinceMs: null },
  { kind: 'checking', because: 'review', sinceMs: null },
  { kind: 'checking', because: 'deposit_overdue', sinceMs: 1 },
  { kind: 'paid', payment: lines, goesBack: 500, withShop: 1 },
  {
    kind: 'awaiting_deposit',
    account: {
      bankName: '신한은행',
      number: '110',
      holder: '홍길동',
      amount: 1,
      currency: 'KRW',
      dueAtMs: 2,
    },
  },
  { kind: 'failed', reason: 'limit', message: '한도초과', tryAgain: true, orderAnew: false },
  { kind: 'partially_cancelled', payment: lines, cancelledAmount: 400, balance: 13_600 },
  ...['order', 'rejected', 'surplus', 'late'].map((because) => ({
    kind: 'cancelled',
    because,
    payment: lines,
    cancelledAmount: 400,
    tryAgain: false,
    orderAnew: true,
  })),
  { kind: 'expired', because: 'closed', sinceMs: 1 },
  ...['rejected', 'surplus', 'late'].map((because) => ({
    kind: 'returning',
    because,
    isOnItsWay: true,
    amount: 500,
    currency: 'KRW',
    payment: lines,
  })),
  { kind: 'not_found' },
]

describe('what is stored or sent is read back whole: nothing is lost, nothing is added', () => {
  test.each<[string, z.ZodType, unknown]>([
    [
      'an order',
      Order,
      order({
        keptPaymentId: 'imp_1',
        reviews: [review()],
        sequence: 3,
        returns: [lastReturn],
        taxFree: 1,
        vat: 2,
        amountFixedAtMs: 3,
      }),
    ],
    ['a return', Return, lastReturn],
    ['a review', Review, review({ endedAtMs: 1, endNote: 'x' })],
    ['a review for the shop’s programs', ReviewView, reviewShown],
    [
      'a payment',
      Payment,
      { ...payment, rejectReason: 'amount', late: true, contradiction: contradiction('amount_changed') },
    ],
    ['its details', Details, details],
    ['one cancel', Cancel, cancel],
    ['a claim', Claim, claim],
    ['money', Money, { amount: 14_000, currency: 'KRW' }],
    ['where a deposit goes back to', RefundAccount, refundAccount],
    ['a payment for the shop’s programs', PaymentView, view],
    ['a notice', NoticeBody, look(fresh, [cancelled({}, 400)]).notices[1]?.body],
    [
      'a notice that calls a person',
      NoticeBody,
      walk(
        fresh,
        [[account()], [account({ amounts: [1] })], [account({ amounts: [1] })]],
        {},
        31_000,
      ).notices.at(-1)?.body,
    ],
    ['the viewer’s token', ViewerInput, { token: 't' }],
    ['a return with the viewer’s token', VerifyInput, { token: 't', imp_uid: 'imp_1', success: true }],
    ...screens.map((each): [string, z.ZodType, unknown] => ['a screen', ShownScreen, { ...shown, ...each }]),
    [
      'a registration',
      RegisterInput,
      {
        orderId: 'ord-1001',
        ...price,
        taxFree: 1,
        vat: 2,
        expiresAt: NOW_MS,
        returnTo: 'https://shop.example/done',
        reference: ['C-7'],
        appScheme: 'myshop',
      },
    ],
    [
      'its answer',
      RegisterAnswer,
      {
        orderId: 'o',
        ...price,
        taxFree: null,
        vat: 2,
        reference: ['C-7'],
        returnTo: 'https://shop.example/done',
        status: 'open',
        registeredAt: 0,
        expiresAt: 1,
        returnUrl: 'u',
        amountFixed: false,
        conflict: true,
      },
    ],
    ['which order', OrderInput, { orderId: 'ord-1001' }],
    [
      'a wish to cancel',
      CancelInput,
      { orderId: 'ord-1001', amount: 3, taxFree: 1, vat: 2, reason: 'x', idempotencyKey: 'k', refundAccount },
    ],
    ['its answer', CancelAnswer, { cancelId: 'c', orderId: 'o', amount: 1, state: 'waiting' }],
    ['an order for the shop’s programs', OrderView, orderView],
    [
      'what a list is asked for',
      ListInput,
      {
        status: 'paid',
        review: true,
        reviewReason: 'surplus',
        from: 0,
        to: 1,
        reference: 'C-7',
        text: 'ord-1',
        cursor: 'c',
        limit: 100,
        orphanCursor: 'imp_1',
      },
    ],
    [
      'a list',
      OrderList,
      {
        orders: [orderView],
        nextCursor: 'c',
        totals: [{ reason: 'surplus', currency: 'KRW', count: 1, atStake: 14_000 }],
        orphans: [{ ...view, orderId: 'o', reviews: [reviewShown] }],
        nextOrphan: 'imp_1',
      },
    ],
    ['what refunds are asked for', RefundsInput, { from: 0, to: 1, cause: 'late', cursor: 'c', limit: 1 }],
    [
      'refunds',
      RefundList,
      {
        refunds: [{ ...cancelShown, orderId: 'o', currency: 'KRW' }],
        nextCursor: 'c',
        totals: [{ cause: 'shop', state: 'refused', currency: 'KRW', count: 1, amount: 400 }],
      },
    ],
    [
      'what notices are asked for',
      NoticesInput,
      { orderId: 'o', state: 'parked', type: 'payment.paid', from: 0, to: 1, cursor: 'c', limit: 1 },
    ],
    ['notices', NoticeList, { notices: [noticeShown], nextCursor: 'c' }],
    ['one notice to tell again', ReplayInput, { id: 'n-1' }],
    ['a time of which to tell again', ReplayInput, { from: 0, to: 1 }],
    ['how many are told again', ReplayAnswer, { replayed: 2 }],
    ['a product', Product, { productId: 'p', description: 'd', ...price }],
    ['a wish to buy', ShopOrderInput, { productId: 'p' }],
    ['a wish to try again', ShopOrderInput, { orderId: 'ord-1001' }],
    [
      'a checkout',
      Checkout,
      {
        gateway: 'portone-v1',
        orderId: 'o',
        ...price,
        returnUrl: 'u',
        token: 't',
        userCode: 'c',
        sdkUrl: 's',
      },
    ],
    [
      'a checkout by V2',
      Checkout,
      {
        gateway: 'portone-v2',
        orderId: 'o',
        ...price,
        returnUrl: 'u',
        token: 't',
        storeId: 's',
        channelKey: 'c',
        sdkUrl: 's',
      },
    ],
    ['what a program is told of a problem', ProblemAnswer, { kind: 'bad_input', message: 'x' }],
    [
      'the built files',
      Inventory,
      { files: [{ path: 'a', bytes: 1, integrity: `sha384-${'A'.repeat(64)}` }], inlineStyles: styles },
    ],
  ])('%s', (_, schema, value) => {
    expect(schema.parse(value)).toStrictEqual(value)
    expect(value).toBeDefined()
  })
})

/** Rows and notices outlive a deployment: a word that is no longer read makes old ones unreadable. */
const words: [string, z.ZodType, string[]][] = [
  [
    'status of an order',
    OrderStatus,
    ['open', 'awaiting_deposit', 'paid', 'partially_cancelled', 'cancelled', 'expired'],
  ],
  [
    'review',
    ReviewReason,
    [
      'contradiction',
      'bad_money',
      'rejected',
      'surplus',
      'late',
      'orphan',
      'cancel_failed',
      'predates_order',
      'amount_conflict',
      'discounted',
      'undated',
      'disputed',
      'returned_more',
    ],
  ],
  ['status of a payment', PaymentStatus, ['ready', 'awaiting_deposit', 'failed', 'paid', 'cancelled']],
  ['method', Method, ['card', 'transfer', 'virtual_account', 'phone', 'easy_pay', 'other']],
  ['standing', Standing, ['kept', 'rejected', 'surplus', 'late', 'orphan', 'undecided']],
  ['refusal', RejectReason, ['amount', 'currency', 'channel']],
  ['scope', Scope, ['full', 'outcome']],
  ['state of a notice', NoticeState, ['waiting', 'delivered', 'parked']],
  ['way of an intent', CancelState, ['requested', 'accepted', 'unknown', 'refused', 'done', 'over']],
  ['cause of an intent', CancelCause, ['rejected', 'surplus', 'late', 'shop', 'account', 'person']],
  ['state of a cancel', CancelAnswer.shape.state, ['waiting', 'done', 'failed']],
  ['source of a claim', Claim.shape.source, ['return', 'visit', 'webhook', 'list']],
  ['what a claim says', Claim.shape.says, ['success', 'failure', 'nothing']],
  ['what a return says', Return.shape.says, ['success', 'failure', 'nothing']],
  [
    'notice',
    NoticeType,
    [
      'payment.paid',
      'payment.awaiting_deposit',
      'payment.failed',
      'payment.partially_cancelled',
      'payment.cancelled',
      'payment.rejected',
      'payment.surplus',
      'payment.returned',
      'order.expired',
      'order.closed',
      'order.review',
      'order.review_ended',
    ],
  ],
  [
    'reason of a failure',
    FailReason,
    [
      'closed_by_customer',
      'limit',
      'balance',
      'card_details',
      'card_stopped',
      'already_paid',
      'window_not_opened',
      'gateway_trouble',
      'not_completed',
      'unknown',
    ],
  ],
]

test.each(words)('every %s that was ever written is still read, and nothing else is', (_, schema, known) => {
  for (const word of known) expect(schema.safeParse(word).success, word).toBe(true)
  for (const word of ['', 'PAID', 'refunded', null]) expect(schema.safeParse(word).success).toBe(false)
})

describe('what does not fit is refused', () => {
  const registration = { orderId: 'ord-1001', ...price }
  const wish = { orderId: 'ord-1001', reason: 'x', idempotencyKey: 'k' }
  test.each<[string, z.ZodType, object, Record<string, unknown[]>]>([
    [
      'an order',
      Order,
      order(),
      {
        orderId: ['', 'a/b'],
        amount: [0, -1, 0.5],
        currency: ['won'],
        registeredAtMs: [0.5],
        expiresAtMs: [0.5],
        sequence: [-1, 0.5],
        keptPaymentId: ['a b'],
        emptyAfterDeadline: [null, 'true'],
      },
    ],
    ['a return', Return, lastReturn, { looks: [-1, 0.5], atMs: [0.5], paymentId: ['a b'] }],
    [
      'facts',
      Facts,
      payment,
      { paymentId: ['a b'], amounts: [[-1], [0.5], 1], currencies: [['won']], cancelledAmount: [-1] },
    ],
    [
      'details',
      Details,
      details,
      { accountDueAtMs: [0.5], discount: [0.5], paidAtMs: [0.5], method: ['gold'] },
    ],
    ['a cancel', Cancel, cancel, { amount: [-1, 0.5], atMs: [0.5] }],
    [
      'an account to pay back to',
      RefundAccount,
      refundAccount,
      {
        bank: ['88', '0888', 'x088', '088x', 'abc'],
        account: ['12345', '-12345', 'x123456', '123456x', '1'.repeat(33), ''],
        holder: ['', ' ', '홍'.repeat(41)],
        tel: ['123456', '1'.repeat(17), 'x1234567', '1234567x'],
      },
    ],
    [
      'a registration',
      RegisterInput,
      registration,
      {
        name: ['', ' ', 'n'.repeat(201)],
        amount: [0, -1, 0.5],
        currency: ['won', 'ABC', 'XAU'],
        expiresAt: [0, 0.5, 1_793_500_100],
        returnTo: ['shop', 'http://shop.example', 'javascript:alert(1)', 'https://a@shop.example'],
        reference: [[''], Array.from({ length: 21 }, String), { a: 1 }],
        amonut: [1],
        appScheme: ['javascript'],
      },
    ],
    [
      'a wish to cancel',
      CancelInput,
      wish,
      { amount: [0, -1, 0.5], reason: ['', ' ', 'r'.repeat(201)], idempotencyKey: ['', 'k'.repeat(257)] },
    ],
    ['a viewer', ViewerInput, { token: 't' }, { token: ['', 't'.repeat(2_001)] }],
    [
      'a wish for a list',
      ListInput,
      {},
      {
        limit: [0, 101, 0.5],
        cursor: ['c'.repeat(201)],
        status: ['gone'],
        reason: ['late'],
        from: [-1, 0.5],
        to: [-1, 0.5],
        reviewReason: ['gone'],
        reference: ['', ' ', 'r'.repeat(201)],
        text: ['', ' ', 't'.repeat(201)],
        orphanCursor: ['c'.repeat(201)],
      },
    ],
    ['a notice to tell again', ReplayInput, { id: 'n' }, { id: ['', 'n'.repeat(401)], from: [1] }],
    [
      'a time to tell again',
      ReplayInput,
      { from: 1, to: 2 },
      { from: [-1, 0.5, 2, 3], to: [1, 0, 1.5], id: ['n'] },
    ],
    ['a wish to buy', ShopOrderInput, { productId: 'p' }, { productId: ['p'.repeat(41)] }],
    ['a number of notices', ReplayAnswer, { replayed: 1 }, { replayed: [0.5] }],
    [
      'a notice',
      NoticeBody,
      look(fresh, [cancelled({}, 400)]).notices[0]?.body ?? {},
      { sequence: [0, -1, 0.5] },
    ],
  ])('%s', (_, schema, good, bad) => {
    expect(schema.safeParse(good).success).toBe(true)
    for (const [field, values] of Object.entries(bad))
      for (const value of values)
        expect(schema.safeParse({ ...good, [field]: value }).success, `${field}: ${String(value)}`).toBe(
          false,
        )
  })

  test('the longest and the shortest that fit are taken', () => {
    const names = { ...registration, name: 'n'.repeat(200) }
    expect(RegisterInput.safeParse(names).success).toBe(true)
    expect(
      CancelInput.safeParse({ ...wish, reason: 'r'.repeat(200), idempotencyKey: 'k'.repeat(256) }).success,
    ).toBe(true)
    expect(ViewerInput.safeParse({ token: 't'.repeat(2_000) }).success).toBe(true)
    expect(ListInput.safeParse({ limit: 1, cursor: 'c'.repeat(200) }).success).toBe(true)
    for (const wanted of ['w', 'w'.repeat(200)])
      expect(ListInput.safeParse({ limit: 100, reference: wanted, text: wanted }).success).toBe(true)
    expect(ReplayInput.safeParse({ id: 'n'.repeat(400) }).success).toBe(true)
    expect(ShopOrderInput.safeParse({ productId: 'p'.repeat(40) }).success).toBe(true)
    for (const changed of [
      { account: '123456' },
      { account: `1${'-'.repeat(31)}` },
      { holder: '홍'.repeat(40) },
      { tel: '1234567' },
      { tel: '-'.repeat(16) },
    ])
      expect(RefundAccount.safeParse({ ...refundAccount, ...changed }).success).toBe(true)
  })

  test('blanks around a name, a reason or a holder are nobody’s', () => {
    expect(RegisterInput.parse({ ...registration, name: ' sample ' })).toMatchObject({ name: 'sample' })
    expect(CancelInput.parse({ ...wish, reason: ' x ' })).toMatchObject({ reason: 'x' })
    expect(ListInput.parse({ reference: ' C-7 ', text: ' ord ' })).toMatchObject({
      reference: 'C-7',
      text: 'ord',
    })
    expect(RefundAccount.parse({ ...refundAccount, holder: ' 홍길동 ' })).toMatchObject({ holder: '홍길동' })
  })

  test('what is left out is as documented: won, and a page of twenty', () => {
    expect(RegisterInput.parse({ orderId: 'ord-1001', name: 'x', amount: 1 })).toMatchObject({
      currency: 'KRW',
    })
    expect(ListInput.parse({})).toEqual({ limit: 20 })
  })
})

test('what was built is named by its whole digest and nothing beside it', () => {
  const files = (integrity: string) => ({ files: [{ path: 'a', bytes: 1, integrity }], inlineStyles: [] })
  const good = `sha384-${'A'.repeat(64)}`
  expect(Inventory.safeParse(files(`sha384-${'z+/9'.repeat(16)}`)).success).toBe(true)
  for (const bad of [
    '',
    `x${good}`,
    `${good}x`,
    good.slice(0, -1),
    good.replace('384', '256'),
    good.replace('A', '-'),
  ])
    expect(Inventory.safeParse(files(bad)).success, bad).toBe(false)
  const style = `sha256-${'z+/9'.repeat(10)}abc=`
  const inline = (integrity: string) => ({ files: [], inlineStyles: [{ page: 'p', bytes: 1, integrity }] })
  expect(Inventory.safeParse(inline(style)).success).toBe(true)
  for (const bad of [
    '',
    `x${style}`,
    `${style}x`,
    style.slice(0, -1),
    style.replace('abc', 'ab'),
    style.replace('z', '-'),
  ])
    expect(Inventory.safeParse(inline(bad)).success, bad).toBe(false)
  for (const bytes of [0.5, null])
    for (const each of [{ ...files(good).files[0], bytes }])
      expect(Inventory.safeParse({ files: [each], inlineStyles: [] }).success).toBe(false)
  expect(inventoryName).toBe('inventory.json')
})

test('R-19: a payment’s id is 1 to 64 letters, digits or - _, and begins with a letter or digit', () => {
  for (const id of ['1', 'imp_448280090638', 'A-z_9', 'a'.repeat(64)])
    expect(PaymentId.safeParse(id).success, id).toBe(true)
  for (const id of ['', '_a', '-a', 'a b', 'a.b', ' a', 'a/b', 'a\n', 'a'.repeat(65)])
    expect(PaymentId.safeParse(id).success, id).toBe(false)
})

test('whoever is refused is told what would have been taken', () => {
  const told = (schema: z.ZodType, value: unknown): string | undefined =>
    schema.safeParse(value).error?.issues[0]?.message
  expect(told(Currency, 'won')).toMatch(/ISO 4217/)
  expect(told(OrderId, 'a b')).toMatch(/1 to 40 letters/)
  expect(told(PaymentId, 'a b')).toMatch(/1 to 64 letters/)
  expect(told(RefundAccount.shape.bank, '8')).toMatch(/three-digit code/)
  expect(told(RefundAccount.shape.account, '8')).toMatch(/with or without dashes/)
  expect(JSON.stringify(ReplayInput.safeParse({ from: 2, to: 1 }).error?.issues)).toMatch(
    /from is not before to/,
  )
})

describe('the way back into the shop’s app', () => {
  test.each([
    ['myshop', 'myshop'],
    ['myshop://', 'myshop'],
    ['MyShop.v2+x-1://', 'myshop.v2+x-1'],
    ['a', 'a'],
    ['a'.repeat(64), 'a'.repeat(64)],
  ])('is named by its scheme: %s', (given, scheme) => {
    expect(AppScheme.parse(given)).toBe(scheme)
  })

  test.each([
    '',
    '1shop',
    '+shop',
    'my shop',
    'my_shop',
    'myshop:',
    'myshop:/',
    'myshop:///',
    'x myshop',
    'a'.repeat(65),
  ])('is nothing else: «%s»', (given) => {
    expect(AppScheme.safeParse(given).success).toBe(false)
  })

  test.each([
    'http',
    'https',
    'ws',
    'wss',
    'ftp',
    'javascript',
    'vbscript',
    'data',
    'blob',
    'file',
    'filesystem',
    'about',
    'view-source',
    'intent',
    'content',
    'chrome',
  ])('is none that a browser acts upon itself: %s', (scheme) => {
    for (const given of [scheme, `${scheme}://`, scheme.toUpperCase()])
      expect(AppScheme.safeParse(given).success).toBe(false)
  })
})
