import { describe, expect, test } from 'vitest'
import {
  account,
  cancelled,
  fresh,
  held,
  look,
  MINUTE_MS,
  NOW_MS,
  order,
  policy,
  record,
  reasonsOf,
  returned,
  review,
  seen,
  walk,
  type Held,
} from '../../test/samples.ts'
import {
  balanceOf,
  needsFixedAmount,
  noEvidence,
  openReviewFor,
  settledByPerson,
  type Observation,
} from '../index.ts'

const expired: Held = {
  order: order({ status: 'expired', emptyAfterDeadline: true, sequence: 1 }),
  payments: [],
}
const AFTER_MS = NOW_MS + 60 * MINUTE_MS
const second = (sight: Observation): Observation => ({ ...sight, paymentId: 'imp_2' })
/** Looks far enough apart that what contradicts itself in two of them does so for certain. */
const CERTAIN_MS = 31_000

describe('one payment is kept', () => {
  test('S-01: given an open order, when the gateway says paid, then it is paid, with the proof and one notice', () => {
    const decision = look(fresh, [seen()])
    expect(decision.order).toMatchObject({
      status: 'paid',
      keptPaymentId: 'imp_1',
      sequence: 1,
      reviews: [],
    })
    expect(decision.payments).toMatchObject([{ standing: 'kept', rejectReason: null }])
    expect(decision.proof).toEqual(seen())
    expect(decision.notices).toMatchObject([
      { type: 'payment.paid', sequence: 1, body: { data: { order: { status: 'paid', balance: 14_000 } } } },
    ])
    expect(decision.intents).toEqual([])
  })

  test('W-04, S-02: the same look again changes nothing', () => {
    const { types, decisions } = walk(fresh, [[seen()], [seen()], [seen()]])
    expect(types).toEqual(['payment.paid'])
    expect(decisions.at(-1)).toMatchObject({
      payments: [],
      notices: [],
      intents: [],
      timeline: [],
      proof: null,
    })
  })

  test.each<[string, Observation[], string[]]>([
    ['ready, then paid', [seen({ status: 'ready' }), seen()], ['payment.paid']],
    ['G-11: failed, then paid', [seen({ status: 'failed' }), seen()], ['payment.failed', 'payment.paid']],
    ['V-02: account, then deposit', [account(), seen()], ['payment.awaiting_deposit', 'payment.paid']],
    ['V-03: deposit known first', [seen()], ['payment.paid']],
    ['M-26, W-05: first seen cancelled', [cancelled({}, 14_000)], ['payment.cancelled']],
    ['M-26: first seen cancelled in two parts', [cancelled({}, 400, 13_600)], ['payment.cancelled']],
    [
      'W-05: two partial cancels first seen together',
      [cancelled({}, 400, 600)],
      ['payment.paid', 'payment.partially_cancelled', 'payment.partially_cancelled'],
    ],
    [
      'M-11: in part, then in whole',
      [seen(), cancelled({}, 400), cancelled({}, 400, 13_600)],
      ['payment.paid', 'payment.partially_cancelled', 'payment.cancelled'],
    ],
    [
      'the account was closed',
      [account(), seen({ status: 'failed' })],
      ['payment.awaiting_deposit', 'payment.failed'],
    ],
  ])('%s', (_, looks, types) => {
    const told = walk(
      fresh,
      looks.map((each) => [each]),
    )
    expect(told.types).toEqual(types)
    expect(told.notices.map((notice) => notice.sequence)).toEqual(types.map((__, index) => index + 1))
    expect(reasonsOf(told.held.order)).toEqual([])
  })

  test('S-12: partial cancels bear the same ids whether heard of one by one or together', () => {
    const ids = (looks: Observation[][]) => walk(fresh, looks).notices.map((notice) => notice.id)
    expect(ids([[seen()], [cancelled({}, 400, 600, 13_000)]])).toEqual(
      ids([[seen()], [cancelled({}, 400)], [cancelled({}, 400, 600)], [cancelled({}, 400, 600, 13_000)]]),
    )
  })

  test('S-13: a notice tells the order as it stood at that number', () => {
    const { notices } = look(fresh, [cancelled({}, 400, 600)])
    const told = notices.map(({ body: { data } }) => [
      data.order.status,
      data.order.balance,
      data.payment?.cancelledAmount,
      data.payment?.status,
    ])
    expect(told).toEqual([
      ['paid', 14_000, 0, 'paid'],
      ['partially_cancelled', 13_600, 400, 'partially_cancelled'],
      ['partially_cancelled', 13_000, 1_000, 'partially_cancelled'],
    ])
  })

  test('a total that never was is not announced when two cancels fall into one second', () => {
    const one = { id: 'Z', amount: 100, atMs: NOW_MS, reason: null }
    const two = { id: 'A', amount: 200, atMs: NOW_MS, reason: null }
    const { notices } = walk(fresh, [
      [seen({ status: 'cancelled', cancelledAmount: 100, cancels: [one] })],
      [seen({ status: 'cancelled', cancelledAmount: 300, cancels: [two, one] })],
    ])
    expect(notices.map((notice) => notice.body.data.payment?.cancelledAmount)).toEqual([0, 100, 300])
  })

  test('V-01: an account for another amount is nobody’s, and is not announced', () => {
    const decision = look(fresh, [account({ amounts: [500] })])
    expect(decision).toMatchObject({ order: { status: 'open' }, notices: [] })
  })

  test('V-05: of two accounts one is paid into, the order is paid once, and the other is closed', () => {
    const {
      types,
      held: end,
      decisions,
    } = walk(fresh, [
      [account(), second(account())],
      [seen(), second(account())],
    ])
    expect(types).toEqual(['payment.awaiting_deposit', 'payment.awaiting_deposit', 'payment.paid'])
    expect(end.order?.status).toBe('paid')
    const closed = { intentId: 'close-imp_2', cause: 'account', amount: 0 }
    expect(decisions.at(-1)?.intents).toEqual([expect.objectContaining(closed)])
  })

  test('V-05: an account issued for an order that has its payment is closed', () => {
    const { types, decisions } = walk(fresh, [[seen()], [seen(), second(account())]])
    expect(types).toEqual(['payment.paid'])
    expect(decisions.at(-1)?.intents).toMatchObject([{ intentId: 'close-imp_2', cause: 'account' }])
  })
})

