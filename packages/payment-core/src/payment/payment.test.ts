import { describe, expect, test } from 'vitest'
import { account, cancelled, NOW_MS, seen } from '../../test/samples.ts'
import {
  amountOf,
  type Cancel,
  contradictionOf,
  currencyOf,
  Details,
  heldMoney,
  isBelow,
  join,
  PaymentStatus,
  remainderOf,
} from '../index.ts'
import { joinInDoubt } from './payment.ts'

const cancel = (id: string, changed: Partial<Cancel> = {}): Cancel => ({
  id,
  amount: 100,
  atMs: NOW_MS,
  reason: null,
  ...changed,
})

describe('W-05: two observations joined, whichever came first', () => {
  const both = (one: Parameters<typeof join>[0], other: Parameters<typeof join>[1]) => {
    const joined = join(one, other)
    expect(join(other, one)).toEqual(joined)
    return joined
  }

  test('have every amount and every currency that was ever seen, in ascending order', () => {
    const joined = both(seen({ amounts: [14_000] }), seen({ amounts: [500, 9], currencies: ['USD', 'EUR'] }))
    expect(joined).toMatchObject({ amounts: [9, 500, 14_000], currencies: ['EUR', 'KRW', 'USD'] })
    expect(both(seen(), seen())).toMatchObject({ amounts: [14_000], currencies: ['KRW'] })
  })

  test('stand on the higher rung, and have the larger sums', () => {
    expect(both(seen({ status: 'ready' }), seen({ status: 'failed' })).status).toBe('failed')
    expect(both(seen({ deposited: 5 }), seen({ deposited: 7 })).deposited).toBe(7)
    expect(both(cancelled({}, 400), cancelled({}, 400, 600)).cancelledAmount).toBe(1_000)
  })

  test('G-12: are of a test channel once either is', () => {
    expect(both(seen({ testChannel: true }), seen()).testChannel).toBe(true)
    expect(both(seen(), seen()).testChannel).toBe(false)
  })

  test('name one order, though each names another', () => {
    expect(both(seen({ orderId: 'a' }), seen({ orderId: 'b' })).orderId).toBe('b')
  })

  test('M-12: have each cancel once, with the most that was told of it', () => {
    const joined = both(
      seen({ cancels: [cancel('C', { amount: 100, atMs: NOW_MS + 5, reason: 'sold out' })] }),
      seen({ cancels: [cancel('C', { amount: 300, atMs: NOW_MS, reason: null })] }),
    )
    expect(joined.cancels).toEqual([cancel('C', { amount: 300, atMs: NOW_MS + 5, reason: 'sold out' })])
  })

  test('have their cancels by time, and those of one moment by id', () => {
    const [late, b, a] = [cancel('A', { atMs: NOW_MS + 1 }), cancel('C'), cancel('B')]
    expect(both(seen({ cancels: [late, b] }), seen({ cancels: [a] })).cancels).toEqual([a, b, late])
    expect(both(seen({ cancels: [late] }), seen({ cancels: [a, b] })).cancels).toEqual([a, b, late])
    expect(both(seen({ cancels: [a, b] }), seen({ cancels: [b, late] })).cancels).toEqual([a, b, late])
  })

  test.each<[keyof Details, string | number, string | number]>([
    ['method', 'card', 'transfer'],
    ['methodName', '신한카드', '현대카드'],
    ['cardNumber', '1', '2'],
    ['bankName', '국민은행', '신한은행'],
    ['accountNumber', '110-1', '110-2'],
    ['accountHolder', '김', '홍'],
    ['accountDueAtMs', 9, 10],
    ['receiptUrl', 'https://a.example', 'https://b.example'],
    ['failReason', '가', '나'],
    ['discount', 9, 10],
    ['startedAtMs', 9, 10],
    ['paidAtMs', 9, 10],
    ['failedAtMs', 9, 10],
    ['cancelledAtMs', 9, 10],
  ])('tell the larger %s, and never forget it', (field, small, large) => {
    const none = { [field]: null }
    const of = (value: string | number | null) => seen({}, { ...none, [field]: value })
    expect(both(of(small), of(large)).details[field]).toBe(large)
    expect(both(of(small), of(null)).details[field]).toBe(small)
    expect(both(of(null), of(null)).details[field]).toBeNull()
  })

  test('keep a nothing that was told: a discount of 0 is a discount', () => {
    expect(both(seen({}, { discount: 0 }), seen({}, { discount: null })).details.discount).toBe(0)
  })
})

test('G-11: the ladder goes from nothing over a failure to money, and back to none', () => {
  expect(PaymentStatus.options).toEqual(['ready', 'awaiting_deposit', 'failed', 'paid', 'cancelled'])
  for (const [index, status] of PaymentStatus.options.entries()) {
    expect(isBelow(status, status)).toBe(false)
    for (const higher of PaymentStatus.options.slice(index + 1)) expect(isBelow(status, higher)).toBe(true)
  }
  expect(PaymentStatus.options.filter((status) => heldMoney(seen({ status })))).toEqual(['paid', 'cancelled'])
})

test('S-05: what is left of a payment is its largest amount less what went back, and never less than nothing', () => {
  expect(remainderOf(cancelled({}, 4_000))).toBe(10_000)
  expect(remainderOf(cancelled({ amounts: [500, 14_000] }, 4_000))).toBe(10_000)
  expect(remainderOf(cancelled({}, 14_001))).toBe(0)
  expect(remainderOf(account())).toBe(0)
})

