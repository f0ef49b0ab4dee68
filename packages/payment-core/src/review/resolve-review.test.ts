import { describe, expect, test } from 'vitest'
import { held, inputOf, NOW_MS, order, review, seen } from '../../test/samples.ts'
import {
  actionsFor,
  resolveReview,
  reviewEnds,
  ReviewReason,
  type Observation,
  type Order,
  type Payment,
  type Resolution,
  type StandingCancel,
} from '../index.ts'

const undecided = (facts: Partial<Payment> = {}): Payment => held({ standing: 'undecided', ...facts })
const open = review({ reviewId: 'predates_order-imp_1', reason: 'predates_order' })

/** Ends the one review of an order, as a person would. */
const resolve = (
  theOrder: Order,
  payments: readonly Payment[],
  resolution: Partial<Resolution> = {},
  cancels: readonly StandingCancel[] = [],
  record: Observation | null = payments[0] ?? null,
) =>
  resolveReview(
    { ...inputOf({ order: theOrder, payments }, []), order: theOrder, actor: 'key:till' },
    cancels,
    record,
    {
      reviewId: theOrder.reviews[0]?.reviewId ?? '',
      action: 'dismiss',
      note: 'seen',
      refundAccount: null,
      ...resolution,
    },
  )

const cancel = (changed: Partial<StandingCancel>): StandingCancel => ({
  intentId: 'auto-imp_1',
  paymentId: 'imp_1',
  cause: 'rejected',
  state: 'refused',
  sentAtMs: NOW_MS,
  ...changed,
})

describe('how a review can be ended', () => {
  test('each reason by dismissal at least', () => {
    for (const reason of ReviewReason.options) expect(reviewEnds[reason]).toContain('dismiss')
  })

  test.each<[string, Partial<Order>, Partial<Payment>, string[]]>([
    ['exactly the order’s', {}, {}, ['accept', 'return', 'dismiss']],
    ['another sum', {}, { amounts: [100] }, ['return', 'dismiss']],
    ['two sums', {}, { amounts: [14_000, 15_000] }, ['return', 'dismiss']],
    ['another currency', {}, { currencies: ['USD'] }, ['return', 'dismiss']],
    ['a test channel', {}, { testChannel: true }, ['return', 'dismiss']],
    ['partly back', {}, { cancelledAmount: 400 }, ['return', 'dismiss']],
    ['all back', {}, { cancelledAmount: 14_000, status: 'cancelled' }, ['dismiss']],
    ['the order has its payment', { keptPaymentId: 'imp_9' }, {}, ['return', 'dismiss']],
  ])('%s', (_, changed, facts, possible) => {
    const theOrder = order({ reviews: [open], ...changed })
    expect(actionsFor(theOrder, [undecided(facts)], open)).toEqual(possible)
  })
})

