import { describe, expect, test } from 'vitest'
import { account, contradiction, held, NOW_MS, order, returned, review } from '../../test/samples.ts'
import {
  isFinal,
  type Order,
  type Payment,
  type Return,
  type ReviewReason,
  Screen,
  screenOf,
  screenOfNothing,
  SETTLE_FAILURE_MS,
  SETTLE_SILENT_MS,
} from '../index.ts'

const kept = (changed: Partial<Payment> = {}): Payment =>
  held({ standing: 'kept', ...changed }, { cardNumber: '5107*6' })
const rejected = (changed: Partial<Payment> = {}): Payment =>
  held({ standing: 'rejected', rejectReason: 'amount', amounts: [500], ...changed }, { paidAtMs: NOW_MS })
const backAgain = (changed: Partial<Payment> = {}): Payment =>
  rejected({ status: 'cancelled', cancelledAmount: 500, ...changed })
/** A window that was left open, long ago. */
const ready = held({ status: 'ready' }, { startedAtMs: NOW_MS - 600_000 })
const under = (reason: ReviewReason, paymentId = 'imp_1'): Pick<Order, 'reviews'> => ({
  reviews: [review({ reason, paymentId })],
})
const keptOrder = (status: Order['status'], changed: Partial<Order> = {}): Order =>
  order({ status, keptPaymentId: 'imp_1', ...changed })
const show = (theOrder: Order, payments: readonly Payment[] = [], nowMs = NOW_MS): Screen =>
  Screen.parse(screenOf(theOrder, payments, 'full', nowMs))
const after = (says: Return['says'], changed: Partial<Return> = {}): Order =>
  order({ returns: [returned({ says, looks: 9, ...changed })] })

