import { describe, expect, test } from 'vitest'
import { held, inputOf, NOW_MS, order, review, seen } from '../test/samples.ts'
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
} from './index.ts'

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
