import { describe, expect, test } from 'vitest'
import { MINUTE_MS, NOW_MS, order } from '../../test/samples.ts'
import { changedTerms, RegisterInput, type Order } from '../index.ts'

const given = { orderId: 'ord-1001', name: 'sample', amount: 14_000 }
/** What a shop is told is wrong with its registration. */
const faultsOf = (change: object): string[] =>
  RegisterInput.safeParse({ ...given, ...change }).error?.issues.map(({ message }) => message) ?? []

describe('a registration that cannot be meant is refused in words', () => {
  test.each([
    ['a misspelt field', { taxfree: 1 }, 'taxfree is no known field'],
    ['two of them', { taxfree: 1, expires: 2 }, 'taxfree, expires is no known field'],
    ['a field whose name is a text of its own', { '<b>hello</b>': 1 }, 'has a field that is not known'],
    ['a currency nobody knows', { currency: 'ABC' }, 'is no currency of ISO 4217'],
    ['seconds', { expiresAt: 1_793_500_100 }, 'looks like seconds'],
    ['an address without TLS', { returnTo: 'http://shop.example/done' }, 'is an https address'],
    ['parts that are more than the whole', { taxFree: 14_000, vat: 1 }, 'more than the amount'],
  ])('%s', (_, change, words) => {
    expect(faultsOf(change)).toEqual([expect.stringContaining(words)])
  })

  test.each([
    'https://shop.example/주문/1?ok=1#x',
    'http://localhost:3000/done',
    'http://127.0.0.1/done',
    'http://[::1]:3000/',
  ])('the customer may go back to %s', (returnTo) => {
    expect(faultsOf({ returnTo })).toEqual([])
  })

  test.each([
    'javascript:alert(1)',
    '//shop.example',
    'https:\\\\shop.example',
    'https://shop.example@evil.example/',
    'https://shop.example/a b',
    'https://shop.example/\n',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'https://',
  ])('and not to %j', (returnTo) => {
    expect(faultsOf({ returnTo })).toHaveLength(1)
  })
})

describe('a second registration', () => {
  const at = { nowMs: NOW_MS, accountLifeMaxMs: 1_000 }
  const again = (change: object, held: Partial<Order> = {}) =>
    changedTerms(order(held), RegisterInput.parse({ ...given, ...change }), at)
  const fieldsOf = (...asked: Parameters<typeof again>): readonly string[] | string => {
    const changed = again(...asked)
    if (changed.ok) return changed.value.fields
    return changed.problem.kind === 'bad_input' ? changed.problem.where : changed.problem.kind
  }

  test('with the same values changes nothing, and what it leaves out stays', () => {
    const held = { taxFree: 1, vat: 2, reference: ['C-7'], returnTo: 'https://shop.example/' }
    expect(again({}, held)).toEqual({ ok: true, value: { order: order(held), fields: [] } })
    expect(fieldsOf({ ...held, expiresAt: order().expiresAtMs }, held)).toEqual([])
  })

  test('with others they follow while the order is open, and no longer once it is not', () => {
    const others = {
      name: 'another',
      expiresAt: NOW_MS + MINUTE_MS,
      taxFree: 5,
      vat: 6,
      reference: { cart: 'C-8' },
      returnTo: 'https://shop.example/b',
    }
    const changed = again(others, { emptyAfterDeadline: true })
    const { expiresAt: expiresAtMs, ...rest } = others
    expect(changed).toMatchObject({
      value: {
        order: { ...rest, expiresAtMs, accountsUntilMs: expiresAtMs + 1_000, emptyAfterDeadline: true },
        fields: ['name', 'expiresAt', 'taxFree', 'vat', 'reference', 'returnTo'],
      },
    })
    for (const held of [{ status: 'paid' }, { status: 'expired' }, { closedAtMs: NOW_MS }] as const)
      expect(again({ ...others, expiresAt: NOW_MS - 1 }, held)).toEqual({
        ok: true,
        value: { order: order(held), fields: [] },
      })
  })

  test('a deadline that is put off was not looked after yet', () => {
    const changed = again({ expiresAt: NOW_MS + 60 * MINUTE_MS }, { emptyAfterDeadline: true })
    expect(changed).toMatchObject({ value: { order: { emptyAfterDeadline: false } } })
  })

  test('another sum is a conflict, whatever the order’s status; what cannot be meant is refused', () => {
    expect(fieldsOf({ amount: 1 }, { status: 'paid' })).toBe('order_conflict')
    expect(fieldsOf({ currency: 'USD' })).toBe('order_conflict')
    expect(fieldsOf({ expiresAt: NOW_MS })).toBe('expiresAt: lies in the past')
    expect(fieldsOf({ expiresAt: NOW_MS * 1_000 })).toMatch(/^expiresAt: lies more than 10 years ahead/)
    // Each alone fits, and with what is held they do not.
    expect(fieldsOf({ taxFree: 10_000 }, { vat: 5_000 })).toMatch(/^taxFree: .*more than the amount/)
  })
})