describe('each kind is shown when the record says so', () => {
  test.each<[Screen['kind'], Order, Payment[], object]>([
    ['checking', order(), [], { because: 'not_started' }],
    ['checking', order(), [ready], { because: 'confirming' }],
    ['paid', keptOrder('paid'), [kept()], { payment: { cardNumber: '5107*6' }, goesBack: 0, withShop: 0 }],
    [
      'awaiting_deposit',
      order({ status: 'awaiting_deposit' }),
      [held(account())],
      { account: { number: '110-1234' } },
    ],
    [
      'failed',
      order(),
      [held({ status: 'failed' }, { failReason: '잔액부족' })],
      { reason: 'balance', tryAgain: true },
    ],
    [
      'partially_cancelled',
      keptOrder('partially_cancelled'),
      [kept({ status: 'cancelled', cancelledAmount: 4_000 })],
      { cancelledAmount: 4_000, balance: 10_000 },
    ],
    [
      'cancelled',
      keptOrder('cancelled'),
      [kept({ status: 'cancelled', cancelledAmount: 14_000 })],
      { because: 'order', tryAgain: false },
    ],
    ['expired', order({ status: 'expired' }), [ready], {}],
    ['returning', order(), [rejected()], { because: 'rejected', amount: 500, currency: 'KRW' }],
    ['returning', order({ status: 'expired' }), [rejected({ standing: 'late' })], { because: 'late' }],
    [
      'cancelled',
      order(),
      [backAgain()],
      { because: 'rejected', cancelledAmount: 500, tryAgain: false, orderAnew: true },
    ],
    [
      'cancelled',
      order({ status: 'expired' }),
      [backAgain({ standing: 'late' })],
      { because: 'late', tryAgain: false },
    ],
  ])('%s', (kind, theOrder, payments, rows) => {
    expect(show(theOrder, payments)).toMatchObject({
      kind,
      scope: 'full',
      order: { orderId: 'ord-1001' },
      ...rows,
    })
  })

  test('R-11: an order that is not there looks like one that is another’s', () => {
    expect(screenOfNothing(true, NOW_MS)).toStrictEqual({
      kind: 'checking',
      scope: 'outcome',
      order: null,
      because: 'confirming',
      sinceMs: NOW_MS,
    })
    expect(screenOfNothing(false, NOW_MS)).toEqual({ kind: 'not_found', scope: 'outcome', order: null })
  })

  test('M-15: paid, and a second payment on its way back: its sum is told', () => {
    const surplus = held({ paymentId: 'imp_2', standing: 'surplus' })
    expect(show(keptOrder('paid'), [kept(), surplus])).toMatchObject({ kind: 'paid', goesBack: 14_000 })
  })

  test('R-25, L-11: what the gateway refuses to send back is with the shop, and nothing more is promised', () => {
    const surplus = held({ paymentId: 'imp_2', standing: 'surplus' })
    expect(show(keptOrder('paid', under('cancel_failed', 'imp_2')), [kept(), surplus])).toMatchObject({
      goesBack: 0,
      withShop: 14_000,
    })
    expect(show(order(under('cancel_failed')), [rejected()])).toMatchObject({
      kind: 'returning',
      isOnItsWay: false,
    })
    expect(show(order(), [rejected()])).toMatchObject({ kind: 'returning', isOnItsWay: true })
  })

  test('neither the kept payment is promised to go back, nor money nobody has judged', () => {
    for (const standing of ['orphan', null] as const)
      expect(show(keptOrder('paid'), [kept(), held({ paymentId: 'imp_2', standing })])).toMatchObject({
        goesBack: 0,
      })
  })

  test('what is left of two payments goes back, and not what went back already', () => {
    const surplus = held({
      paymentId: 'imp_2',
      standing: 'surplus',
      status: 'cancelled',
      cancelledAmount: 4_000,
    })
    const wrong = held({ paymentId: 'imp_3', standing: 'rejected', amounts: [500] })
    expect(show(keptOrder('paid'), [kept(), surplus, wrong])).toMatchObject({ goesBack: 10_500 })
  })

  test('an order whose payment cannot be read is shown without it', () => {
    for (const status of ['paid', 'partially_cancelled', 'cancelled'] as const)
      expect(show(keptOrder(status))).toMatchObject({ kind: status, payment: null })
    for (const status of ['partially_cancelled', 'cancelled'] as const)
      expect(show(keptOrder(status))).toMatchObject({ cancelledAmount: null })
  })

  test('of what was given back the whole sum is told', () => {
    const back = kept({ status: 'cancelled', cancelledAmount: 14_000 })
    expect(show(keptOrder('cancelled'), [back])).toMatchObject({
      cancelledAmount: 14_000,
      payment: { cardNumber: '5107*6' },
    })
  })

  test('nothing is promised to go back while a person decides, nor in another currency', () => {
    const surplus = held({ paymentId: 'imp_2', standing: 'surplus' })
    const dollars = held({ paymentId: 'imp_2', standing: 'rejected', currencies: ['USD'] })
    expect(show(keptOrder('paid', under('surplus', 'imp_2')), [kept(), surplus])).toMatchObject({
      goesBack: 0,
      withShop: 14_000,
    })
    expect(show(keptOrder('paid'), [kept(), dollars])).toMatchObject({ goesBack: 0, withShop: 0 })
  })
})

describe('S-22: silence', () => {
  test.each<[Return['says'], number, number, Screen['kind']]>([
    ['failure', 2, SETTLE_FAILURE_MS - 1, 'checking'],
    ['failure', 1, SETTLE_FAILURE_MS, 'checking'],
    ['failure', 1, SETTLE_FAILURE_MS * 1_000, 'checking'],
    ['failure', 2, SETTLE_FAILURE_MS, 'failed'],
    ['nothing', 9, SETTLE_SILENT_MS - 1, 'checking'],
    ['nothing', 1, SETTLE_SILENT_MS, 'checking'],
    ['nothing', 2, SETTLE_SILENT_MS, 'failed'],
    ['success', 99, SETTLE_SILENT_MS * 1_000, 'checking'],
  ])('after a return that says %s, %i looks and %i ms: %s', (says, looks, ms, kind) => {
    for (const payments of [[ready], []])
      expect(show(after(says, { looks }), payments, NOW_MS + ms)).toMatchObject({ kind })
  })

  test('settled, it says not completed, or the reason the return gave', () => {
    const nowMs = NOW_MS + SETTLE_FAILURE_MS
    expect(show(after('failure'), [ready], nowMs)).toMatchObject({ reason: 'not_completed', tryAgain: true })
    const told = after('failure', { failReason: 'limit', message: '한도초과' })
    expect(show(told, [ready], nowMs)).toMatchObject({ reason: 'limit', message: '한도초과' })
  })
})

