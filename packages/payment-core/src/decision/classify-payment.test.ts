import { describe, expect, test } from 'vitest'
import {
  account,
  cancelled,
  contradiction,
  fresh,
  held,
  look,
  MINUTE_MS,
  NOW_MS,
  order,
  policy,
  reasonsOf,
  review,
  seen,
  type Held,
} from '../../test/samples.ts'
import type { Details, Observation, Order, Policy } from '../index.ts'

const { expiresAtMs, registeredAtMs } = order()
const accept: Policy = { ...policy, onLate: 'accept' }
const expired = (changed: Partial<Order> = {}): Held => ({
  order: order({ status: 'expired', emptyAfterDeadline: true, ...changed }),
  payments: [],
})
const AFTER_MS = expiresAtMs + 60 * MINUTE_MS

describe('M-16: money that comes after the deadline', () => {
  const inTime = { startedAtMs: expiresAtMs, paidAtMs: expiresAtMs + policy.acceptLateMs }

  test.each<[string, Partial<Details>, Partial<Policy>, Partial<Order>, string]>([
    ['begun in time, and paid as late as is accepted', inTime, {}, {}, 'kept'],
    ['a moment later', { ...inTime, paidAtMs: inTime.paidAtMs + 1 }, {}, {}, 'late'],
    ['V-09: begun a moment too late', { ...inTime, startedAtMs: expiresAtMs + 1 }, {}, {}, 'late'],
    ['by policy not at all', inTime, { onLate: 'cancel' }, {}, 'late'],
    ['of an order that was called off', inTime, {}, { closedAtMs: NOW_MS }, 'late'],
    [
      'V-09: into an account that was due later: so long after that',
      { ...inTime, accountDueAtMs: expiresAtMs, paidAtMs: inTime.paidAtMs + 60 * MINUTE_MS },
      {},
      {},
      'kept',
    ],
    [
      'into an account, a moment later',
      { ...inTime, accountDueAtMs: expiresAtMs, paidAtMs: inTime.paidAtMs + 60 * MINUTE_MS + 1 },
      {},
      {},
      'late',
    ],
    [
      'into an account that was due long before',
      { ...inTime, accountDueAtMs: registeredAtMs - 600 * MINUTE_MS },
      {},
      {},
      'kept',
    ],
  ])('%s', (_, details, changed, theOrder, standing) => {
    const decision = look(expired(theOrder), [seen({}, details)], {
      policy: { ...accept, ...changed },
      nowMs: AFTER_MS,
    })
    expect(decision.payments).toMatchObject([{ standing, late: true, rejectReason: null }])
  })

  test('counts as paid now where the gateway does not say when', () => {
    const at = (nowMs: number) =>
      look(expired(), [seen({}, { startedAtMs: expiresAtMs })], { policy: accept, nowMs }).payments
    expect(at(expiresAtMs + policy.acceptLateMs)).toMatchObject([{ standing: 'kept' }])
    expect(at(expiresAtMs + policy.acceptLateMs + 1)).toMatchObject([{ standing: 'late' }])
  })

  test('S-23: of no time at all is a person’s', () => {
    const decision = look(expired(), [seen({}, { startedAtMs: null })], { policy: accept, nowMs: AFTER_MS })
    expect(decision.payments).toMatchObject([{ standing: 'undecided' }])
    expect(reasonsOf(decision.order)).toEqual(['undated'])
  })

  test('money that came in time is not late', () => {
    expect(look(fresh, [seen()]).payments).toMatchObject([{ standing: 'kept', late: false }])
    expect(look(fresh, [seen({ amounts: [1] })]).payments).toMatchObject([{ late: false }])
  })

  test.each<[string, Partial<Order>, Partial<Policy>, 'cancel' | 'review', string]>([
    ['too late for a policy that accepts', {}, { onLate: 'accept' }, 'review', 'the order had expired'],
    ['by policy goes back', {}, { onLate: 'cancel' }, 'cancel', 'the order had expired'],
    ['by policy is a person’s', {}, { onLate: 'review' }, 'review', 'the order had expired'],
    [
      'of an order called off goes back',
      { closedAtMs: NOW_MS },
      { onLate: 'review', onClosed: 'cancel' },
      'cancel',
      'the shop had called the order off',
    ],
    [
      'of an order called off is a person’s',
      { closedAtMs: NOW_MS },
      { onLate: 'cancel', onClosed: 'review' },
      'review',
      'the shop had called the order off',
    ],
  ])('%s', (_, theOrder, changed, action, why) => {
    const late = seen({}, { startedAtMs: expiresAtMs + 1 })
    const decision = look(expired(theOrder), [late], { policy: { ...policy, ...changed }, nowMs: AFTER_MS })
    const told = { event: 'payment.rejected', reason: why }
    expect(decision.timeline).toContainEqual(expect.objectContaining(told))
    expect(decision.intents.map(({ cause, reason }) => [cause, reason])).toEqual(
      action === 'cancel' ? [['late', why]] : [],
    )
    expect(decision.order?.reviews.map(({ reason, atStake, note }) => [reason, atStake, note])).toEqual(
      action === 'review' ? [['late', 14_000, why]] : [],
    )
  })
})