describe('the end itself', () => {
  const theOrder = order({ reviews: [open] })

  test('accept: the money is the order’s, with the record as its proof, and the cancel of it is stopped', () => {
    const ended = resolve(theOrder, [undecided()], { action: 'accept' }, [cancel({})])
    expect(ended).toMatchObject({
      ok: true,
      value: {
        order: {
          status: 'paid',
          keptPaymentId: 'imp_1',
          reviews: [{ end: 'accept', endedBy: 'key:till', endNote: 'seen' }],
        },
        payments: [{ standing: 'kept' }],
        proof: { paymentId: 'imp_1', amounts: [14_000] },
        moved: [{ intentId: 'auto-imp_1', from: 'refused', to: 'over', refundAccount: null }],
      },
    })
    expect(ended.ok ? ended.value.notices.map(({ type }) => type) : []).toEqual([
      'order.review_ended',
      'payment.paid',
    ])
  })

  test('accept: money that may be on its way back at this moment is not kept', () => {
    for (const state of ['unknown', 'accepted'] as const)
      expect(resolve(theOrder, [undecided()], { action: 'accept' }, [cancel({ state })])).toMatchObject({
        ok: false,
        problem: { kind: 'not_possible', possible: ['return', 'dismiss'] },
      })
  })

  test('return: one more intent for all that is left, and never a second one of the same name', () => {
    const earlier = [cancel({ intentId: 'hand-imp_1', cause: 'person', state: 'over' })]
    expect(
      resolve(theOrder, [undecided({ cancelledAmount: 400 })], { action: 'return' }, earlier),
    ).toMatchObject({
      ok: true,
      value: {
        intents: [{ intentId: 'hand-imp_1-2', cause: 'person', amount: 13_600, expectedBalance: 13_600 }],
        payments: [{ standing: 'rejected' }],
      },
    })
  })

  test('return: what a virtual account received needs an account', () => {
    const deposited = undecided({ details: { ...seen().details, method: 'virtual_account' } })
    expect(resolve(theOrder, [deposited], { action: 'return' })).toMatchObject({
      ok: false,
      problem: { kind: 'refund_account_needed' },
    })
  })

  test('S-24: what was sent once is sent again only after two unchanged looks; what never was, at once', () => {
    const failed = review({ reviewId: 'cancel_failed-imp_1', reason: 'cancel_failed' })
    const standing = [
      cancel({ intentId: 'a', state: 'over' }),
      cancel({ intentId: 'b', state: 'over', sentAtMs: null }),
      cancel({ intentId: 'c', state: 'unknown' }),
      cancel({ intentId: 'd', state: 'done' }),
      cancel({ intentId: 'e', state: 'over', cause: 'account' }),
      cancel({ intentId: 'f', state: 'over', paymentId: 'imp_2' }),
    ]
    const ended = resolve(
      order({ reviews: [failed] }),
      [held({ standing: 'surplus' })],
      { action: 'retry' },
      standing,
    )
    expect(ended.ok ? ended.value.moved : null).toEqual([
      { intentId: 'a', from: 'over', to: 'unknown', refundAccount: null },
      { intentId: 'b', from: 'over', to: 'requested', refundAccount: null },
    ])
  })

  test('a contradiction: the gateway’s present record counts from then on', () => {
    const reviews = [
      review({ reviewId: 'contradiction-imp_1', reason: 'contradiction', note: 'amount_changed' }),
    ]
    const odd = held({
      amounts: [100, 14_000],
      contradiction: { what: 'amount_changed', sinceMs: NOW_MS, isCertain: true },
    })
    expect(resolve(order({ reviews }), [odd], { action: 'accept' }, [], seen())).toMatchObject({
      ok: true,
      value: { payments: [{ amounts: [14_000], contradiction: null, standing: 'kept' }] },
    })
  })

  test('G-07: a record of another order is not believed', () => {
    const reviews = [
      review({ reviewId: 'contradiction-imp_1', reason: 'contradiction', note: 'order_changed' }),
    ]
    const odd = held({ contradiction: { what: 'order_changed', sinceMs: NOW_MS, isCertain: true } })
    const theirs = seen({ orderId: 'ord-2002', amounts: [1] })
    expect(resolve(order({ reviews }), [odd], { action: 'dismiss' }, [], theirs)).toMatchObject({
      ok: true,
      value: { payments: [], order: { reviews: [{ end: 'dismiss' }] } },
    })
  })

  test('what has ended, and what never was, is said', () => {
    const ended = order({ reviews: [{ ...open, endedAtMs: NOW_MS, end: 'facts' }] })
    expect(resolve(ended, [undecided()])).toMatchObject({ problem: { kind: 'review_ended' } })
    expect(resolve(order(), [undecided()], { reviewId: 'x' })).toMatchObject({
      problem: { kind: 'unknown_review' },
    })
  })
})