describe('money that is not what the order asks', () => {
  test.each([
    ['M-01: too little', { amounts: [13_999] }, 'amount'],
    ['M-01: too much', { amounts: [14_001] }, 'amount'],
    ['M-02: another currency', { currencies: ['USD'] }, 'currency'],
    ['G-12: a test channel', { testChannel: true }, 'channel'],
  ])('%s is rejected and goes back once', (_, changed, rejectReason) => {
    const { held: end, types, decisions } = walk(fresh, [[seen(changed)], [seen(changed)]])
    expect(types).toEqual(['payment.rejected'])
    expect(end.order).toMatchObject({ status: 'open', keptPaymentId: null, reviews: [] })
    expect(end.payments).toMatchObject([{ standing: 'rejected', rejectReason }])
    const amount = seen(changed).amounts[0]
    expect(decisions.flatMap((decision) => decision.intents)).toMatchObject([
      { intentId: 'auto-imp_1', orderId: 'ord-1001', cause: 'rejected', amount, expectedBalance: amount },
    ])
  })

  test('by policy it waits for a person instead, and nothing goes back', () => {
    const decision = look(fresh, [seen({ amounts: [500] })], { policy: { ...policy, onRejected: 'review' } })
    expect(decision.intents).toEqual([])
    expect(decision.order?.status).toBe('open')
    expect(reasonsOf(decision.order)).toEqual(['rejected'])
    expect(decision.notices.map((notice) => notice.type)).toEqual(['payment.rejected', 'order.review'])
  })

  test('M-10: what went back in the gateway’s console already is not sent back again', () => {
    const part = look(fresh, [cancelled({ amounts: [500] }, 200)])
    expect(part.intents).toMatchObject([{ amount: 300, expectedBalance: 300 }])
    const gone = look(fresh, [cancelled({ amounts: [500] }, 500)])
    expect(gone.intents).toEqual([])
    expect(gone.notices.map(({ type }) => type)).toEqual(['payment.returned'])
  })

  test('its return is announced and leaves the order open for another try', () => {
    const { types, held: end } = walk(fresh, [
      [seen({ amounts: [500] })],
      [cancelled({ amounts: [500] }, 500)],
      [second(seen())],
    ])
    expect(types).toEqual(['payment.rejected', 'payment.returned', 'payment.paid'])
    expect(end.order?.status).toBe('paid')
  })

  test('where a shop is being built a test channel counts', () => {
    const decision = look(fresh, [seen({ testChannel: true })], {
      policy: { ...policy, allowTestChannel: true },
    })
    expect(decision.order?.status).toBe('paid')
  })

  test('paid in a test channel into an account: the order is open again', () => {
    const { held: end, types } = walk(fresh, [[account()], [seen({ testChannel: true })]])
    expect(types).toEqual(['payment.awaiting_deposit', 'payment.rejected'])
    expect(end.order?.status).toBe('open')
  })

  test('M-19: a discount does not make a payment too small', () => {
    expect(look(fresh, [seen({}, { discount: 1_000 })]).order?.status).toBe('paid')
  })
})

