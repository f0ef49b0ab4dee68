import { describe, expect, test } from 'vitest'
import {
  cancelled,
  held,
  look,
  NOW_MS,
  order,
  reasonsOf,
  review,
  seen,
  type Held,
} from '../../test/samples.ts'
import type { RequestedRefund, Observation, Order, Payment, ReviewReason } from '../index.ts'

const paid = (reviews: Order['reviews'] = []): Held => ({
  order: order({ status: 'paid', keptPaymentId: 'imp_1', sequence: 1, reviews }),
  payments: [held({ standing: 'kept' })],
})
const asked = (changed: Partial<RequestedRefund> = {}): RequestedRefund => ({
  intentId: 'shop-1',
  paymentId: 'imp_1',
  amount: 400,
  isDone: false,
  cancelledBefore: null,
  ...changed,
})
/** Each sum by a cancel of its own, under its reason. */
const back = (...sums: [amount: number, reason: string | null][]): Observation => {
  const record = cancelled({}, ...sums.map(([amount]) => amount))
  return {
    ...record,
    cancels: record.cancels.map((each, at) => ({ ...each, reason: sums[at]?.[1] ?? null })),
  }
}
const mark = 'shop-1: too large'

describe('M-25: what was asked back is done', () => {
  test.each<[string, Observation, RequestedRefund[], string[]]>([
    ['when it stands under its mark', back([400, mark]), [asked()], ['shop-1']],
    ['M-24: not with less than was asked', back([300, mark]), [asked()], []],
    ['but with less and all of the money gone', back([300, mark], [13_700, null]), [asked()], ['shop-1']],
    ['not under nobody’s mark', back([400, null]), [asked()], []],
    ['nor under another’s', back([400, 'shop-2: x']), [asked()], []],
    ['when all of the money is gone, whatever its mark', back([14_000, null]), [asked()], ['shop-1']],
    ['once: not what was done before', back([400, mark]), [asked({ isDone: true })], []],
    ['not what was asked of another payment', back([400, mark]), [asked({ paymentId: 'imp_2' })], []],
    ['not by a record that shows all of it there', seen(), [asked()], []],
    [
      'and of two each by itself',
      back([400, 'shop-2: x']),
      [asked(), asked({ intentId: 'shop-2' })],
      ['shop-2'],
    ],
    [
      'V-05: an account is not closed by money that went back',
      back([14_000, null]),
      [asked({ intentId: 'close-imp_1', amount: 0 })],
      [],
    ],
  ])('%s', (_, record, wishes, done) => {
    const decision = look(paid(), [record], { requestedRefunds: wishes })
    expect(decision.executed).toEqual(done)
    expect(decision.timeline.filter(({ event }) => event === 'cancel.done')).toEqual(
      done.map((reason) => ({ event: 'cancel.done', paymentId: 'imp_1', from: null, to: null, reason })),
    )
    expect(reasonsOf(decision.order)).toEqual([])
  })
})

describe('M-24, S-24: more than was asked went back under one mark', () => {
  test.each<[string, Observation, number, string]>([
    ['twice', back([400, mark], [400, mark]), 400, '400 was asked back, 800 went back in 2 cancels'],
    ['in one', back([401, mark]), 1, '400 was asked back, 401 went back in 1 cancels'],
    ['in two parts', back([100, mark], [300, mark]), 0, '400 was asked back, 400 went back in 2 cancels'],
    [
      'in two that are less',
      back([100, mark], [200, mark]),
      0,
      '400 was asked back, 300 went back in 2 cancels',
    ],
  ])('%s: a person is called', (_, record, atStake, note) => {
    for (const isDone of [true, false])
      expect(look(paid(), [record], { requestedRefunds: [asked({ isDone })] }).order?.reviews).toMatchObject([
        { reason: 'returned_more', paymentId: 'imp_1', atStake, note },
      ])
  })
})

describe('M-24, S-24: more went back under nobody’s mark while a request was under way', () => {
  const underWay = asked({ cancelledBefore: 0 })
  const listless: Observation = { ...cancelled({}, 500), cancels: [] }

  test.each<[string, Observation, RequestedRefund[], number]>([
    ['all of the money', back([14_000, null]), [underWay], 13_600],
    ['a part', back([500, null]), [underWay], 100],
    ['a part, without a list', listless, [underWay], 100],
    ['beside an earlier part', back([300, null], [500, 'sold out']), [asked({ cancelledBefore: 300 })], 100],
  ])('%s: a person is called', (_, record, wishes, atStake) => {
    expect(look(paid(), [record], { requestedRefunds: wishes }).order?.reviews).toMatchObject([
      { reason: 'returned_more', paymentId: 'imp_1', atStake },
    ])
  })

  test.each<[string, Observation, RequestedRefund[]]>([
    ['when just that went back', back([400, null]), [underWay]],
    ['when it stands under its mark too', back([500, null], [400, mark]), [underWay]],
    ['when it went back before', back([500, null]), [asked({ cancelledBefore: 500 })]],
    ['when the request is not under way', back([500, null]), [asked()]],
    ['when it is under another’s mark', back([500, 'shop-2: x']), [underWay]],
    [
      'when two are under way, and there is no list',
      listless,
      [underWay, asked({ intentId: 'shop-2', cancelledBefore: 0 })],
    ],
    ['of an account that is closed', back([500, null]), [asked({ amount: 0, cancelledBefore: 0 })]],
  ])('%s: nobody is', (_, record, wishes) => {
    expect(reasonsOf(look(paid(), [record], { requestedRefunds: wishes }).order)).toEqual([])
  })
})