describe('why a try failed', () => {
  const failed = (failReason: string | null) => [held({ status: 'failed' }, { failReason })]

  test('is told in the gateway’s words, else in those the return brought', () => {
    const returnedWords = after('failure', { message: '취소' })
    expect(show(returnedWords, failed('잔액부족'))).toMatchObject({ message: '잔액부족' })
    expect(show(returnedWords, failed(null))).toMatchObject({ message: '취소' })
    expect(show(order(), failed(null))).toMatchObject({ message: null, reason: 'unknown' })
  })

  test('is what the gateway says, else what the return said, when that is known', () => {
    const limit = after('failure', { failReason: 'limit' })
    expect(show(limit, failed('잔액부족'))).toMatchObject({ reason: 'balance' })
    expect(show(limit, failed('거절'))).toMatchObject({ reason: 'limit' })
    expect(show(after('failure'), failed('거절'))).toMatchObject({ reason: 'unknown' })
  })

  test('of a return that gave no reason anybody knows it is said that it was not completed', () => {
    const vague = after('failure', { failReason: 'unknown' })
    expect(show(vague, [ready], NOW_MS + SETTLE_FAILURE_MS)).toMatchObject({ reason: 'not_completed' })
  })
})

describe('since when it is checked', () => {
  test.each<[string, Order, Payment[], number | null]>([
    ['nothing is known', order(), [], null],
    ['a try has begun', order(), [held({ status: 'ready' }, { startedAtMs: NOW_MS - 5 })], NOW_MS - 5],
    ['somebody came back', after('success', { atMs: 7 }), [ready], 7],
    ['a person is asked', order(under('rejected')), [rejected()], NOW_MS],
  ])('%s', (_, theOrder, payments, sinceMs) => {
    expect(show(theOrder, payments)).toMatchObject({ kind: 'checking', sinceMs })
  })
})

describe('the account to pay into', () => {
  const waits = (paymentId: string, after: number | null, accountNumber: string | null = paymentId) => {
    const startedAtMs = after === null ? null : NOW_MS + after
    return held({ ...account({ paymentId }, { startedAtMs, accountNumber, accountHolder: '홍길동' }) })
  }
  const shown = (...payments: Payment[]) => show(order({ status: 'awaiting_deposit' }), payments)

  test('is told whole, with what the order asks', () => {
    expect(shown(waits('imp_1', 1, '110-1234'))).toMatchObject({
      account: {
        bankName: '신한은행',
        number: '110-1234',
        holder: '홍길동',
        amount: 14_000,
        currency: 'KRW',
        dueAtMs: NOW_MS + 60_000,
      },
    })
  })

  test('is of several the one issued last, and one of no known time was issued first', () => {
    expect(shown(waits('imp_2', 2), waits('imp_1', 1), waits('imp_3', null))).toMatchObject({
      account: { number: 'imp_2' },
    })
    expect(shown(waits('imp_1', 1), waits('imp_3', null), waits('imp_2', 2))).toMatchObject({
      account: { number: 'imp_2' },
    })
  })

  test('G-21: is told without a number when the gateway does not tell it: how much, and until when', () => {
    expect(shown(waits('imp_1', 1, null))).toMatchObject({
      kind: 'awaiting_deposit',
      account: {
        number: null,
        bankName: '신한은행',
        amount: 14_000,
        currency: 'KRW',
        dueAtMs: NOW_MS + 60_000,
      },
    })
  })

  test('is none when nothing waits for exactly what the order asks', () => {
    expect(shown()).toMatchObject({ account: null })
    expect(shown(held(account({ amounts: [500] })))).toMatchObject({ account: null })
  })
})

