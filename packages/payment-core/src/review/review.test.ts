import { describe, expect, test } from 'vitest'
import { contradiction, held, NOW_MS, order, review } from '../../test/samples.ts'
import {
  actionsFor,
  isAcceptable,
  isBeforePerson,
  isDismissed,
  isLeftAlone,
  oldestReview,
  openReviews,
  type Payment,
  Review,
  ReviewAction,
  ReviewEnd,
  reviewEnds,
  reviewIdFor,
  ReviewReason,
  ReviewView,
  reviewView,
  settledByPerson,
} from '../index.ts'

const ended = { endedAtMs: NOW_MS, end: 'dismiss', endedBy: 'key:till', endNote: 'seen' } as const

test('each reason has its own ways to be ended by a person', () => {
  expect(reviewEnds).toEqual({
    contradiction: ['accept', 'return', 'dismiss'],
    bad_money: ['dismiss'],
    rejected: ['return', 'dismiss'],
    surplus: ['return', 'dismiss'],
    late: ['accept', 'return', 'dismiss'],
    orphan: ['return', 'dismiss'],
    cancel_failed: ['retry', 'return', 'dismiss'],
    predates_order: ['accept', 'return', 'dismiss'],
    amount_conflict: ['return', 'dismiss'],
    discounted: ['return', 'dismiss'],
    undated: ['return', 'dismiss'],
    disputed: ['return', 'dismiss'],
    returned_more: ['dismiss'],
  })
})

describe('what can be done about a review now', () => {
  const failed = review({ reason: 'cancel_failed' })
  const late = review({ reason: 'late' })

  test('of a payment that is not held it can be dismissed, and nothing else', () => {
    for (const each of [failed, late])
      expect(actionsFor(order(), [held({ paymentId: 'imp_2' })], each)).toEqual(['dismiss'])
  })

  test('money that is there can be sent again or given back; what has gone cannot', () => {
    expect(actionsFor(order(), [held()], failed)).toEqual(['retry', 'return', 'dismiss'])
    const back = held({ status: 'cancelled', cancelledAmount: 14_000 })
    expect(actionsFor(order(), [back], failed)).toEqual(['dismiss'])
  })

  test('it is asked of the payment the review is about', () => {
    const odd = held({ paymentId: 'imp_2', amounts: [1] })
    expect(actionsFor(order(), [odd, held()], late)).toEqual(['accept', 'return', 'dismiss'])
    expect(actionsFor(order(), [odd, held()], { ...late, paymentId: 'imp_2' })).toEqual(['return', 'dismiss'])
  })
})

test('money is a person’s to keep if it is there, whole, live, and exactly what the order asks', () => {
  expect(isAcceptable(order(), held())).toBe(true)
  const others: Partial<Payment>[] = [
    { orderId: 'ord-2002' },
    { amounts: [13_000] },
    { amounts: [13_000, 14_000] },
    { currencies: ['USD'] },
    { testChannel: true },
    { cancelledAmount: 1 },
    { status: 'ready' },
    { status: 'failed' },
  ]
  for (const changed of others)
    expect(isAcceptable(order(), held(changed)), JSON.stringify(changed)).toBe(false)
  expect(isAcceptable(order({ keptPaymentId: 'imp_9' }), held())).toBe(false)
})

test('money waits for a person, but for what cannot be read, must go back, is kept, or has gone', () => {
  expect(ReviewReason.options.filter((reason) => !isLeftAlone(reason))).toEqual([
    'bad_money',
    'cancel_failed',
    'disputed',
    'returned_more',
  ])
})

describe('which reviews are open', () => {
  const [first, second] = [review({ reviewId: 'a' }), review({ reviewId: 'b', paymentId: 'imp_2' })]
  const over = review({ reviewId: 'c', ...ended })

  test('those that have not ended, the oldest first', () => {
    expect(openReviews([over, first, second])).toEqual([first, second])
    expect(oldestReview([over, first, second])).toEqual(first)
    expect(oldestReview([over])).toBeNull()
  })

  test('a payment is before a person while one about it is', () => {
    expect(isBeforePerson([first], 'imp_1')).toBe(true)
    expect(isBeforePerson([first, second], 'imp_2')).toBe(true)
    expect(isBeforePerson([first], 'imp_2')).toBe(false)
    expect(isBeforePerson([over], 'imp_1')).toBe(false)
    expect(isBeforePerson([], 'imp_1')).toBe(false)
  })

  test('and is dismissed once a person has said so of it', () => {
    expect(isDismissed([first, over], 'imp_1')).toBe(true)
    expect(isDismissed([over], 'imp_2')).toBe(false)
    expect(isDismissed([first], 'imp_1')).toBe(false)
    expect(isDismissed([{ ...over, end: 'return' }], 'imp_1')).toBe(false)
  })
})