describe('M-25: a person’s call for a cancel that failed', () => {
  const called = review({ reviewId: 'cancel_failed-imp_1', reason: 'cancel_failed' })
  const done = asked({ isDone: true })
  const other = asked({ intentId: 'shop-2' })

  test.each<[string, Observation, RequestedRefund[], boolean]>([
    ['ends when what was asked is done', back([400, mark]), [asked()], true],
    ['when it was done before', back([400, null]), [done], true],
    ['when all that was asked is', back([400, 'shop-2: x']), [done, other], true],
    ['not while one of them is not', back([400, null]), [done, other], false],
    ['whatever was asked of another payment', back([400, null]), [done, asked({ paymentId: 'imp_2' })], true],
    ['whatever becomes of an account', back([400, null]), [done, asked({ amount: 0 })], true],
    ['not for an account that is closed', back([400, null]), [asked({ amount: 0, isDone: true })], false],
    ['not because nothing was asked', back([400, null]), [], false],
    ['when all of the money is back', back([14_000, null]), [], true],
  ])('%s', (_, record, wishes, isEnded) => {
    const { order: after } = look(paid([called]), [record], { requestedRefunds: wishes })
    expect(after?.reviews).toMatchObject([
      isEnded
        ? { end: 'facts', endNote: 'the gateway’s record shows the money returned' }
        : { end: null, endedAtMs: null },
    ])
  })
})

describe('a person’s call about money that is not kept', () => {
  const about = (reason: ReviewReason) => review({ reviewId: `${reason}-imp_1`, reason })
  const before = (reason: ReviewReason, payment: Partial<Payment> = {}): Held => ({
    order: order({ reviews: [about(reason)] }),
    payments: [held({ standing: 'undecided', ...payment })],
  })

  test.each([
    'rejected',
    'surplus',
    'late',
    'predates_order',
    'amount_conflict',
    'discounted',
    'undated',
  ] as const)('ends when all of it is back: %s', (reason) => {
    expect(look(before(reason), [back([14_000, null])]).order?.reviews).toMatchObject([
      { end: 'facts', endNote: 'all of its money is back' },
    ])
    expect(reasonsOf(look(before(reason), [back([13_999, null])]).order)).toEqual([reason])
  })

  test('M-24: that more went back than was asked is not undone by it', () => {
    expect(reasonsOf(look(before('returned_more'), [back([14_000, null])]).order)).toEqual(['returned_more'])
  })

  test('does not end because no money ever came', () => {
    const failed = { standing: null, status: 'failed' } as const
    expect(reasonsOf(look(before('undated', failed), [seen({ status: 'failed' })]).order)).toEqual([
      'undated',
    ])
  })
})

describe('V-04: the look after the deadline', () => {
  const { expiresAtMs, adoptsFromMs } = order()
  const at = (beganAtMs: number) => ({ nowMs: beganAtMs, look: { by: 'order', beganAtMs } as const })
  const undecided = (startedAtMs: number | null) =>
    held({ standing: 'undecided', amounts: [500] }, { startedAtMs })
  const after = (payment: Payment) =>
    look({ order: order(), payments: [payment] }, [], at(expiresAtMs)).order?.status

  test('began just when it passed, or later', () => {
    expect(look({ order: order(), payments: [] }, [], at(expiresAtMs)).order?.status).toBe('expired')
    expect(look({ order: order(), payments: [] }, [], at(expiresAtMs - 1)).order?.status).toBe('open')
  })

  test('M-21: expires an order whose number’s earlier life has money, and none of whose own', () => {
    expect(after(undecided(adoptsFromMs - 1))).toBe('expired')
    expect(after(undecided(adoptsFromMs))).toBe('open')
    expect(after(undecided(null))).toBe('open')
  })

  test('G-09: expires no order with a record that contradicts itself', () => {
    const odd = { contradiction: { what: 'x', sinceMs: NOW_MS, isCertain: true } }
    expect(after({ ...undecided(adoptsFromMs - 1), ...odd })).toBe('open')
    expect(after({ ...held({ status: 'ready' }), ...odd })).toBe('open')
  })
})

test('G-17: of two first seen together one that tells when it was paid goes before one that does not', () => {
  const both = [seen(), seen({ paymentId: 'imp_2' }, { paidAtMs: NOW_MS })]
  for (const list of [both, both.toReversed()])
    expect(look({ order: order(), payments: [] }, list).order?.keptPaymentId).toBe('imp_2')
})