test('what was paid is told with method, name, card, time and receipt', () => {
  const lines = {
    method: 'card',
    methodName: '신한카드',
    cardNumber: '5107*6',
    paidAtMs: NOW_MS,
    receiptUrl: 'https://r.example/1',
  } as const
  expect(show(keptOrder('paid'), [held({ standing: 'kept' }, lines)])).toMatchObject({ payment: lines })
})

describe('S-22: pay again is never offered while money may be on its way', () => {
  const later = NOW_MS + 10 * SETTLE_SILENT_MS

  test.each<[string, Order, Payment[]]>([
    ['a refused payment still holds money', after('failure'), [rejected()]],
    [
      'another try’s refused payment holds money',
      after('failure'),
      [held({ status: 'failed' }), rejected({ paymentId: 'imp_2' })],
    ],
    [
      'its evidence contradicts itself',
      after('failure'),
      [held({ status: 'failed', contradiction: contradiction('status_went_back') })],
    ],
    [
      'contradictory money, all of it back',
      after('failure'),
      [held({ status: 'cancelled', cancelledAmount: 14_000, contradiction: contradiction('x') })],
    ],
    ['money nobody has judged', after('failure'), [held({ standing: 'orphan' })]],
    ['a person is looking at it', order(under('rejected')), [rejected()]],
    ['success is claimed', after('success'), [ready]],
    [
      'success is claimed for a try the gateway does not know yet',
      after('success', { paymentId: 'imp_2' }),
      [held({ status: 'failed' })],
    ],
    [
      'success is claimed for another try than the returned one',
      after('success', { paymentId: 'imp_2' }),
      [backAgain(), held({ paymentId: 'imp_2', status: 'ready' })],
    ],
    [
      'success is claimed by the order’s id, and a newer try is open',
      after('success', { paymentId: null, atMs: NOW_MS - 1 }),
      [backAgain(), held({ paymentId: 'imp_2', status: 'ready' }, { startedAtMs: NOW_MS })],
    ],
    [
      'an account waits',
      order({ status: 'awaiting_deposit', returns: [returned({ looks: 9 })] }),
      [held(account())],
    ],
    ['it is paid', keptOrder('paid', { returns: [returned({ looks: 9 })] }), [kept()]],
  ])('%s', (_, theOrder, payments) => {
    const screen = show(theOrder, payments, later)
    expect('tryAgain' in screen && screen.tryAgain, screen.kind).toBe(false)
    expect(screen.kind).not.toBe('failed')
  })

  test('R-02: a failure claimed of money that came is shown as paid', () => {
    expect(show(keptOrder('paid', { returns: [returned({ looks: 9 })] }), [kept()], later).kind).toBe('paid')
  })
})

describe('what a viewer without the order’s own link sees', () => {
  const everything: [Order, Payment[]][] = [
    [order({ returns: [returned({ looks: 9, message: 'secret-message' })] }), [ready]],
    [order(), [held({ status: 'failed' }, { failReason: 'secret-message' })]],
    [keptOrder('paid'), [kept(), held({ paymentId: 'imp_2', standing: 'surplus' })]],
    [keptOrder('partially_cancelled'), [kept({ status: 'cancelled', cancelledAmount: 4_000 })]],
    [keptOrder('cancelled'), [kept({ status: 'cancelled', cancelledAmount: 14_000 })]],
    [order({ status: 'awaiting_deposit' }), [held(account())]],
    [order({ status: 'expired' }), []],
    [order(), [rejected()]],
    [order(), [backAgain()]],
    [order(under('rejected')), [rejected()]],
  ]

  test.each(everything)(
    'R-08, P-01: a kind and a sentence, no name, amount, account or text',
    (theOrder, payments) => {
      const screen = Screen.parse(screenOf(theOrder, payments, 'outcome', NOW_MS + SETTLE_SILENT_MS))
      expect(screen.kind).toBe(show(theOrder, payments, NOW_MS + SETTLE_SILENT_MS).kind)
      expect(screen).toMatchObject({ scope: 'outcome', order: null })
      const text = JSON.stringify({ ...screen, sinceMs: null })
      expect(text).not.toMatch(/secret|sample|ord-1001|imp_|14000|4000|10000|500|5107|110-1234|신한/)
    },
  )
})