describe('a contradiction is settled when a person has ended the review of just it', () => {
  const odd = held({ contradiction: contradiction('amount_changed') })
  const seen = review({ reason: 'contradiction', note: 'amount_changed', ...ended })
  const settled = (changed: Partial<Review>, of = odd): boolean =>
    settledByPerson([{ ...seen, ...changed }], of)

  test('by whatever a person chose', () => {
    for (const end of ReviewAction.options) expect(settled({ end })).toBe(true)
  })

  test('not by the facts, and not while it is open', () => {
    expect(settled({ end: 'facts' })).toBe(false)
    expect(settled({ end: null, endedAtMs: null })).toBe(false)
    expect(settledByPerson([], odd)).toBe(false)
  })

  test('not another one, nor that of another payment, nor a review for another reason', () => {
    expect(settled({ note: 'order_changed' })).toBe(false)
    expect(settled({ paymentId: 'imp_2' })).toBe(false)
    expect(settled({ reason: 'late' })).toBe(false)
    expect(settled({}, held())).toBe(false)
  })

  test('of a payment that is nobody’s here any review stands for all there is to see to', () => {
    const orphan = held({ standing: 'orphan' })
    expect(settled({ reason: 'orphan', note: 'x' }, orphan)).toBe(true)
    expect(settled({ reason: 'orphan', note: 'x', paymentId: 'imp_2' }, orphan)).toBe(false)
    expect(settled({ reason: 'orphan', note: 'x', end: 'facts' }, orphan)).toBe(false)
    expect(settled({ reason: 'orphan', note: 'x', end: null }, orphan)).toBe(false)
  })
})

test('a review is named by its reason and payment, and from the second time on by the how many-th it is', () => {
  expect(reviewIdFor([], 'late', 'imp_1')).toBe('late-imp_1')
  expect(reviewIdFor([], 'bad_money', null)).toBe('bad_money')
  const before = [review({ reason: 'late' }), review({ reason: 'late', paymentId: 'imp_2' }), review()]
  expect(reviewIdFor(before, 'late', 'imp_1')).toBe('late-imp_1-2')
  expect(reviewIdFor([...before, review({ reason: 'late' })], 'late', 'imp_1')).toBe('late-imp_1-3')
  expect(reviewIdFor(before, 'late', null)).toBe('late')
})

describe('a review as the shop’s programs see it', () => {
  test('while it is open it tells what can be done', () => {
    const late = review({ reason: 'late', note: 'seen' })
    expect(reviewView(late, order(), [held()])).toStrictEqual({
      id: 'rejected-imp_1',
      reason: 'late',
      paymentId: 'imp_1',
      atStake: 14_000,
      since: NOW_MS,
      note: 'seen',
      actions: ['accept', 'return', 'dismiss'],
      ended: null,
    })
  })

  test('once it has ended, how and by whom; and nothing can be done any more', () => {
    const view = reviewView(review({ reason: 'late', ...ended }), order(), [held()])
    expect(view).toMatchObject({
      actions: [],
      ended: { at: NOW_MS, how: 'dismiss', by: 'key:till', note: 'seen' },
    })
    expect(ReviewView.parse(view)).toStrictEqual(view)
    const byFacts = reviewView(review({ endedAtMs: NOW_MS }), order(), [])
    expect(byFacts).toMatchObject({ ended: { at: NOW_MS, how: 'facts', by: null, note: null } })
    expect(ReviewView.parse(byFacts)).toStrictEqual(byFacts)
  })

  test('none of it may be missing', () => {
    const view = reviewView(review({ ...ended }), order(), [])
    for (const field of Object.keys(view))
      expect(ReviewView.safeParse({ ...view, [field]: undefined }).success, field).toBe(false)
    for (const field of Object.keys(view.ended ?? {}))
      expect(
        ReviewView.safeParse({ ...view, ended: { ...view.ended, [field]: undefined } }).success,
        field,
      ).toBe(false)
  })
})

test('as it is stored, a review is read back whole, and none of it may be missing', () => {
  const stored = review({ ...ended })
  expect(Review.parse(stored)).toStrictEqual(stored)
  for (const field of Object.keys(stored))
    expect(Review.safeParse({ ...stored, [field]: undefined }).success, field).toBe(false)
  expect(Review.safeParse({ ...stored, paymentId: 'a b' }).success).toBe(false)
  expect(Review.safeParse({ ...stored, atStake: -1 }).success).toBe(false)
})

test('a review ends by the facts or by one of four acts of a person', () => {
  expect(ReviewEnd.options).toEqual(['facts', 'accept', 'return', 'retry', 'dismiss'])
  expect(ReviewAction.options).toEqual(['accept', 'return', 'retry', 'dismiss'])
})