describe('a second good payment', () => {
  test('M-15: is surplus and goes back; the first stays kept', () => {
    const { held: end, types, decisions } = walk(fresh, [[seen()], [seen(), second(seen())]])
    expect(types).toEqual(['payment.paid', 'payment.surplus'])
    expect(end.order).toMatchObject({ status: 'paid', keptPaymentId: 'imp_1' })
    expect(decisions.at(-1)?.intents).toMatchObject([
      { paymentId: 'imp_2', cause: 'surplus', amount: 14_000 },
    ])
  })

  test('M-15: is surplus also when the first was given back', () => {
    const { held: end } = walk(fresh, [[cancelled({}, 14_000)], [second(seen())]])
    expect(end.order).toMatchObject({ status: 'cancelled', keptPaymentId: 'imp_1' })
  })

  test('by policy it waits for a person', () => {
    const both = [seen(), second(seen())]
    const decision = look(fresh, both, { policy: { ...policy, onSurplus: 'review' } })
    expect(decision).toMatchObject({ intents: [], order: { status: 'paid' } })
    expect(reasonsOf(decision.order)).toEqual(['surplus'])
  })

  test('G-17: of two first seen together the one paid first is kept, whatever the list’s order', () => {
    const early = second(seen({}, { paidAtMs: NOW_MS - 1 }))
    const late = seen({}, { paidAtMs: NOW_MS })
    for (const both of [
      [early, late],
      [late, early],
    ])
      expect(look(fresh, both).order?.keptPaymentId).toBe('imp_2')
  })

  test('G-17: of two that were paid in one second the same is kept, whatever the list’s order', () => {
    const both = [seen({}, { paidAtMs: NOW_MS }), second(seen({}, { paidAtMs: NOW_MS }))]
    for (const list of [both, both.toReversed()]) expect(look(fresh, list).order?.keptPaymentId).toBe('imp_1')
  })

  test('G-17: a later abandoned try hides nothing', () => {
    expect(look(fresh, [second(seen({ status: 'ready' })), seen()]).order?.status).toBe('paid')
  })
})

describe('the deadline', () => {
  const late = { nowMs: AFTER_MS }

  test('V-04: passes only after a look by order id that began after it and found no money', () => {
    const decision = look(fresh, [seen({ status: 'ready' })], late)
    expect(decision.order).toMatchObject({ status: 'expired', emptyAfterDeadline: true })
    expect(decision.notices.map((notice) => notice.type)).toEqual(['order.expired'])
  })

  test.each([
    ['K-03: a look that began before it', { ...late, look: { by: 'order', beganAtMs: NOW_MS } }],
    ['a look at one payment', { ...late, look: { by: 'payment', beganAtMs: AFTER_MS } }],
  ] as const)('S-20: %s concludes nothing', (_, changed) => {
    expect(look(fresh, [], changed)).toMatchObject({ order: { status: 'open' }, notices: [] })
  })

  test('an issued account extends it to its due time and a grace', () => {
    const due = account({}, { accountDueAtMs: AFTER_MS })
    expect(look(fresh, [due], late).order?.status).toBe('awaiting_deposit')
    expect(look(fresh, [due], { nowMs: AFTER_MS + 60 * MINUTE_MS }).order?.status).toBe('expired')
  })

  test('V-04: money found by the look after it counts', () => {
    expect(look(fresh, [seen()], late).order?.status).toBe('paid')
  })

  test('money on its way back or contradictory holds it open', () => {
    expect(look(fresh, [seen({ amounts: [500] })], late).order?.status).toBe('open')
    expect(look(fresh, [seen({ cancelledAmount: 1, status: 'ready' })], late).order?.status).toBe('open')
  })

  test('K-03: a clock that jumps back does not bring an expired order back', () => {
    expect(look(expired, [seen({ status: 'ready' })], { nowMs: NOW_MS - AFTER_MS }).order?.status).toBe(
      'expired',
    )
    expect(look(expired, [account()]).order?.status).toBe('expired')
  })

  test('M-16: money in time is kept, whatever is done with late money', () => {
    for (const onLate of ['accept', 'cancel', 'review'] as const)
      expect(look(fresh, [seen()], { policy: { ...policy, onLate } }).order?.status).toBe('paid')
  })

  test.each([
    ['accept', 'paid', 'kept', ['payment.paid'], 0],
    ['cancel', 'expired', 'late', ['payment.rejected'], 1],
    ['review', 'expired', 'late', ['payment.rejected', 'order.review'], 0],
  ] as const)('M-16: money after it: %s', (onLate, status, standing, types, intents) => {
    const decision = look(expired, [seen()], { policy: { ...policy, onLate } })
    expect(decision.order?.status).toBe(status)
    expect(decision.payments).toMatchObject([{ standing }])
    expect(decision.notices.map((notice) => notice.type)).toEqual(types)
    expect(decision.intents).toHaveLength(intents)
  })
})