test('P-01: such a screen has no row but those of its kind', () => {
  const outcome = (theOrder: Order, payments: Payment[] = []) =>
    screenOf(theOrder, payments, 'outcome', NOW_MS)
  const bare = { scope: 'outcome', order: null }
  expect(outcome(order())).toStrictEqual({ ...bare, kind: 'checking', because: 'not_started', sinceMs: null })
  expect(outcome(order({ status: 'expired' }))).toStrictEqual({
    ...bare,
    kind: 'expired',
    because: 'deadline',
    sinceMs: order().expiresAtMs,
  })
  expect(outcome(keptOrder('paid'), [kept()])).toStrictEqual({
    ...bare,
    kind: 'paid',
    payment: null,
    goesBack: 0,
    withShop: 0,
  })
})

test('a page stops asking only when nothing more can come by itself', () => {
  const finals: [Order, Payment[], boolean][] = [
    [keptOrder('paid'), [kept()], true],
    [order({ status: 'expired' }), [], false],
    [order({ status: 'expired', expiresAtMs: NOW_MS - 15 * 60_000 }), [], true],
    [keptOrder('partially_cancelled'), [kept({ status: 'cancelled', cancelledAmount: 400 })], true],
    [keptOrder('cancelled'), [kept({ status: 'cancelled', cancelledAmount: 14_000 })], true],
    [order(), [backAgain()], false],
    [order(), [held({ status: 'failed' })], false],
    [order(), [ready], false],
    [order({ status: 'awaiting_deposit' }), [held(account())], false],
    [order(), [rejected()], false],
  ]
  for (const [theOrder, payments, final] of finals)
    expect(isFinal(show(theOrder, payments), NOW_MS)).toBe(final)
  expect(isFinal(screenOfNothing(false, NOW_MS), NOW_MS)).toBe(true)
  expect(isFinal(screenOfNothing(true, NOW_MS), NOW_MS)).toBe(false)
})

describe('M-32: a number that was ever paid is not offered for another payment', () => {
  const failed = held({ paymentId: 'imp_2', status: 'failed' }, { failReason: '한도초과' })

  test.each<[string, Order, Payment[]]>([
    ['money that went back', order(), [backAgain({}), failed]],
    [
      'last year’s money',
      order(),
      [held({ standing: 'undecided' }, { startedAtMs: 5, paidAtMs: 5 }), failed],
    ],
    [
      'the gateway’s own word',
      after('failure', { failReason: 'already_paid', paymentId: null, atMs: NOW_MS - 60_000 }),
      [],
    ],
  ])('after %s', (_, theOrder, payments) => {
    expect(show(theOrder, payments)).toMatchObject({ tryAgain: false, orderAnew: true })
  })
})

test('M-21: money of the number’s earlier life is not this customer’s to hear of', () => {
  const theirs = held({ standing: 'undecided' }, { startedAtMs: 5, paidAtMs: 5 })
  expect(show(order(under('predates_order')), [theirs])).toMatchObject({
    kind: 'checking',
    because: 'not_started',
  })
  const doubtful = held({ standing: 'undecided', amounts: [50_000] })
  expect(show(order(under('amount_conflict')), [doubtful])).toMatchObject({
    kind: 'checking',
    because: 'review',
  })
})

test('an order whose kept payment is back offers neither another try nor a new order', () => {
  const back = held({ standing: 'kept', status: 'cancelled', cancelledAmount: 14_000 })
  const ended = order({ status: 'cancelled', keptPaymentId: 'imp_1' })
  expect(show(ended, [back])).toMatchObject({
    kind: 'cancelled',
    because: 'order',
    tryAgain: false,
    orderAnew: false,
  })
})

test('M-21: nor are its failed tries', () => {
  const theirs = held({ status: 'failed' }, { startedAtMs: 5 })
  expect(show(order(), [theirs])).toMatchObject({ kind: 'checking', because: 'not_started' })
})

