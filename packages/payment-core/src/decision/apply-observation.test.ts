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
  walk,
  type Held,
} from '../../test/samples.ts'
import { contradictionSince } from './apply-observation.ts'
import type { Observation, Order, Payment } from '../index.ts'

const { registeredAtMs } = order()
const given = (payment: Payment, changed: Partial<Order> = {}): Held => ({
  order: order(changed),
  payments: [payment],
})

describe('G-09, G-18: since when a record contradicts itself', () => {
  const since = (before: Payment['contradiction'], nowMs: number) =>
    contradictionSince(before === null ? null : held({ contradiction: before }), 'amount_changed', nowMs)

  test('is since it was first seen to, under the name it had then', () => {
    expect(since(null, NOW_MS)).toEqual({ what: 'amount_changed', sinceMs: NOW_MS, isCertain: false })
    expect(
      contradictionSince(held(), 'amount_changed', NOW_MS),
      'of a payment that did not contradict itself before',
    ).toEqual(since(null, NOW_MS))
    expect(since(contradiction('x', false), NOW_MS + 29_999)).toEqual({
      what: 'x',
      sinceMs: NOW_MS,
      isCertain: false,
    })
  })

  test('is certain after half a minute, and stays so', () => {
    expect(since(contradiction('x', false), NOW_MS + 30_000)).toEqual(contradiction('x', true))
    expect(since(contradiction('x', true), NOW_MS)).toEqual(contradiction('x', true))
  })

  test('K-03: begins anew by a clock that has jumped back', () => {
    expect(since(contradiction('x', false), NOW_MS - MINUTE_MS)).toEqual({
      what: 'x',
      sinceMs: NOW_MS - MINUTE_MS,
      isCertain: false,
    })
  })
})

describe('what contradicts itself', () => {
  const odd = held({ standing: 'kept', contradiction: contradiction('amount_changed', false) })
  const sinceLong = { ...odd, contradiction: { ...contradiction('x', false), sinceMs: NOW_MS - MINUTE_MS } }

  test('G-09: is in the history when it begins, and when a later look agrees', () => {
    const { decisions } = walk(
      given(held({ standing: 'kept' }), { status: 'paid', keptPaymentId: 'imp_1' }),
      [[seen({ amounts: [1] })], [seen({ amounts: [1] })], [seen()]],
    )
    const move = { paymentId: 'imp_1', from: null, to: null }
    expect(decisions.map(({ timeline }) => timeline)).toEqual([
      [{ event: 'payment.contradicted', reason: 'amount_changed', ...move }],
      [],
      [{ event: 'payment.agreed', reason: 'a later look agrees with what is held', ...move }],
    ])
  })

  test('G-09: that is certain calls a person for the larger of what is held and what is claimed', () => {
    const paid = { status: 'paid', keptPaymentId: 'imp_1' } as const
    expect(look(given(sinceLong, paid), [seen({ amounts: [28_000] })]).order?.reviews).toMatchObject([
      { reason: 'contradiction', atStake: 28_000, note: 'amount_changed' },
    ])
    expect(look(given(sinceLong, paid), [seen({ amounts: [1] })]).order?.reviews).toMatchObject([
      { atStake: 14_000 },
    ])
    const ended = look(
      given(sinceLong, {
        ...paid,
        reviews: [review({ reviewId: 'contradiction-imp_1', reason: 'contradiction' })],
      }),
      [seen()],
    )
    expect(ended.order?.reviews).toMatchObject([
      { end: 'facts', endNote: 'a later look agrees with what is held' },
    ])
  })

  test('W-06: and was of no order here has no place in it before it agrees', () => {
    const orphan = held({ standing: 'orphan' })
    const first = look(given(orphan), [seen({ amounts: [1] })])
    expect(first.payments).toMatchObject([{ standing: null, contradiction: { what: 'amount_changed' } }])
    expect(look(given(held({ standing: 'rejected' })), [seen({ amounts: [1] })]).payments).toMatchObject([
      { standing: 'rejected' },
    ])
  })
})

test('G-08: a record that can be read again ends the call for one that could not', () => {
  const called = review({ reviewId: 'bad_money-imp_1', reason: 'bad_money' })
  expect(look({ order: order({ reviews: [called] }), payments: [] }, [seen()]).order?.reviews).toMatchObject([
    { reason: 'bad_money', end: 'facts', endNote: 'the gateway’s record can be read' },
  ])
})