describe('a payment whose order is unknown', () => {
  const nobody: Held = { order: null, payments: [] }

  test('M-17: is held for a person and never goes back by itself', () => {
    const decision = look(nobody, [seen({ amounts: [1] }), second(seen({ status: 'ready' }))])
    expect(decision).toMatchObject({ order: null, notices: [], intents: [], proof: null })
    expect(decision.payments.map((payment) => payment.standing)).toEqual(['orphan', null])
    expect(look(record(nobody, decision), [seen({ amounts: [1] })]).payments).toEqual([])
  })

  test('W-06: is the order’s as soon as the order is registered', () => {
    const { payments } = record(nobody, look(nobody, [cancelled({}, 400)]))
    const { types, held: end } = walk({ order: order(), payments }, [[cancelled({}, 400)]])
    expect(types).toEqual(['payment.paid', 'payment.partially_cancelled'])
    expect(end.order?.status).toBe('partially_cancelled')
  })

  test.each([
    ['the same account', [account()]],
    ['only another try', [second(seen({ status: 'ready' }))]],
    ['nothing', []],
  ])('W-06: an account known before is announced when the first look shows %s', (_, sight) => {
    const { payments } = record(nobody, look(nobody, [account()]))
    const decision = look({ order: order(), payments }, sight)
    expect(decision.notices.map((notice) => notice.type)).toEqual(['payment.awaiting_deposit'])
    expect(decision.order?.status).toBe('awaiting_deposit')
  })

  test.each([
    ['money', 'paid'],
    ['no money', 'ready'],
  ] as const)('G-09: a contradiction of %s that goes on calls a person with the order, once', (_, status) => {
    const odd = [[seen({ status })], [seen({ status, amounts: [1] })]]
    const { held: before } = walk(nobody, odd)
    const same = [seen({ status, amounts: [1] })]
    const { types, held: end } = walk(
      { order: order(), payments: before.payments },
      [same, same, same],
      {},
      CERTAIN_MS,
    )
    expect(types).toEqual(['order.review'])
    expect(end.order).toMatchObject({ status: 'open', keptPaymentId: null })
    expect(reasonsOf(end.order)).toEqual(['contradiction'])
  })
})

describe('an orphan', () => {
  test('L-11: whose record contradicts itself waits for nothing once a person has ended its review', () => {
    const doubled = seen({ deposited: 28_000 })
    const [first] = look(nobody, [doubled]).payments
    expect(first).toMatchObject({ contradiction: { what: 'unexplained_deposit', isCertain: false } })
    const orphan = held({
      standing: 'orphan',
      contradiction: { what: 'unexplained_deposit', sinceMs: NOW_MS - CERTAIN_MS, isCertain: false },
    })
    expect(look({ order: null, payments: [orphan] }, [doubled]).payments).toMatchObject([
      { standing: 'orphan', contradiction: { isCertain: true } },
    ])
    const asked = review({ reviewId: 'orphan-imp_1', reason: 'orphan' })
    expect(settledByPerson([asked], orphan)).toBe(false)
    expect(settledByPerson([{ ...asked, endedAtMs: NOW_MS, end: 'facts' }], orphan)).toBe(false)
    expect(settledByPerson([{ ...asked, endedAtMs: NOW_MS, end: 'return' }], orphan)).toBe(true)
    expect(
      settledByPerson([{ ...asked, endedAtMs: NOW_MS, end: 'return' }], { ...orphan, standing: 'surplus' }),
    ).toBe(false)
  })

  const nobody: Held = { order: null, payments: [] }

  test('G-07: is not mixed with another order’s record of it', () => {
    const { held: end } = walk(nobody, [[seen()], [seen({ orderId: 'ord-2002', amounts: [1] })]])
    expect(end.payments).toEqual([
      held({
        standing: 'orphan',
        contradiction: { what: 'order_changed', sinceMs: NOW_MS, isCertain: false },
      }),
    ])
  })

  test('G-18: that contradicts itself is one for a person until a later look agrees', () => {
    const looks = [[seen({ status: 'failed' })], [seen({ status: 'ready' })], [seen({ status: 'failed' })]]
    const { held: end } = walk(nobody, looks.slice(0, 2))
    expect(end.payments).toMatchObject([{ standing: 'orphan', contradiction: { what: 'status_went_back' } }])
    expect(walk(nobody, looks).held.payments).toMatchObject([{ standing: null, contradiction: null }])
  })

  test('only what changed is to be written', () => {
    const { held: end } = walk(nobody, [[seen(), second(seen())]])
    const next = look(end, [seen(), second(cancelled({}, 400))])
    expect(next.payments.map(({ paymentId }) => paymentId)).toEqual(['imp_2'])
    expect(next.timeline.map(({ paymentId }) => paymentId)).toEqual(['imp_2'])
  })
})