test('S-22: money in doubt that is back was not accepted, and did not fail: told where the own return names it', () => {
  const gone = { standing: 'undecided', status: 'cancelled', cancelledAmount: 14_000 } as const
  expect(show(after('success'), [held(gone)])).toMatchObject({
    kind: 'cancelled',
    because: 'rejected',
    orderAnew: true,
  })
  expect(show(order(), [held(gone)])).toMatchObject({ kind: 'checking' })
})

test('S-22, M-29: what was discounted to nothing has not come back: a person looks at it', () => {
  const free = held({ standing: 'undecided', amounts: [0] }, { discount: 14_000 })
  for (const theOrder of [order(under('discounted')), { ...after('success'), ...under('discounted') }])
    expect(show(theOrder, [free])).toMatchObject({ kind: 'checking', because: 'review' })
})

test('S-22, W-06: what came and went before its order was registered is checked until the order’s first look places it', () => {
  const gone = held({ standing: 'orphan', status: 'cancelled', cancelledAmount: 14_000 })
  expect(show(after('failure'), [gone])).toMatchObject({ kind: 'checking', because: 'confirming' })
})

test('V-11: past its due time the account is no longer asked to be paid into', () => {
  const over = held(account({}, { accountDueAtMs: NOW_MS - 1 }))
  const theOrder = order({ status: 'awaiting_deposit' })
  expect(show(theOrder, [over])).toMatchObject({
    kind: 'checking',
    because: 'deposit_overdue',
    sinceMs: NOW_MS - 1,
  })
  expect(show(theOrder, [over], NOW_MS - 1)).toMatchObject({ kind: 'awaiting_deposit' })
})

test('an order that was called off is over since then, and not by its deadline', () => {
  expect(show(order({ status: 'expired', closedAtMs: NOW_MS - 5 }))).toMatchObject({
    kind: 'expired',
    because: 'closed',
    sinceMs: NOW_MS - 5,
  })
})

test('V-11: at its due time an account can still be paid into, and one of no due time always', () => {
  const theOrder = order({ status: 'awaiting_deposit' })
  const due = (accountDueAtMs: number | null) => [held(account({}, { accountDueAtMs }))]
  expect(show(theOrder, due(NOW_MS))).toMatchObject({ kind: 'awaiting_deposit' })
  expect(show(theOrder, due(null))).toMatchObject({ kind: 'awaiting_deposit' })
})

describe('R-25: money before a person', () => {
  const surplus = held({ paymentId: 'imp_2', standing: 'surplus' })
  const ended = (changed: Parameters<typeof review>[0] = {}) =>
    review({ endedAtMs: NOW_MS, end: 'dismiss', ...changed })
  const asked = { kind: 'checking', because: 'review' }

  test('that a person has left as it is, is with the shop', () => {
    const seenTo = { reviews: [ended({ reason: 'surplus', paymentId: 'imp_2' })] }
    expect(show(keptOrder('paid', seenTo), [kept(), surplus])).toMatchObject({
      goesBack: 0,
      withShop: 14_000,
    })
    expect(show(order({ reviews: [ended()] }), [rejected()])).toMatchObject({
      kind: 'returning',
      isOnItsWay: false,
    })
  })

  test('and that goes back, are told apart', () => {
    const wrong = held({ paymentId: 'imp_3', standing: 'rejected', amounts: [500] })
    expect(show(keptOrder('paid', under('surplus', 'imp_2')), [kept(), surplus, wrong])).toMatchObject({
      goesBack: 500,
      withShop: 14_000,
    })
  })

  test.each<[string, Partial<Order>, Payment, object]>([
    ['refused money of which a person was called', under('rejected'), rejected(), asked],
    ['surplus in the same way', under('surplus'), rejected({ standing: 'surplus' }), asked],
    ['late in the same way', under('late'), rejected({ standing: 'late' }), asked],
    ['G-18: a contradiction that is certain', {}, held({ contradiction: contradiction('x') }), asked],
    [
      'G-18: not one that may be over soon',
      {},
      held({ status: 'ready', contradiction: contradiction('x', false) }),
      { kind: 'checking', because: 'confirming' },
    ],
    [
      'nor one that a person has seen to',
      { reviews: [ended({ reason: 'contradiction', note: 'x' })] },
      rejected({ contradiction: contradiction('x') }),
      { kind: 'returning', isOnItsWay: false },
    ],
    ['S-23: money nobody could place', {}, held({ standing: 'undecided' }), asked],
    [
      'M-14: not what the gateway refuses to send back, though a person was called for it too',
      { reviews: [review({ reason: 'cancel_failed' }), review()] },
      rejected(),
      { kind: 'returning', isOnItsWay: false },
    ],
    [
      'but what it had refused before',
      { reviews: [ended({ reason: 'cancel_failed', end: 'facts' }), review()] },
      rejected(),
      asked,
    ],
    [
      'or refuses of another payment',
      { reviews: [review({ reason: 'cancel_failed', paymentId: 'imp_9' }), review()] },
      rejected(),
      asked,
    ],
    ['not what is back', under('rejected'), backAgain(), { kind: 'cancelled', because: 'rejected' }],
  ])('%s', (_, changed, payment, screen) => {
    expect(show(order(changed), [payment])).toMatchObject(screen)
  })

  test('is told of before money that goes back, and that before money that is back', () => {
    const doubtful = held({ paymentId: 'imp_2', standing: 'undecided' }, { paidAtMs: 7 })
    expect(show(order(), [rejected(), doubtful])).toMatchObject({ ...asked, sinceMs: 7 })
    expect(show(order(), [backAgain(), rejected({ paymentId: 'imp_2' })])).toMatchObject({
      kind: 'returning',
    })
  })
})