describe('the verdict on money', () => {
  test('S-23: is kept of what is exactly the order’s, though no time is told: nothing has to go back', () => {
    expect(look(fresh, [seen({}, { startedAtMs: null })]).order).toMatchObject({
      status: 'paid',
      reviews: [],
    })
  })

  test.each<[string, Partial<Observation>, string]>([
    ['the channel first', { testChannel: true, currencies: ['USD'], amounts: [1] }, 'channel'],
    ['then the currency', { currencies: ['USD'], amounts: [1] }, 'currency'],
    ['then the sum', { amounts: [1] }, 'amount'],
  ])('G-12, M-01, M-02: names %s', (_, changed, rejectReason) => {
    expect(look(fresh, [seen(changed)]).payments).toMatchObject([{ standing: 'rejected', rejectReason }])
  })

  test('W-06: ends the review of the order that was not known, which has now been registered', () => {
    const asked = review({ reviewId: 'orphan-imp_1', reason: 'orphan' })
    const before = { order: order({ reviews: [asked] }), payments: [held({ standing: 'orphan' })] }
    expect(look(before, [seen()]).order).toMatchObject({
      status: 'paid',
      reviews: [{ reason: 'orphan', end: 'facts', endNote: 'its order is registered' }],
    })
  })

  test('says of money that is kept what the gateway has said, once', () => {
    const decision = look(fresh, [cancelled({}, 400)])
    expect(
      decision.notices.map(({ body: { data } }) => [data.payment?.status, data.payment?.cancelledAmount]),
    ).toEqual([
      ['paid', 0],
      ['partially_cancelled', 400],
    ])
    expect(decision.proof).toEqual(cancelled({}, 400))
  })
})

describe('V-05: when the order has its payment', () => {
  const other = (details: Partial<Details> = {}, facts: Partial<Observation> = {}): Observation =>
    account({ paymentId: 'imp_2', ...facts }, details)
  const closed = ['close-imp_2']

  test.each<[string, Observation, string[]]>([
    ['another account of it is closed', other(), closed],
    ['S-23: not one of another sum: it is not this order’s', other({}, { amounts: [500] }), []],
    ['S-23: nor one in another currency', other({}, { currencies: ['USD'] }), []],
    ['S-23: nor one of last year', other({ startedAtMs: registeredAtMs - MINUTE_MS - 1 }), []],
    ['one that was issued just before it is', other({ startedAtMs: registeredAtMs - MINUTE_MS }), closed],
    ['nothing is done about a window', other({}, { status: 'ready' }), []],
  ])('%s', (_, sight, intents) => {
    const { intents: wishes } = look(fresh, [seen({}, { paidAtMs: 1 }), sight])
    expect(wishes.map(({ intentId }) => intentId)).toEqual(intents)
  })

  test('an account that contradicts itself is nobody’s to close', () => {
    const odd = held({ ...other(), contradiction: contradiction('amount_changed') })
    expect(look({ order: order(), payments: [odd] }, [seen()]).intents).toEqual([])
  })
})

test('S-06: an account that nobody dates, and whose money went back before any look-up, leaves the order open', () => {
  const undated = { startedAtMs: null, paidAtMs: null }
  const waiting = look(fresh, [seen({ status: 'awaiting_deposit', testChannel: true }, undated)])
  expect(waiting.order?.status).toBe('awaiting_deposit')
  const before: Held = { order: waiting.order, payments: waiting.payments }
  const gone = { ...cancelled({}, 14_000), details: { ...cancelled({}, 14_000).details, ...undated } }
  const { order: after, notices, intents } = look(before, [gone])
  expect(after?.status).toBe('open')
  expect(notices.map(({ type }) => type)).toEqual(['payment.returned'])
  expect(intents).toEqual([])
})

test('M-29: a payment that is discounted to nothing calls a person, and nothing is told as returned', () => {
  const sight = seen({ amounts: [0] }, { discount: 14_000 })
  const decision = look(fresh, [sight])
  expect(decision.order?.reviews).toMatchObject([{ reason: 'discounted', paymentId: 'imp_1', atStake: 0 }])
  expect(decision.notices.map(({ type }) => type)).toEqual(['order.review'])
  expect(decision.intents).toEqual([])
})
