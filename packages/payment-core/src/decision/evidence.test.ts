import { describe, expect, test } from 'vitest'
import { held, look, MINUTE_MS, NOW_MS, order, reasonsOf, seen } from '../../test/samples.ts'
import {
  doubtAbout,
  isOfEarlierLife,
  needsFixedAmount,
  noEvidence,
  predates,
  type Doubt,
  type Evidence,
} from './evidence.ts'
import type { Details, Facts, Order } from '../index.ts'

const registeredAtMs = NOW_MS - MINUTE_MS
const none: Evidence = { fixed: { kind: 'none' } }
const fixed = (amount: number, currency = 'KRW'): Evidence => ({
  fixed: { kind: 'held', money: { amount, currency } },
})
const began = (startedAtMs: number | null, facts: Partial<Facts> = {}, details: Partial<Details> = {}) =>
  seen(facts, { startedAtMs, ...details })

describe('M-20, M-21: money of an earlier use of the number', () => {
  test('began more than a minute before the order was registered: clocks differ by less', () => {
    expect(predates(order(), began(registeredAtMs - MINUTE_MS - 1))).toBe(true)
    expect(predates(order(), began(registeredAtMs - MINUTE_MS))).toBe(false)
    expect(predates(order(), began(null))).toBe(false)
  })

  test('W-06, C-09: is this order’s all the same when it is exactly its sum and began since a claim may have waited', () => {
    const { adoptsFromMs } = order()
    expect(isOfEarlierLife(order(), began(adoptsFromMs))).toBe(false)
    expect(isOfEarlierLife(order(), began(adoptsFromMs - 1))).toBe(true)
    expect(isOfEarlierLife(order(), began(adoptsFromMs, { amounts: [13_999] }))).toBe(true)
    expect(isOfEarlierLife(order({ adoptsFromMs: NOW_MS + 1 }), began(registeredAtMs))).toBe(false)
  })
})

describe('S-23: what the evidence says of money', () => {
  const another = { amounts: [13_000] }
  const { adoptsFromMs } = order()
  /** The window opened; two seconds of it do not decide. */
  const openedAtMs = NOW_MS - 10_000

  test.each<[string, Facts, Evidence, Partial<Order>, Doubt | null]>([
    ['exactly the order’s, begun after it', seen(), noEvidence, {}, null],
    ['exactly the order’s, of no known time', began(null), noEvidence, {}, null],
    ['exactly the order’s, of last year', began(adoptsFromMs - 1), none, {}, 'predates_order'],
    ['another sum of last year', began(adoptsFromMs - 1, another), none, {}, 'predates_order'],
    ['M-29: less by just the discount', seen(another, { discount: 1_000 }), none, {}, 'discounted'],
    ['M-29: less by more than the discount', seen(another, { discount: 999 }), none, {}, null],
    ['M-29: less, with a discount of unknown size', seen(another, { discount: 0 }), none, {}, 'discounted'],
    ['M-29: more, with such a discount', seen({ amounts: [14_001] }, { discount: 0 }), none, {}, null],
    ['M-29: less by less than the discount', seen(another, { discount: 1_001 }), none, {}, null],
    [
      'M-29: less by the discount, in another currency',
      seen({ ...another, currencies: ['USD'] }, { discount: 1_000 }),
      none,
      {},
      null,
    ],
    ['the order’s number of another currency', seen({ currencies: ['USD'] }), none, {}, null],
    ['another sum of no known time', began(null, another), none, {}, 'undated'],
    ['another sum that was paid at a known time', began(null, another, { paidAtMs: NOW_MS }), none, {}, null],
    ['M-22: another sum where none was fixed', seen(another), none, {}, null],
    ['M-22: another sum, and nobody asked what is fixed', seen(another), noEvidence, {}, 'amount_conflict'],
    ['M-22: another sum where the order’s is fixed', seen(another), fixed(14_000), {}, 'amount_conflict'],
    [
      'M-22: begun more than two seconds before the order’s sum was fixed',
      began(openedAtMs, another),
      fixed(14_000),
      { amountFixedAtMs: openedAtMs + 2_001 },
      null,
    ],
    [
      'M-22: begun when the order’s sum was fixed, as far as clocks tell',
      began(openedAtMs, another),
      fixed(14_000),
      { amountFixedAtMs: openedAtMs + 2_000 },
      'amount_conflict',
    ],
    [
      'M-22: begun before a sum was fixed that is not the order’s',
      began(openedAtMs, another),
      fixed(13_999),
      { amountFixedAtMs: openedAtMs + 2_001 },
      'amount_conflict',
    ],
    [
      'M-22: begun before the order’s number was fixed in another currency',
      began(openedAtMs, another),
      fixed(14_000, 'USD'),
      { amountFixedAtMs: openedAtMs + 2_001 },
      'amount_conflict',
    ],
  ])('%s', (_, facts, evidence, changed, doubt) => {
    expect(doubtAbout(order(changed), facts, evidence)).toBe(doubt)
  })

  test('where nobody has asked, what is fixed is not known', () => {
    expect(noEvidence).toEqual({ fixed: { kind: 'unknown' } })
  })
})

