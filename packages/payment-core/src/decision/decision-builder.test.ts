import { describe, expect, test } from 'vitest'
import { held, NOW_MS, order, policy, review, seen } from '../../test/samples.ts'
import { DecisionBuilder } from './decision-builder.ts'
import { noEvidence, type Order, type OrderStatus, type NoticeType, type Payment } from '../index.ts'

const begun = (theOrder: Order, payments: readonly Payment[] = []): DecisionBuilder =>
  new DecisionBuilder(
    {
      order: theOrder,
      payments,
      seen: [],
      look: { by: 'order', beganAtMs: NOW_MS },
      returned: null,
      evidence: noEvidence,
      requestedRefunds: [],
      policy,
      nowMs: NOW_MS,
      nowIso: '2026-11-01T03:08:20.000Z',
    },
    theOrder,
  )

const announce = (
  builder: DecisionBuilder,
  type: NoticeType,
  payment: Payment | null,
  to: OrderStatus,
  mark = 0,
): void => builder.announce({ type, payment, to, mark, why: 'x' })

describe('an announcement', () => {
  test('S-06: moves an order along an edge of the table, or not at all', () => {
    const builder = begun(order({ status: 'cancelled' }))
    expect(() => announce(builder, 'payment.paid', null, 'paid')).toThrow(
      /cancelled → paid by payment\.paid is no declared transition/,
    )
    announce(builder, 'payment.rejected', null, 'cancelled')
    expect([builder.order.status, builder.order.sequence, builder.notices.length]).toEqual([
      'cancelled',
      1,
      1,
    ])
  })

  test('of a second payment tells what is held of the first as well', () => {
    const kept = held({ standing: 'kept' })
    const builder = begun(order({ status: 'paid', keptPaymentId: 'imp_1' }), [kept])
    announce(builder, 'payment.surplus', held({ paymentId: 'imp_2' }), 'paid')
    expect(builder.notices).toMatchObject([{ body: { data: { order: { balance: 14_000 } } } }])
    const back = { ...kept, ...seen({ status: 'cancelled', cancelledAmount: 400 }) }
    announce(builder, 'payment.partially_cancelled', back, 'partially_cancelled', 400)
    expect(builder.notices[1]).toMatchObject({ body: { data: { order: { balance: 13_600 } } } })
  })

  test('stands in the history under its payment, or under none', () => {
    const builder = begun(order())
    announce(builder, 'payment.failed', held(), 'open')
    announce(builder, 'order.review', null, 'open')
    expect(builder.timeline.map(({ paymentId }) => paymentId)).toEqual(['imp_1', null])
  })
})

test('only payments that are not as they were are to be written', () => {
  const [first, other] = [held(), held({ paymentId: 'imp_2' })]
  const builder = begun(order(), [first, other])
  builder.put({ ...first })
  expect(builder.decision().payments).toEqual([])
  builder.put({ ...other, standing: 'surplus' })
  expect(builder.decision().payments).toEqual([{ ...other, standing: 'surplus' }])
})

test('a list that only grew is news: of an item more, or of one instead of none', () => {
  const cancel = { id: 'C0', amount: 4_000, atMs: NOW_MS, reason: null }
  const first = held({ cancels: [] })
  const builder = begun(order(), [first])
  builder.put({ ...first, cancels: [cancel] })
  expect(builder.decision().payments).toEqual([{ ...first, cancels: [cancel] }])
  const next = begun(order(), [{ ...first, cancels: [cancel] }])
  next.put({ ...first, cancels: [{ ...cancel }, { ...cancel, id: 'C1' }] })
  expect(next.decision().payments).toHaveLength(1)
})