describe('evidence against itself', () => {
  test.each<[string, Observation, Observation]>([
    ['G-09: the amount changed', seen({ status: 'ready' }), seen({ amounts: [500] })],
    ['G-09: the currency changed', seen({ status: 'ready' }), seen({ currencies: ['USD'] })],
    ['G-07: the order changed', seen({ status: 'ready' }), seen({ orderId: 'ord-2002' })],
    ['S-06: the status went back', seen({ status: 'failed' }), seen({ status: 'ready' })],
    ['M-12: more cancelled than paid', seen({ status: 'ready' }), cancelled({}, 14_001)],
    [
      'M-12: cancels do not add up',
      seen({ status: 'ready' }),
      { ...cancelled({}, 400), cancelledAmount: 500 },
    ],
    ['cancelled without an amount', seen({ status: 'ready' }), seen({ status: 'cancelled' })],
    [
      'S-01: cancelled without money',
      seen({ status: 'ready' }),
      seen({ status: 'failed', cancelledAmount: 1 }),
    ],
    ['two amounts in one look', seen({ status: 'ready' }), seen({ amounts: [500, 14_000] })],
  ])('%s, and goes on so: a person is called once, and nothing is paid or goes back', (_, first, next) => {
    const { types, held: end, decisions } = walk(fresh, [[first], [next], [next], [next]], {}, CERTAIN_MS)
    expect(types.filter((type) => type !== 'payment.failed')).toEqual(['order.review'])
    expect(end.order).toMatchObject({ status: 'open', keptPaymentId: null })
    expect(reasonsOf(end.order)).toEqual(['contradiction'])
    expect(decisions.flatMap((decision) => decision.intents)).toEqual([])
  })

  test.each([
    ['for less than half a minute', 10_000],
    ['for longer', CERTAIN_MS],
  ])(
    'G-18: paid, ready twice %s, paid: what contradicted itself is dissolved, and nothing is left of it',
    (_, everyMs) => {
      const { types, held: end } = walk(
        fresh,
        [[seen()], [seen({ status: 'ready' })], [seen({ status: 'ready' })], [seen()]],
        {},
        everyMs,
      )
      expect(end.payments).toMatchObject([{ status: 'paid', standing: 'kept', contradiction: null }])
      expect(reasonsOf(end.order)).toEqual([])
      const called = ['payment.paid', 'order.review', 'order.review_ended']
      expect(types).toEqual(everyMs > 30_000 ? called : ['payment.paid'])
      const money = walk(end, [[cancelled({}, 14_000)]])
      expect(money.types).toEqual(['payment.cancelled'])
    },
  )

  test('G-18: money that is seen behind a record that lagged is kept all the same', () => {
    const { held: end } = walk(fresh, [[seen({ status: 'failed' })], [seen({ status: 'ready' })], [seen()]])
    expect(end.order?.status).toBe('paid')
  })

  test.each<[string, Observation, string]>([
    ['the cancelled sum shrank', cancelled({}, 300), 'cancelled_amount_shrank'],
    [
      'a cancel vanished',
      { ...cancelled({}, 1_000), cancels: [{ id: 'X', amount: 1_000, atMs: 1, reason: null }] },
      'cancels_vanished',
    ],
    [
      'a cancel was replaced by another of the same sum',
      {
        ...cancelled({}, 400, 600),
        cancels: [
          { id: 'C0', amount: 400, atMs: NOW_MS, reason: null },
          { id: 'X', amount: 600, atMs: NOW_MS + 1, reason: null },
        ],
      },
      'cancels_vanished',
    ],
    [
      'G-12: the channel turned out to be a test',
      cancelled({ testChannel: true }, 400, 600),
      'channel_changed',
    ],
    ['paid turned to failed', seen({ status: 'failed' }), 'status_went_back'],
  ])('M-12: %s: the kept payment stays kept, and a person is called', (_, next, contradiction) => {
    const { types, held: end } = walk(fresh, [[cancelled({}, 400, 600)], [next], [next]], {}, CERTAIN_MS)
    expect(types.at(-1)).toBe('order.review')
    expect(end.payments).toMatchObject([
      { standing: 'kept', contradiction: { what: contradiction, isCertain: true } },
    ])
    expect(end.order?.status).toBe('partially_cancelled')
    expect(reasonsOf(end.order)).toEqual(['contradiction'])
  })

  test('S-06: no claim of a larger amount leads out of cancelled', () => {
    const larger = [cancelled({ amounts: [28_000] }, 14_000)]
    const { held: end } = walk(fresh, [[cancelled({}, 14_000)], larger, larger], {}, CERTAIN_MS)
    expect(end.order?.status).toBe('cancelled')
    expect(reasonsOf(end.order)).toEqual(['contradiction'])
    expect(end.order === null ? null : balanceOf(end.order, end.payments)).toBe(0)
  })

  test('M-12: more given back than was paid is a matter for a person, not a second cancel to tell of', () => {
    const more = [cancelled({}, 14_000, 500)]
    const { types, held: end } = walk(fresh, [[seen()], [cancelled({}, 14_000)], more, more], {}, CERTAIN_MS)
    expect(types).toEqual(['payment.paid', 'payment.cancelled', 'order.review'])
    expect(end.order?.status).toBe('cancelled')
  })

  test('what has gone back from the kept payment is still told', () => {
    const odd = [seen({ amounts: [1] })]
    const looks = [[seen()], odd, odd, [cancelled({}, 14_000)]]
    const { types, held: end } = walk(fresh, looks, {}, CERTAIN_MS)
    expect(types).toEqual(['payment.paid', 'order.review', 'order.review_ended', 'payment.cancelled'])
    expect(end.order?.status).toBe('cancelled')
  })

  test('an account that contradicts itself is no longer one to pay into, by a declared edge', () => {
    const odd = [account({ amounts: [500] })]
    const { held: end, decisions } = walk(fresh, [[account()], odd, odd, [account()]], {}, CERTAIN_MS)
    expect(
      decisions.slice(2).map(({ timeline }) => timeline.filter(({ from }) => from !== null)),
    ).toMatchObject([
      [{ event: 'order.review', from: 'awaiting_deposit', to: 'open' }],
      [{ event: 'order.review_ended', from: 'open', to: 'awaiting_deposit' }],
    ])
    expect(end.order?.status).toBe('awaiting_deposit')
  })

  test('G-15: a payment shown twice in one look, before and after, is no contradiction', () => {
    const decision = look(fresh, [seen({}, { paidAtMs: NOW_MS }), seen({ status: 'ready' })])
    expect(decision.order).toMatchObject({ status: 'paid', reviews: [] })
  })

  test('nothing goes back on the strength of a look that contradicts itself', () => {
    const before = { order: order(), payments: [held({ status: 'ready', amounts: [500] })] }
    const wrong = [seen({ amounts: [500] }, { paidAtMs: 1 }), seen({ amounts: [500], orderId: 'ord-2002' })]
    expect(look(before, wrong)).toMatchObject({
      intents: [],
      payments: [{ standing: null, contradiction: { what: 'order_changed' } }],
    })
  })
})