test.each<[string, Facts[], boolean]>([
  ['another sum', [seen({ amounts: [13_000] })], true],
  ['the same number of another currency', [seen({ currencies: ['USD'] })], true],
  ['another sum beside the order’s', [seen(), seen({ amounts: [13_000] })], true],
  ['exactly the order’s', [seen()], false],
  ['no money', [seen({ amounts: [13_000], status: 'ready' })], false],
  ['money of another order', [seen({ amounts: [13_000], orderId: 'ord-2002' })], false],
  ['money of last year', [began(registeredAtMs - MINUTE_MS - 1, { amounts: [13_000] })], false],
  ['nothing', [], false],
])('M-22: whether the gateway must be asked which sum is fixed, seeing %s: %s', (_, sight, isNeeded) => {
  expect(needsFixedAmount(order(), sight)).toBe(isNeeded)
})

describe('S-23: money in doubt is neither kept nor sent back, and a person reads why', () => {
  const { adoptsFromMs } = order()
  const conflict = { evidence: fixed(14_000) }

  test.each<[Doubt, Facts, object, string]>([
    [
      'predates_order',
      began(adoptsFromMs - 1),
      {},
      '14000 KRW was begun before the order was registered: another use of this number',
    ],
    [
      'amount_conflict',
      seen({ amounts: [500] }),
      conflict,
      "500 KRW came although the gateway holds an amount fixed for this number: not through this order's window",
    ],
    [
      'discounted',
      seen({ amounts: [13_000] }, { discount: 1_000 }),
      {},
      "13000 KRW and the discount of 1000 are the order's 14000",
    ],
    [
      'discounted',
      seen({ amounts: [13_000] }, { discount: 0 }),
      {},
      "13000 KRW came of the order's 14000, with a discount of unknown size",
    ],
    [
      'undated',
      began(null, { amounts: [500], currencies: ['USD'] }),
      {},
      'the gateway does not say when 500 USD was begun or paid',
    ],
  ])('%s', (because, facts, changed, note) => {
    const decision = look({ order: order(), payments: [] }, [facts], changed)
    expect(decision.order).toMatchObject({ status: 'open', keptPaymentId: null })
    expect(decision.order?.reviews).toMatchObject([
      { reason: because, paymentId: 'imp_1', atStake: facts.amounts[0], note },
    ])
    expect(decision.payments).toMatchObject([{ standing: 'undecided', rejectReason: null, late: false }])
    expect([decision.intents, decision.proof]).toEqual([[], null])
  })

  test('M-26: and when it is back before anybody looked, nobody is told or called', () => {
    const back = {
      status: 'cancelled' as const,
      cancelledAmount: 14_000,
      cancels: [{ id: 'C', amount: 14_000, atMs: NOW_MS, reason: null }],
    }
    const decision = look({ order: order(), payments: [] }, [began(adoptsFromMs - 1, back)])
    expect(decision.payments).toMatchObject([{ standing: 'undecided' }])
    expect([decision.notices, decision.order?.reviews]).toEqual([[], []])
  })

  test('a second payment of no known time is not called surplus: it may be another year’s', () => {
    const before = {
      order: order({ status: 'paid', keptPaymentId: 'imp_1', sequence: 1 }),
      payments: [held({ standing: 'kept' })],
    }
    const decision = look(before, [seen(), began(null, { paymentId: 'imp_2' })])
    expect(decision.payments).toMatchObject([{ paymentId: 'imp_2', standing: 'undecided' }])
    expect(reasonsOf(decision.order)).toEqual(['undated'])
    expect(decision.intents).toEqual([])
  })
})