describe('an end says exactly what it does', () => {
  const theOrder = order({ reviews: [open] })
  const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
  const all = (reasons: readonly ReviewReason[]) =>
    reasons.map((reason) => review({ reviewId: `${reason}-imp_1`, reason }))

  test('the history tells the act, the note and who it was; the note is the reason of what is given back', () => {
    const ended = resolve(theOrder, [undecided()], { action: 'return', note: 'sold out' })
    expect(ended).toMatchObject({
      value: {
        timeline: [
          {
            event: 'review.resolved',
            paymentId: 'imp_1',
            reason: 'return: sold out',
            from: null,
            to: null,
            actor: 'key:till',
          },
          { event: 'order.review_ended', reason: 'sold out' },
          { event: 'cancel.decided', reason: '14000: person' },
        ],
      },
    })
    expect(ended.ok ? ended.value.intents : null).toStrictEqual([
      {
        intentId: 'hand-imp_1',
        orderId: 'ord-1001',
        paymentId: 'imp_1',
        amount: 14_000,
        expectedBalance: 14_000,
        cause: 'person',
        reason: 'sold out',
        refundAccount: null,
        taxFree: null,
        vat: null,
      },
    ])
  })

  test('M-28: what is given back has the tax parts of what was paid, in the order’s proportion', () => {
    const taxed = order({ reviews: [open], taxFree: 4_000, vat: 909 })
    expect(resolve(taxed, [undecided({ amounts: [28_000] })], { action: 'return' })).toMatchObject({
      value: { intents: [{ amount: 28_000, taxFree: 8_000, vat: 1_818 }] },
    })
  })

  test.each(['return', 'accept'] as const)(
    '%s ends all reviews that ask where the money belongs',
    (action) => {
      const placed = ReviewReason.options.filter(
        (reason) => reason !== 'bad_money' && reason !== 'returned_more',
      )
      // The one that is ended allows either.
      const reviews = [open, ...all(ReviewReason.options).filter(({ reason }) => reason !== open.reason)]
      const ended = resolve(order({ reviews }), [undecided()], { action })
      const over = ended.ok ? ended.value.order.reviews.filter(({ end }) => end === action) : []
      expect(over.map(({ reason }) => reason).toSorted()).toEqual(placed.toSorted())
    },
  )

  test('dismiss ends just the one it is about', () => {
    const reviews = [open, ...all(['late', 'surplus'])]
    const ended = resolve(order({ reviews }), [undecided()])
    expect(ended.ok ? ended.value.order.reviews.map(({ end }) => end) : null).toEqual(['dismiss', null, null])
  })

  test('dismiss stops what was refused or not sent yet, and leaves what may be executed and what is over', () => {
    const states = ['requested', 'accepted', 'unknown', 'refused', 'done', 'over'] as const
    const ended = resolve(
      theOrder,
      [undecided()],
      {},
      states.map((state) => cancel({ intentId: state, state })),
    )
    expect(ended.ok ? ended.value.moved : null).toEqual([
      { intentId: 'requested', from: 'requested', to: 'over', refundAccount: null },
      { intentId: 'refused', from: 'refused', to: 'over', refundAccount: null },
    ])
  })

  test('a cancel of another payment, or one that closes an account, is none of its business', () => {
    const others = [
      cancel({ paymentId: 'imp_2', state: 'refused' }),
      cancel({ cause: 'account', state: 'refused' }),
      cancel({ paymentId: 'imp_2', state: 'unknown' }),
      cancel({ cause: 'account', state: 'unknown' }),
    ]
    const ended = resolve(theOrder, [undecided()], { action: 'accept' }, others)
    expect(ended).toMatchObject({ ok: true, value: { moved: [] } })
  })

  test('return may go beside what is moving: it is sent once nothing else may be executed', () => {
    for (const state of ['unknown', 'accepted'] as const)
      expect(resolve(theOrder, [undecided()], { action: 'return' }, [cancel({ state })]).ok).toBe(true)
  })

  test('accept says which payment, why, and that it came late after the order had expired', () => {
    const late = review({ reason: 'late' })
    const odd = held({ standing: 'late', rejectReason: 'amount', late: true })
    const kept = resolve(order({ reviews: [late] }), [odd], { action: 'accept' })
    expect(kept).toMatchObject({
      value: { payments: [{ standing: 'kept', rejectReason: null, late: false, contradiction: null }] },
    })
    expect(kept.ok ? kept.value.timeline.at(-1) : null).toMatchObject({
      event: 'payment.paid',
      reason: 'a person has accepted it: this order, this amount, this currency, a live channel',
    })
    expect(kept.ok ? kept.value.proof : null).toStrictEqual(seen())
    const expired = order({ reviews: [late], status: 'expired', emptyAfterDeadline: true })
    expect(resolve(expired, [odd], { action: 'accept' })).toMatchObject({
      value: { payments: [{ standing: 'kept', late: true }] },
    })
  })

  test('refusals name the order, the review, what was wanted and what is left', () => {
    expect(resolve(theOrder, [undecided({ amounts: [1] })], { action: 'accept' })).toEqual({
      ok: false,
      problem: {
        kind: 'not_possible',
        orderId: 'ord-1001',
        reviewId: open.reviewId,
        action: 'accept',
        possible: ['return', 'dismiss'],
      },
    })
    expect(resolve(theOrder, [undecided()], { action: 'accept' }, [cancel({ state: 'unknown' })])).toEqual({
      ok: false,
      problem: {
        kind: 'not_possible',
        orderId: 'ord-1001',
        reviewId: open.reviewId,
        action: 'accept',
        possible: ['return', 'dismiss'],
      },
    })
    expect(resolve(theOrder, [undecided()], { reviewId: 'x' })).toEqual({
      ok: false,
      problem: { kind: 'unknown_review', orderId: 'ord-1001', reviewId: 'x' },
    })
    const over = order({ reviews: [{ ...open, endedAtMs: 0, end: 'facts' }] })
    expect(resolve(over, [undecided()])).toEqual({
      ok: false,
      problem: { kind: 'review_ended', orderId: 'ord-1001', reviewId: open.reviewId },
    })
  })

  test('M-13: a deposit needs an account to go back to, also when a refused cancel is sent again', () => {
    const deposited = held({ standing: 'surplus' }, { method: 'virtual_account' })
    const failed = order({ reviews: all(['cancel_failed']) })
    const refused = [cancel({ state: 'refused' })]
    expect(resolve(failed, [deposited], { action: 'retry' }, refused)).toEqual({
      ok: false,
      problem: { kind: 'refund_account_needed', orderId: 'ord-1001' },
    })
    expect(resolve(failed, [deposited], { action: 'retry', refundAccount }, refused)).toMatchObject({
      value: { moved: [{ from: 'refused', to: 'unknown', refundAccount }] },
    })
    expect(resolve(failed, [deposited], { action: 'return', refundAccount }, refused)).toMatchObject({
      value: { intents: [{ refundAccount }] },
    })
    expect(resolve(failed, [deposited], {}, refused).ok).toBe(true)
    // A card has its own way back.
    expect(resolve(failed, [held({ standing: 'surplus' })], { action: 'retry' }, refused).ok).toBe(true)
  })

  test('money that is given back is rejected only where nobody had placed it, and where there was money', () => {
    const standingAfter = (payment: Payment) => {
      const ended = resolve(theOrder, [payment], { action: 'return' })
      return ended.ok ? ended.value.payments.map(({ standing }) => standing) : null
    }
    expect(standingAfter(undecided())).toEqual(['rejected'])
    expect(standingAfter(held({ standing: null }))).toEqual(['rejected'])
    expect(standingAfter(held({ standing: 'surplus' }))).toEqual([])
  })

  test('its cancel is numbered by those that persons had asked for before, of this payment', () => {
    const earlier = [
      cancel({ intentId: 'hand-imp_1', cause: 'person', state: 'over' }),
      cancel({ intentId: 'hand-imp_2', cause: 'person', state: 'over', paymentId: 'imp_2' }),
      cancel({ intentId: 'auto-imp_1', state: 'over' }),
      cancel({ intentId: 'hand-imp_1-2', cause: 'person', state: 'done' }),
    ]
    expect(resolve(theOrder, [undecided()], { action: 'return' }, earlier)).toMatchObject({
      value: { intents: [{ intentId: 'hand-imp_1-3' }] },
    })
  })

  test('the review and the payment are the ones that are named, among others', () => {
    const theirs = review({ reviewId: 'late-imp_2', reason: 'late', paymentId: 'imp_2' })
    const two = order({ reviews: [open, theirs] })
    const payments = [undecided(), undecided({ paymentId: 'imp_2' })]
    const ended = resolve(two, payments, { reviewId: 'late-imp_2', action: 'return' })
    expect(ended).toMatchObject({
      value: {
        intents: [{ paymentId: 'imp_2' }],
        order: { reviews: [{ end: null }, { end: 'return' }] },
      },
    })
  })

  test('of a payment that is not held, a review can be dismissed', () => {
    expect(resolve(theOrder, [])).toMatchObject({
      ok: true,
      value: { order: { reviews: [{ end: 'dismiss' }] }, notices: [{ body: { data: { payment: null } } }] },
    })
  })
})