describe('what cannot be', () => {
  const both = [held({ status: 'ready' }), held({ paymentId: 'imp_2', status: 'ready' })]

  test('another order’s payment is not decided with this one, unless it is held here', () => {
    const stranger = seen({ paymentId: 'imp_9', orderId: 'ord-2002' })
    expect(() => look({ order: order(), payments: both }, [stranger])).toThrow(/only this order’s payments/)
    const moved = { ...stranger, paymentId: 'imp_2' }
    expect(look({ order: order(), payments: both }, [moved]).payments).toMatchObject([
      { paymentId: 'imp_2', contradiction: { what: 'order_changed' } },
    ])
  })

  test('an order that is not what its payments make of it is not decided on', () => {
    expect(() => look({ order: order({ status: 'paid' }), payments: [] }, [])).toThrow(
      /ends where statusOf says/,
    )
  })
})

describe('what is over stays over', () => {
  const late = { nowMs: AFTER_MS }

  test('S-06: an order whose money is all back does not expire', () => {
    const { held: back } = walk(fresh, [[cancelled({}, 14_000)]])
    expect(look(back, [cancelled({}, 14_000)], late)).toMatchObject({
      order: { status: 'cancelled' },
      notices: [],
    })
  })

  test('an order expires once', () => {
    expect(look(expired, [], late)).toMatchObject({ order: { status: 'expired' }, notices: [] })
  })

  test('of an order that expired no failed try and no account is announced', () => {
    for (const sight of [seen({ status: 'failed' }), account()])
      expect(look(expired, [sight])).toMatchObject({ order: { status: 'expired' }, notices: [] })
  })

  test('money of one try holds the order open, whatever became of the others', () => {
    const sight = [seen({ amounts: [500] }), second(seen({ status: 'ready' }))]
    expect(look(fresh, sight, late).order?.status).toBe('open')
    expect(look(fresh, sight.toReversed(), late).order?.status).toBe('open')
  })
})