describe('a call for a person', () => {
  const first = held()
  const call = (builder: DecisionBuilder, note: string, payment: Payment | null = first): void =>
    builder.openReview('rejected', payment, 500, note)

  test('L-11: is made once for one reason and payment, and made for another', () => {
    const builder = begun(order(), [held()])
    call(builder, 'a')
    call(builder, 'b')
    call(builder, 'a', held({ paymentId: 'imp_2' }))
    call(builder, 'a', null)
    builder.openReview('surplus', held(), 1, 'a')
    expect(builder.order.reviews.map(({ reviewId }) => reviewId)).toEqual([
      'rejected',
      'rejected-imp_1',
      'rejected-imp_2',
      'surplus-imp_1',
    ])
    expect(builder.order.reviews[1]).toEqual(
      review({ reviewId: 'rejected-imp_1', note: 'a', atStake: 500, sinceMs: NOW_MS }),
    )
  })

  test.each([
    ['is not made again in the words that a person has dismissed', 'dismiss', 'a', 0],
    ['is made again in other words', 'dismiss', 'b', 1],
    ['is made again when the facts had ended it', 'facts', 'a', 1],
    ['is made again when a person had given the money back', 'return', 'a', 1],
  ] as const)('%s', (_, end, note, calls) => {
    const ended = review({ note: 'a', endedAtMs: NOW_MS, end })
    const builder = begun(order({ reviews: [ended] }), [held()])
    call(builder, note)
    expect(builder.order.reviews.map(({ reviewId }) => reviewId)).toEqual(
      ['rejected-imp_1', 'rejected-imp_1-2'].slice(0, calls + 1),
    )
    expect(builder.notices).toHaveLength(calls)
  })

  test('stands among the others by its time, whatever the clock does', () => {
    const later = review({ reviewId: 'late-imp_1', reason: 'late', sinceMs: NOW_MS + 1 })
    const earlier = review({ reviewId: 'z', reason: 'late', sinceMs: NOW_MS - 1 })
    const builder = begun(order({ reviews: [later, earlier] }), [held()])
    call(builder, 'a')
    expect(builder.order.reviews.map(({ reviewId }) => reviewId)).toEqual([
      'z',
      'rejected-imp_1',
      'late-imp_1',
    ])
  })

  test('is told with its own review, and ends with the facts, its payment’s alone', () => {
    const other = review({ reviewId: 'rejected-imp_2', paymentId: 'imp_2' })
    const kind = review({ reviewId: 'late-imp_1', reason: 'late' })
    const over = review({ reviewId: 'rejected-imp_1', endedAtMs: 1, end: 'dismiss', endNote: 'seen' })
    const builder = begun(order({ reviews: [other, kind, over] }), [held()])
    call(builder, 'anew')
    builder.endReviews(held(), ['rejected', 'surplus'], 'it is back')
    expect(
      builder.order.reviews.map(({ reviewId, end, endNote, endedAtMs }) => [
        reviewId,
        end,
        endNote,
        endedAtMs,
      ]),
    ).toEqual([
      ['late-imp_1', null, null, null],
      ['rejected-imp_1', 'dismiss', 'seen', 1],
      ['rejected-imp_1-2', 'facts', 'it is back', NOW_MS],
      ['rejected-imp_2', null, null, null],
    ])
    expect(builder.timeline.map(({ event, reason }) => [event, reason])).toEqual([
      ['order.review', 'anew'],
      ['order.review_ended', 'it is back'],
    ])
    expect(builder.notices.map(({ id, body }) => [id, body.data.review?.id])).toEqual([
      ['order%2Ereview:ord-1001:imp_1:rejected-imp_1-2', 'rejected-imp_1-2'],
      ['order%2Ereview_ended:ord-1001:imp_1:rejected-imp_1-2', 'rejected-imp_1-2'],
    ])
  })

  test('is ended by a person under their name, also of a payment that cannot be held', () => {
    const told = review({ reviewId: 'bad_money-imp_9', reason: 'bad_money', paymentId: 'imp_9' })
    const builder = begun(order({ reviews: [told] }))
    builder.endReviews(null, ['bad_money'], 'x', { end: 'dismiss', endedBy: 'key:till' })
    expect(builder.order.reviews).toEqual([told])
    builder.endReviews(null, ['bad_money'], 'x', { end: 'dismiss', endedBy: 'key:till' }, 'imp_9')
    expect(builder.order.reviews).toMatchObject([{ end: 'dismiss', endedBy: 'key:till' }])
  })

  test.each([
    ['awaiting_deposit', { status: 'failed', contradiction: null }, 'open'],
    ['expired', { status: 'awaiting_deposit', contradiction: null }, 'expired'],
  ] as const)('moves an order that is %s only where an account counts, or no longer', (status, facts, to) => {
    const builder = begun(order({ status }), [held(facts)])
    call(builder, 'a')
    expect(builder.order.status).toBe(to)
  })

  test('does not move an order by money that has not been placed yet', () => {
    const builder = begun(order({ status: 'open', keptPaymentId: 'imp_1' }), [held({ standing: 'kept' })])
    call(builder, 'a')
    expect(builder.order.status).toBe('open')
    const waiting = begun(order({ status: 'awaiting_deposit', reviews: [review()] }), [
      held({ status: 'failed' }),
    ])
    waiting.endReviews(held(), ['rejected'], 'x')
    expect(waiting.order.status).toBe('awaiting_deposit')
    const agreed = begun(order({ reviews: [review()] }), [held({ status: 'awaiting_deposit' })])
    agreed.endReviews(held(), ['rejected'], 'x')
    expect(agreed.order.status).toBe('awaiting_deposit')
  })
})

test('the history names who did it, where somebody did', () => {
  const theOrder = order()
  const by = (actor?: string | null): unknown => {
    const builder = new DecisionBuilder(
      { ...begun(theOrder).input, ...(actor === undefined ? {} : { actor }) },
      theOrder,
    )
    builder.note('order.changed', null, 'x')
    return builder.decision().timeline
  }
  const line = { event: 'order.changed', paymentId: null, from: null, to: null, reason: 'x' }
  expect(by()).toStrictEqual([line])
  expect(by(null)).toStrictEqual([line])
  expect(by('key:till')).toStrictEqual([{ ...line, actor: 'key:till' }])
})

test('a payment in which something stands instead of nothing, or nothing instead of something, is news', () => {
  const cancels = [{ id: 'C0', amount: 1, atMs: NOW_MS, reason: null }]
  const news = (before: Partial<Payment>, after: Partial<Payment>): number => {
    const builder = begun(order(), [held(before)])
    builder.put(held(after))
    return builder.decision().payments.length
  }
  const odd = { contradiction: { what: 'x', sinceMs: 1, isCertain: false } }
  expect(news({}, odd)).toBe(1)
  expect(news(odd, {})).toBe(1)
  expect(news(odd, structuredClone(odd))).toBe(0)
  expect(news({ cancels }, { cancels: [] })).toBe(1)
  expect(news({ cancels }, { cancels: cancels.map((each) => ({ ...each, reason: 'y' })) })).toBe(1)
})