describe('a try without money', () => {
  const failed = (changed: Partial<Observation> = {}, startedAtMs = registeredAtMs) =>
    seen({ status: 'failed', ...changed }, { startedAtMs })
  const types = (before: Held, sight: Observation) => look(before, [sight]).notices.map(({ type }) => type)

  test('M-21: of the number’s earlier life is announced to nobody', () => {
    expect(types(fresh, failed())).toEqual(['payment.failed'])
    expect(types(fresh, failed({ amounts: [500] }, registeredAtMs - MINUTE_MS - 1))).toEqual([])
  })

  test('G-18: is announced when its first record, which contradicted itself, is agreed with', () => {
    const odd = { contradiction: contradiction('x', false) }
    expect(types(given(held({ ...account(), ...odd })), account())).toEqual(['payment.awaiting_deposit'])
    expect(types(given(held(account())), account())).toEqual(['payment.awaiting_deposit'])
    // An account that was announced before, and for which the order waits, is none anew.
    expect(types(given(held({ ...account(), ...odd }), { status: 'awaiting_deposit' }), account())).toEqual(
      [],
    )
    // Nor is a failure that was told already.
    expect(types(given(held({ status: 'failed', ...odd })), failed())).toEqual([])
  })

  test('is not announced once the order has its payment, or is over', () => {
    const paid = { status: 'paid', keptPaymentId: 'imp_2' } as const
    const kept = held({ paymentId: 'imp_2', standing: 'kept' })
    const decision = look({ order: order(paid), payments: [kept] }, [failed()])
    expect(decision.notices).toEqual([])
    expect(
      types({ order: order({ status: 'expired', emptyAfterDeadline: true }), payments: [] }, failed()),
    ).toEqual([])
  })

  test('V-05: an account that agrees again after the order was paid is closed', () => {
    const paid = { status: 'paid', keptPaymentId: 'imp_2' } as const
    const kept = held({ paymentId: 'imp_2', standing: 'kept' })
    const odd = held({ ...account(), contradiction: contradiction('x', false) })
    const again = look({ order: order(paid), payments: [kept, odd] }, [account()])
    expect(again.intents).toEqual([])
    const issued = look({ order: order(paid), payments: [kept, held({ status: 'ready' })] }, [account()])
    expect(issued.intents).toMatchObject([{ intentId: 'close-imp_1', reason: 'the order has its payment' }])
  })
})

describe('M-10: money that was not kept', () => {
  const refused = (standing: Payment['standing']) =>
    given(held({ standing, amounts: [500], rejectReason: standing === 'rejected' ? 'amount' : null }))
  const back = (amount: number) => cancelled({ amounts: [500] }, amount)

  test('is told of once, when all of it is back', () => {
    const { notices, decisions } = walk(refused('rejected'), [[back(400)], [back(500)], [back(500)]])
    expect(notices.map(({ type, body }) => [type, body.data.payment?.cancelledAmount])).toEqual([
      ['payment.returned', 500],
    ])
    expect(decisions[1]?.timeline.at(-1)).toMatchObject({
      event: 'payment.returned',
      reason: 'the gateway has returned all of 500',
    })
  })

  test('M-26: and that was never placed is told of to nobody', () => {
    expect(look(refused('undecided'), [back(500)]).notices).toEqual([])
  })
})

test('S-08: of money that is refused all that is left goes back, with its parts of the order’s tax', () => {
  const theOrder = order({ taxFree: 7_000, vat: 700 })
  const decision = look({ order: theOrder, payments: [] }, [cancelled({ amounts: [10_000] }, 4_000)], {
    policy,
  })
  expect(decision.intents).toEqual([
    {
      intentId: 'auto-imp_1',
      orderId: 'ord-1001',
      paymentId: 'imp_1',
      amount: 6_000,
      expectedBalance: 6_000,
      cause: 'rejected',
      reason: 'paid 10000, the order is 14000',
      refundAccount: null,
      taxFree: 3_000,
      vat: 300,
    },
  ])
  expect(reasonsOf(decision.order)).toEqual([])
})