describe('the history', () => {
  /** Each line of it, over looks one after the other. */
  const told = (before: Held, looks: readonly (readonly Observation[])[], changed = {}) =>
    walk(before, looks, changed).decisions.flatMap(({ timeline }) =>
      timeline.map(({ event, from, to, reason }) => [event, from, to, reason]),
    )
  const noticed = (status: string) => ['payment.seen', null, null, status]

  test('has a line for each step that is seen of a payment, and names the payment', () => {
    expect(look(fresh, [seen({ status: 'ready' })]).timeline).toEqual([
      { event: 'payment.seen', paymentId: 'imp_1', from: null, to: null, reason: 'ready' },
    ])
    expect(
      told(fresh, [[seen({ status: 'ready' })], [seen({ status: 'ready' })], [seen()], [seen()]]),
    ).toEqual([
      noticed('ready'),
      noticed('paid'),
      [
        'payment.paid',
        'open',
        'paid',
        'the gateway says paid: this order, this amount, this currency, a live channel',
      ],
    ])
  })

  test('says why a try failed, in the gateway’s words when it has any', () => {
    const failed = (failReason: string | null) => [[seen({ status: 'failed' }, { failReason })]]
    expect(told(fresh, failed('한도초과')).at(-1)).toEqual(['payment.failed', 'open', 'open', '한도초과'])
    expect(told(fresh, failed(null)).at(-1)?.at(-1)).toBe('failed at the gateway')
  })

  test('says how much of how much came back', () => {
    const lines = told(fresh, [[seen()], [cancelled({}, 400, 13_600)]])
    expect(lines.slice(-2)).toEqual([
      ['payment.partially_cancelled', 'paid', 'partially_cancelled', 'the gateway has returned 400 of 14000'],
      ['payment.cancelled', 'partially_cancelled', 'cancelled', 'the gateway has returned 14000 of 14000'],
    ])
  })

  test('says that an account waits, and that a deadline has passed', () => {
    expect(
      told(fresh, [[account()]])
        .at(-1)
        ?.at(-1),
    ).toBe('a virtual account is issued for exactly this amount')
    expect(told(fresh, [[]], { nowMs: AFTER_MS }).at(-1)?.at(-1)).toMatch(
      /deadline has passed.*found no money/,
    )
  })

  test.each<[string, Observation[], object, RegExp]>([
    ['a test channel', [seen({ testChannel: true })], {}, /^paid in a test channel, which is not money$/],
    ['a currency', [seen({ currencies: ['USD'] })], {}, /^paid in USD, the order is in KRW$/],
    ['an amount', [seen({ amounts: [500] })], {}, /^paid 500, the order is 14000$/],
    ['a second payment', [seen(), second(seen())], {}, /^the order already has its payment$/],
  ])('says of %s why it is refused, and so does the wish to give it back', (_, sight, changed, why) => {
    const decision = look(fresh, sight, changed)
    expect(decision.timeline.at(-2)?.reason).toMatch(why)
    expect(decision.timeline.at(-1)).toMatchObject({
      event: 'cancel.decided',
      reason: expect.stringMatching(/^\d+: (rejected|surplus)$/),
    })
    expect(decision.intents.at(-1)?.reason).toMatch(why)
  })

  test('says of late money that the order had expired', () => {
    const decision = look(expired, [seen()], { policy: { ...policy, onLate: 'cancel' } })
    expect(decision.intents).toMatchObject([
      { cause: 'late', reason: 'the order had expired', refundAccount: null, taxFree: null, vat: null },
    ])
  })

  test('says why an account is closed, and closes it for nothing', () => {
    const { decisions } = walk(fresh, [[account(), second(seen())]])
    expect(decisions[0]?.intents).toEqual([
      {
        intentId: 'close-imp_1',
        orderId: 'ord-1001',
        paymentId: 'imp_1',
        amount: 0,
        expectedBalance: 0,
        cause: 'account',
        reason: 'the order has its payment',
        refundAccount: null,
        taxFree: null,
        vat: null,
      },
    ])
  })

  test('says of a payment without an order that there is none here', () => {
    const nobody = { order: null, payments: [] }
    expect(look(nobody, [seen({ status: 'ready' })]).timeline).toEqual([
      {
        event: 'payment.seen',
        paymentId: 'imp_1',
        from: null,
        to: null,
        reason: 'no such order here: ready',
      },
    ])
    expect(
      told(nobody, [[seen({ status: 'ready' })], [seen({ status: 'ready' })], [seen()], [seen()]]),
    ).toHaveLength(2)
  })
})

