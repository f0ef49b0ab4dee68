import { describe, expect, test } from 'vitest'
import {
  account,
  cancelled,
  fresh,
  held,
  inputOf,
  NOW_MS,
  order,
  policy,
  seen,
  walk,
} from '../../test/samples.ts'
import { closeOrder, isDeclared, NoticeType, type Observation, OrderStatus, transitions } from '../index.ts'

test('S-06: no edge leads out of cancelled', () => {
  expect(transitions.filter((edge) => edge.from === 'cancelled')).toEqual([])
})

test('S-06: nothing paid becomes unpaid', () => {
  const money = new Set(['paid', 'partially_cancelled', 'cancelled'])
  expect(transitions.filter((edge) => money.has(edge.from) && !money.has(edge.to))).toEqual([])
})

test('S-02: only payment.paid leads to paid, and only from where there was no money', () => {
  const toPaid = transitions.filter((edge) => edge.to === 'paid')
  expect(toPaid.map((edge) => [edge.from, edge.event])).toEqual([
    ['open', 'payment.paid'],
    ['awaiting_deposit', 'payment.paid'],
    ['expired', 'payment.paid'],
  ])
})

test('every status can be reached from open', () => {
  const reached = new Set<OrderStatus>(['open'])
  for (const _ of OrderStatus.options)
    for (const edge of transitions) if (reached.has(edge.from)) reached.add(edge.to)
  expect([...reached].toSorted()).toEqual(OrderStatus.options.toSorted())
})

test('each edge is told once', () => {
  const told = transitions.map((edge) => `${edge.from} ${edge.to} ${edge.event}`)
  expect(new Set(told).size).toBe(told.length)
})

test('what the table does not hold is not declared', () => {
  expect(isDeclared({ from: 'paid', to: 'open', event: 'payment.failed' })).toBe(false)
  expect(isDeclared({ from: 'open', to: 'paid', event: 'payment.failed' })).toBe(false)
  expect(isDeclared({ from: 'open', to: 'paid', event: 'payment.paid' })).toBe(true)
  const moves = OrderStatus.options.flatMap((from) =>
    OrderStatus.options.flatMap((to) => NoticeType.options.map((event) => ({ from, to, event }))),
  )
  const declared = moves
    .filter((move) => isDeclared(move))
    .map(({ from, to, event }) => `${from} ${to} ${event}`)
  expect(declared.toSorted()).toEqual(
    transitions.map(({ from, to, event }) => `${from} ${to} ${event}`).toSorted(),
  )
})

describe('each edge is one that decide takes, or the shop', () => {
  const failed = seen({ status: 'failed' })
  const after = order({ expiresAtMs: NOW_MS })
  const gone = account({}, { accountDueAtMs: 1 })
  const given: readonly [string, Observation[], typeof after?][] = [
    ['open awaiting_deposit payment.awaiting_deposit', [account()]],
    [
      'open awaiting_deposit order.review_ended',
      [account(), account({ amounts: [1] }), account({ amounts: [1] }), account()],
    ],
    ['open paid payment.paid', [seen()]],
    ['open cancelled payment.cancelled', [cancelled({}, 14_000)]],
    ['open expired order.expired', [failed], after],
    ['awaiting_deposit open payment.failed', [account(), failed]],
    ['awaiting_deposit open payment.rejected', [account(), seen({ testChannel: true })]],
    ['awaiting_deposit open payment.returned', [account(), cancelled({ testChannel: true }, 14_000)]],
    ['awaiting_deposit open order.review', [account(), account({ amounts: [1] }), account({ amounts: [1] })]],
    ['awaiting_deposit paid payment.paid', [account(), seen()]],
    ['awaiting_deposit cancelled payment.cancelled', [account(), cancelled({}, 14_000)]],
    ['awaiting_deposit expired order.expired', [gone], after],
    ['expired paid payment.paid', [failed, seen()], after],
    ['expired cancelled payment.cancelled', [failed, cancelled({}, 14_000)], after],
    ['paid partially_cancelled payment.partially_cancelled', [cancelled({}, 400)]],
    ['paid cancelled payment.cancelled', [seen(), cancelled({}, 14_000)]],
    ['partially_cancelled partially_cancelled payment.partially_cancelled', [cancelled({}, 400, 400)]],
    ['partially_cancelled cancelled payment.cancelled', [seen(), cancelled({}, 400, 13_600)]],
  ]

  test.each(given)('%s', (edge, looks, from = fresh.order ?? undefined) => {
    const start = { order: from ?? null, payments: [held({ paymentId: 'imp_9', status: 'ready' })] }
    const sights = looks.map((each) => [each])
    const { decisions } = walk(start, sights, { policy }, 31_000)
    const taken = decisions.flatMap((decision) =>
      decision.timeline.map((entry) => `${entry.from} ${entry.to} ${entry.event}`),
    )
    expect(taken).toContain(edge)
  })

  const called = ['open expired order.closed', 'awaiting_deposit expired order.closed']

  test.each(called)('%s', (edge) => {
    const [status] = edge.split(' ')
    const payments = status === 'open' ? [] : [held(account())]
    const theOrder = order({ status: OrderStatus.parse(status) })
    const input = { ...inputOf({ order: theOrder, payments }, []), order: theOrder, actor: 'key:till' }
    const closed = closeOrder(input, 'sold out')
    const taken = closed.ok
      ? closed.value?.timeline.map(({ from, to, event }) => `${from} ${to} ${event}`)
      : []
    expect(taken).toContain(edge)
  })

  test('and none is left out', () => {
    const declared = transitions.map((edge) => `${edge.from} ${edge.to} ${edge.event}`)
    expect([...given.map(([edge]) => edge), ...called].toSorted()).toEqual(declared.toSorted())
  })
})