test('R-25: money on its way back is told with its sum, its currency and how it was paid', () => {
  const dollars = held(
    { standing: 'rejected', rejectReason: 'currency', amounts: [700], currencies: ['USD'] },
    { methodName: '신한카드' },
  )
  expect(show(order(), [dollars])).toEqual({
    kind: 'returning',
    scope: 'full',
    order: { orderId: 'ord-1001', name: 'sample', amount: 14_000, currency: 'KRW' },
    because: 'rejected',
    isOnItsWay: true,
    amount: 700,
    currency: 'USD',
    payment: { method: 'card', methodName: '신한카드', cardNumber: null, paidAtMs: null, receiptUrl: null },
  })
})

test('R-25: since when a try is checked is when it began, where nobody has said a word', () => {
  expect(show(order(), [ready])).toMatchObject({ because: 'confirming', sinceMs: NOW_MS - 600_000 })
  const gone = held(
    { standing: 'orphan', status: 'cancelled', cancelledAmount: 14_000 },
    { startedAtMs: NOW_MS - 7 },
  )
  expect(show(order(), [gone])).toMatchObject({ because: 'confirming', sinceMs: NOW_MS - 7 })
})

test('M-32: a failed try whose number the gateway calls paid already is to be ordered anew', () => {
  const refused = held({ status: 'failed' }, { failReason: '거절' })
  expect(show(after('failure', { failReason: 'already_paid' }), [refused])).toMatchObject({
    kind: 'failed',
    reason: 'already_paid',
    tryAgain: false,
    orderAnew: true,
  })
  expect(show(after('failure'), [refused])).toMatchObject({ tryAgain: true, orderAnew: false })
})

test('P-01: of what was given back, or goes back, an outcome tells neither sum nor payment', () => {
  const outcome = (theOrder: Order, payments: Payment[]) => screenOf(theOrder, payments, 'outcome', NOW_MS)
  const bare = { scope: 'outcome', order: null }
  expect(outcome(order(), [rejected()])).toStrictEqual({
    ...bare,
    kind: 'returning',
    because: 'rejected',
    isOnItsWay: true,
    amount: null,
    currency: null,
    payment: null,
  })
  expect(outcome(order(), [backAgain()])).toStrictEqual({
    ...bare,
    kind: 'cancelled',
    because: 'rejected',
    tryAgain: false,
    orderAnew: true,
    payment: null,
    cancelledAmount: null,
  })
})