test('of a payment without amount or currency nothing is known', () => {
  const none = seen({ amounts: [], currencies: [] })
  expect([amountOf(none), currencyOf(none), remainderOf(none)]).toEqual([0, '', 0])
})

describe('what contradicts itself', () => {
  test.each<[string, string, Parameters<typeof contradictionOf>[1]]>([
    ['two amounts', 'amount_changed', seen({ amounts: [500, 14_000] })],
    ['no amount', 'amount_changed', seen({ amounts: [] })],
    ['two currencies', 'currency_changed', seen({ currencies: ['KRW', 'USD'] })],
    ['no currency', 'currency_changed', seen({ currencies: [] })],
    [
      'something cancelled and no money',
      'cancelled_without_money',
      seen({ status: 'failed', cancelledAmount: 1 }),
    ],
    ['cancels of another sum', 'cancels_do_not_add_up', { ...cancelled({}, 400, 600), cancelledAmount: 999 }],
    ['more cancelled than paid', 'cancelled_more_than_paid', cancelled({}, 14_001)],
    ['a second deposit', 'unexplained_deposit', seen({ deposited: 14_001 })],
    ['a deposit without money', 'unexplained_deposit', account({ deposited: 1 })],
    ['cancelled, and nothing of it', 'cancelled_without_amount', seen({ status: 'cancelled' })],
  ])('in one look: %s: %s', (_, contradiction, sight) => {
    expect(contradictionOf(null, sight)).toBe(contradiction)
    expect(contradictionOf(seen({ status: 'ready' }), sight)).toBe(contradiction)
  })

  test.each<[string, string, Parameters<typeof contradictionOf>[1]]>([
    ['G-07: another order', 'order_changed', seen({ orderId: 'ord-2002' })],
    ['G-09: another amount', 'amount_changed', seen({ amounts: [500] })],
    ['G-09: another currency', 'currency_changed', seen({ currencies: ['USD'] })],
    ['G-12: another channel', 'channel_changed', seen({ testChannel: true })],
    ['S-06: an earlier status', 'status_went_back', seen({ status: 'failed' })],
  ])('after money was seen: %s: %s', (_, contradiction, sight) => {
    expect(contradictionOf(seen(), sight)).toBe(contradiction)
  })

  test('M-12: less cancelled than before, or by other cancels', () => {
    const before = cancelled({}, 400, 600)
    expect(contradictionOf(before, cancelled({}, 400))).toBe('cancelled_amount_shrank')
    const [first, second] = before.cancels
    if (first === undefined || second === undefined) throw new Error('two cancels')
    const replaced = { ...before, cancels: [first, { ...second, id: 'X' }] }
    expect(contradictionOf(before, replaced)).toBe('cancels_vanished')
    expect(contradictionOf(before, { ...before, cancels: [] })).toBe('cancels_vanished')
  })
})

describe('what contradicts nothing', () => {
  test.each<[string, Parameters<typeof contradictionOf>[0], Parameters<typeof contradictionOf>[1]]>([
    ['money seen first', null, seen()],
    ['the same again', seen(), seen()],
    ['a step up', seen({ status: 'ready' }), seen()],
    ['all of it cancelled', seen(), cancelled({}, 14_000)],
    ['one cancel more', cancelled({}, 400), cancelled({}, 400, 600)],
    ['a cancel without a list of cancels', seen(), seen({ status: 'cancelled', cancelledAmount: 400 })],
    ['a deposit of exactly what was paid', seen(), seen({ deposited: 14_000 })],
    ['G-12: a test channel known before any money', seen({ status: 'ready' }), seen({ testChannel: true })],
    ['G-12: a test channel known as one', seen({ testChannel: true }), seen({ testChannel: true })],
    ['G-12: a test channel that is not told again', seen({ testChannel: true }), seen()],
  ])('%s', (_, before, sight) => {
    expect(contradictionOf(before, sight)).toBeNull()
  })
})

describe('G-09: evidence that contradicts what is held', () => {
  const before = seen({ status: 'paid', cancelledAmount: 0 })
  const odd = cancelled({ amounts: [28_000], currencies: ['USD'], testChannel: true }, 400)

  test('is all there is, when nothing was held', () => {
    expect(joinInDoubt(null, odd)).toEqual(odd)
  })

  test('G-07: is nothing, when it is of another order', () => {
    expect(joinInDoubt(before, { ...odd, orderId: 'ord-2002' })).toBe(before)
  })

  test('is joined but for what it is compared by', () => {
    const { amounts, currencies, testChannel } = before
    expect(joinInDoubt(before, odd)).toEqual({ ...odd, amounts, currencies, testChannel })
  })

  test('does not make money of a try that has none; that it went back is believed', () => {
    expect(joinInDoubt(seen({ status: 'failed' }), odd)).toMatchObject({
      status: 'failed',
      cancelledAmount: 400,
    })
    expect(joinInDoubt(before, odd).status).toBe('cancelled')
  })
})

test('what was recorded before some of it was told is read as not told', () => {
  const { approval: _, approvalNumber: __, cardIssuer: ___, ...older } = seen().details
  const later = { approval: 'later', approvalNumber: '30012345', cardIssuer: '국민' } as const
  expect(Details.parse(older)).toEqual(seen().details)
  expect(Details.parse({ ...older, ...later })).toEqual({ ...older, ...later })
})
