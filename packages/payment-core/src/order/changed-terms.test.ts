import { describe, expect, test } from 'vitest'
import { MINUTE_MS, NOW_MS, order } from '../../test/samples.ts'
import { changedTerms, RegisterInput, type Order } from '../index.ts'

const held: Partial<Order> = { taxFree: 1, vat: 2, reference: ['C-7'], returnTo: 'https://shop.example/' }
const given = { orderId: 'ord-1001', name: 'sample', amount: 14_000 }
const again = (change: object, theOrder: Order) =>
  changedTerms(theOrder, RegisterInput.parse({ ...given, ...change }), {
    nowMs: NOW_MS,
    accountLifeMaxMs: 1_000,
  })

describe('each field follows a second registration alone, and is named as the shop calls it', () => {
  test.each<[string, object, Partial<Order>]>([
    ['name', { name: 'another' }, { name: 'another' }],
    ['taxFree', { taxFree: 5 }, { taxFree: 5 }],
    ['vat', { vat: 6 }, { vat: 6 }],
    ['reference', { reference: { cart: 'C-8' } }, { reference: { cart: 'C-8' } }],
    ['returnTo', { returnTo: 'https://shop.example/b' }, { returnTo: 'https://shop.example/b' }],
    [
      'expiresAt',
      { expiresAt: NOW_MS + MINUTE_MS },
      { expiresAtMs: NOW_MS + MINUTE_MS, accountsUntilMs: NOW_MS + MINUTE_MS + 1_000 },
    ],
  ])('%s', (field, change, changed) => {
    expect(again(change, order(held))).toEqual({
      ok: true,
      value: { order: order({ ...held, ...changed }), fields: [field] },
    })
  })
})

describe('a deadline', () => {
  const countLook = order({ emptyAfterDeadline: true, expiresAtMs: NOW_MS + 2 * MINUTE_MS })

  test('that is the same changes nothing, though it has passed since', () => {
    const passed = order({ expiresAtMs: NOW_MS - 1, emptyAfterDeadline: true })
    expect(again({ expiresAt: NOW_MS - 1 }, passed)).toEqual({
      ok: true,
      value: { order: passed, fields: [] },
    })
    expect(again({}, passed)).toEqual({ ok: true, value: { order: passed, fields: [] } })
  })

  test('that comes sooner was looked after if the later one was; one that comes later was not', () => {
    const emptyAfter = (theOrder: Order, expiresAt: number) => {
      const changed = again({ expiresAt }, theOrder)
      return changed.ok ? changed.value.order.emptyAfterDeadline : null
    }
    expect(emptyAfter(countLook, NOW_MS + MINUTE_MS)).toBe(true)
    expect(emptyAfter(countLook, NOW_MS + 3 * MINUTE_MS)).toBe(false)
    expect(emptyAfter({ ...countLook, emptyAfterDeadline: false }, NOW_MS + MINUTE_MS)).toBe(false)
  })

  test('that cannot be meant is refused by name', () => {
    expect(again({ expiresAt: NOW_MS }, order())).toEqual({
      ok: false,
      problem: { kind: 'bad_input', where: 'expiresAt: lies in the past' },
    })
  })
})

describe('what cannot be followed', () => {
  test('another sum or currency is a conflict, named by its field', () => {
    expect(again({ amount: 1 }, order())).toEqual({
      ok: false,
      problem: { kind: 'order_conflict', orderId: 'ord-1001', field: 'amount' },
    })
    expect(again({ currency: 'USD' }, order())).toEqual({
      ok: false,
      problem: { kind: 'order_conflict', orderId: 'ord-1001', field: 'currency' },
    })
  })

  test('parts that are more than the amount together with what is held', () => {
    const refusal = {
      ok: false,
      problem: { kind: 'bad_input', where: 'taxFree: taxFree and vat together are more than the amount' },
    }
    expect(again({ taxFree: 13_999 }, order(held))).toEqual(refusal)
    expect(again({ vat: 14_000 }, order(held))).toEqual(refusal)
    expect(again({ vat: 13_999 }, order(held)).ok).toBe(true)
    // Of the other part nothing is said at all.
    expect(again({ vat: 14_000 }, order()).ok).toBe(true)
    expect(again({ taxFree: 14_000 }, order()).ok).toBe(true)
  })
})