describe('the record that is believed once a person has seen a contradiction', () => {
  const odd = (changed: Partial<Payment> = {}): Payment =>
    held({ contradiction: { what: 'x', sinceMs: NOW_MS, isCertain: true }, ...changed })
  const asked = (payment: Payment, record: Observation | null, reason: ReviewReason = 'contradiction') =>
    resolve(order({ reviews: [review({ reason, note: 'x' })] }), [payment], {}, [], record)
  const now = seen({
    status: 'ready',
    amounts: [100],
    currencies: ['USD'],
    testChannel: true,
    cancelledAmount: 3,
    deposited: 4,
    cancels: [{ id: 'C', amount: 3, atMs: NOW_MS, reason: null }],
  })

  test('is all of the present one, and nothing of what was held against it', () => {
    const before = odd({
      amounts: [14_000],
      cancelledAmount: 5,
      deposited: 6,
      cancels: [{ id: 'D', amount: 5, atMs: NOW_MS, reason: null }],
    })
    expect(asked(before, now)).toMatchObject({
      value: {
        payments: [
          {
            status: 'ready',
            amounts: [100],
            currencies: ['USD'],
            testChannel: true,
            cancelledAmount: 3,
            deposited: 4,
            cancels: [{ id: 'C' }],
            contradiction: null,
          },
        ],
      },
    })
  })

  test('not of the payment its order was finalised with', () => {
    expect(asked(odd({ standing: 'kept' }), now)).toMatchObject({ value: { payments: [] } })
  })

  test('not without a record, and not for another reason', () => {
    expect(asked(odd(), null)).toMatchObject({ value: { payments: [] } })
    expect(asked(odd(), now, 'late')).toMatchObject({ value: { payments: [] } })
  })

  test('of another payment nothing is said', () => {
    const other = odd({ paymentId: 'imp_2' })
    expect(asked(other, now)).toMatchObject({ value: { payments: [] } })
  })
})
