import { describe, expect, test } from 'vitest'
import { held, inputOf, NOW_MS, order, review } from '../../test/samples.ts'
import { endReviewFor, openReviewFor, type Review } from '../index.ts'

const inputWith = (...reviews: Review[]) => {
  const theOrder = order({ reviews })
  return { ...inputOf({ order: theOrder, payments: [held()] }, []), order: theOrder }
}
const failed = review({ reviewId: 'cancel_failed-imp_1', reason: 'cancel_failed' })
const call = { reason: 'cancel_failed', payment: held(), atStake: 400, note: '한도초과' } as const

describe('a person is called for something that is no observation', () => {
  test('about a payment that is held, and also about one of which only the id is known', () => {
    expect(openReviewFor(inputWith(), call)?.order.reviews).toMatchObject([
      { reviewId: 'cancel_failed-imp_1', paymentId: 'imp_1', atStake: 400, note: '한도초과' },
    ])
    const unheld = { ...call, payment: null, paymentId: 'imp_9' }
    const told = openReviewFor(inputWith(), unheld)
    expect(told?.order.reviews).toMatchObject([{ reviewId: 'cancel_failed-imp_9', paymentId: 'imp_9' }])
    expect(told?.notices).toMatchObject([
      { body: { data: { payment: null, review: { paymentId: 'imp_9' } } } },
    ])
  })

  test('not while one is called for the same reason and payment', () => {
    expect(openReviewFor(inputWith(failed), call)).toBeNull()
    expect(openReviewFor(inputWith(review(), failed), call)).toBeNull()
  })

  test('another reason, another payment, or one that has ended does not stand for it', () => {
    for (const other of [
      review({ reason: 'late' }),
      { ...failed, paymentId: 'imp_2' },
      { ...failed, endedAtMs: NOW_MS, end: 'facts' } as const,
    ])
      expect(openReviewFor(inputWith(other), call)?.notices).toMatchObject([{ type: 'order.review' }])
  })
})

describe('what the facts have ended', () => {
  test('is ended and told of, with the payment it is about', () => {
    const told = endReviewFor(inputWith(failed, review()), 'cancel_failed', 'imp_1', 'it went back')
    expect(told).toMatchObject({
      order: {
        reviews: [
          {
            reason: 'cancel_failed',
            end: 'facts',
            endedBy: null,
            endNote: 'it went back',
            endedAtMs: NOW_MS,
          },
          { reason: 'rejected', end: null },
        ],
      },
      notices: [{ type: 'order.review_ended' }],
    })
  })

  test('of no payment, too; and when there is nothing to end, nothing is said', () => {
    const bad = review({ reviewId: 'bad_money', reason: 'bad_money', paymentId: null })
    expect(endReviewFor(inputWith(bad), 'bad_money', null, 'x')?.notices).toHaveLength(1)
    expect(endReviewFor(inputWith(bad), 'bad_money', 'imp_1', 'x')).toBeNull()
    expect(endReviewFor(inputWith(bad), 'late', null, 'x')).toBeNull()
    expect(endReviewFor(inputWith(), 'bad_money', null, 'x')).toBeNull()
  })
})