describe('evidence against itself leaves what was decided', () => {
  test('money that came back together with it is told after the person is called, by its own event', () => {
    const odd = [cancelled({ amounts: [28_000] }, 14_000)]
    const { decisions } = walk(fresh, [[seen()], odd, odd], {}, CERTAIN_MS)
    const moves = decisions
      .slice(1)
      .flatMap(({ timeline }) => timeline.map(({ event, from, to }) => [event, from, to]))
    expect(moves).toEqual([
      ['payment.contradicted', null, null],
      ['payment.cancelled', 'paid', 'cancelled'],
      ['order.review', 'cancelled', 'cancelled'],
    ])
  })

  test('an account that contradicts itself is left to a person when another payment is kept', () => {
    const odd = [account({ amounts: [500] })]
    const { decisions } = walk(fresh, [[account()], odd, odd, [second(seen())]], {}, CERTAIN_MS)
    expect(decisions.at(-1)).toMatchObject({ order: { status: 'paid' }, intents: [] })
  })

  test('G-07: nothing of another order’s record becomes part of the payment', () => {
    const { held: end } = walk(fresh, [
      [seen()],
      [seen({ orderId: 'ord-2002', amounts: [999], testChannel: true })],
    ])
    expect(end.payments).toMatchObject([
      {
        orderId: 'ord-1001',
        amounts: [14_000],
        testChannel: false,
        contradiction: { what: 'order_changed' },
      },
    ])
  })

  test('why it was refused stays known', () => {
    const { held: end } = walk(fresh, [[seen({ amounts: [500] })], [seen({ amounts: [700] })]])
    expect(end.payments).toMatchObject([
      { standing: 'rejected', rejectReason: 'amount', contradiction: { what: 'amount_changed' } },
    ])
    const { held: still } = walk(fresh, [[seen({ amounts: [500] })], [cancelled({ amounts: [500] }, 100)]])
    expect(still.payments).toMatchObject([{ standing: 'rejected', rejectReason: 'amount' }])
  })
})

describe('a return', () => {
  test('S-09: says nothing about money; it is noted, and looks are counted from it', () => {
    const first = look(fresh, [], { returned: returned({ says: 'success', paymentId: null }) })
    expect(first).toMatchObject({
      order: { status: 'open', returns: [{ says: 'success', looks: 1 }] },
      notices: [],
    })
    expect(look(record(fresh, first), []).order?.returns[0]?.looks).toBe(2)
  })

  test('an older return does not take a newer one’s place', () => {
    const before = record(fresh, look(fresh, [], { returned: returned() }))
    const older = returned({ says: 'nothing', atMs: NOW_MS - 1 })
    expect(look(before, [], { returned: older }).order?.returns).toMatchObject([
      { says: 'failure', looks: 2 },
    ])
  })
})

describe('a person', () => {
  const input = {
    order: order(),
    payments: [],
    seen: [],
    look: { by: 'order' as const, beganAtMs: NOW_MS },
    returned: null,
    evidence: noEvidence,
    requestedRefunds: [],
    policy,
    nowMs: NOW_MS,
    nowIso: '2026-11-01T03:08:20.000Z',
  }

  test('is called once for what is no observation', () => {
    const call = { reason: 'bad_money', payment: null, atStake: 14_000, note: 'amount' } as const
    const called = openReviewFor(input, call)
    expect(called).toMatchObject({
      order: {
        status: 'open',
        reviews: [{ reviewId: 'bad_money', atStake: 14_000, sinceMs: NOW_MS, note: 'amount' }],
      },
      notices: [{ type: 'order.review', sequence: 1, body: { data: { review: { id: 'bad_money' } } } }],
      timeline: [{ event: 'order.review', paymentId: null, from: 'open', to: 'open', reason: 'amount' }],
      intents: [],
    })
    expect(openReviewFor({ ...input, order: called?.order ?? order() }, call)).toBeNull()
  })

  test('O-11: is called for a second fault while one stands, and the oldest is told of the order', () => {
    const first = openReviewFor(input, { reason: 'bad_money', payment: null, atStake: 1, note: 'a' })
    const next = { reason: 'cancel_failed', payment: held(), atStake: 2, note: 'b' } as const
    const second = openReviewFor({ ...input, order: first?.order ?? order() }, next)
    expect(reasonsOf(second?.order ?? null)).toEqual(['bad_money', 'cancel_failed'])
    expect(second?.notices).toMatchObject([
      {
        id: 'order%2Ereview:ord-1001:imp_1:cancel_failed-imp_1',
        body: {
          data: {
            order: { review: { reason: 'bad_money' } },
            review: { reason: 'cancel_failed', atStake: 2 },
          },
        },
      },
    ])
  })
})

test('M-22, M-26: the gateway is asked about another sum also when that is back before anybody looked', () => {
  const gone = cancelled({ amounts: [13_000] }, 13_000)
  expect(needsFixedAmount(order(), [gone])).toBe(true)
  expect(look(fresh, [gone]).notices.map(({ type }) => type)).toEqual(['payment.returned'])
})

test('M-25: a person’s call for a cancel ends also when the cancel was done before the look', () => {
  const kept = held({ standing: 'kept' })
  const called = review({ reviewId: 'cancel_failed-imp_1', reason: 'cancel_failed' })
  const before = {
    order: order({ status: 'paid', keptPaymentId: 'imp_1', reviews: [called] }),
    payments: [kept],
  }
  const asked = [
    { intentId: 'shop-1', paymentId: 'imp_1', amount: 4_000, isDone: true, cancelledBefore: null },
  ]
  const told = look(before, [cancelled({}, 4_000)], { requestedRefunds: asked })
  expect(reasonsOf(told.order)).toEqual([])
})
