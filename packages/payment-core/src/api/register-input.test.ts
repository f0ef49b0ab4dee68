import { describe, expect, test } from 'vitest'
import { spared } from '../../test/lacking.ts'
import { expiryFault, RegisterAnswer, RegisterInput } from '../index.ts'

const YEAR_MS = 366 * 24 * 60 * 60 * 1_000
const whole = {
  orderId: 'ord-1001',
  name: 'sample',
  amount: 14_000,
  currency: 'KRW',
  taxFree: 1,
  vat: 2,
  expiresAt: 1_793_500_100_000,
  returnTo: 'https://shop.example/done',
  reference: { cart: 'C-7' },
  appScheme: 'myshop',
}
const isTaken = (change: object): boolean => RegisterInput.safeParse({ ...whole, ...change }).success
const faultsOf = (change: object) => RegisterInput.safeParse({ ...whole, ...change }).error?.issues ?? []

describe('a registration', () => {
  test('needs an id, a name and an amount', () => {
    expect(RegisterInput.parse(whole)).toStrictEqual(whole)
    expect(spared(RegisterInput, whole)).toEqual([
      'currency',
      'taxFree',
      'vat',
      'expiresAt',
      'returnTo',
      'reference',
      'reference.cart',
      'appScheme',
    ])
  })

  test.each<[string, unknown[], unknown[]]>([
    ['orderId', ['a/b'], ['o']],
    ['name', ['', ' ', 'n'.repeat(201)], ['n', 'n'.repeat(200)]],
    ['amount', [0, -1, 0.5, 2 ** 53], [14_000, 2 ** 53 - 1]],
    ['taxFree', [-1, 0.5, 13_999], [0, 13_998]],
    ['vat', [-1, 0.5, 14_000], [0, 13_999]],
    ['expiresAt', [0, -1, 1e11 + 0.5, 1e11 - 1], [1e11]],
    [
      'returnTo',
      [`https://shop.example/${'x'.repeat(1_980)}`],
      [`https://shop.example/${'x'.repeat(1_979)}`],
    ],
  ])('is held to bounds: %s', (field, bad, good) => {
    for (const value of bad) expect(isTaken({ [field]: value }), String(value).slice(0, 40)).toBe(false)
    for (const value of good) expect(isTaken({ [field]: value }), String(value).slice(0, 40)).toBe(true)
  })

  test('parts that are more than the whole are a fault of the tax-free part', () => {
    expect(faultsOf({ vat: 14_000 })).toMatchObject([
      { path: ['taxFree'], message: 'taxFree and vat together are more than the amount' },
    ])
    expect(faultsOf({ taxFree: undefined, vat: 14_001 })).toHaveLength(1)
    expect(faultsOf({ taxFree: 14_001, vat: undefined })).toHaveLength(1)
    expect(faultsOf({ taxFree: undefined, vat: 14_000 })).toEqual([])
    expect(faultsOf({ taxFree: 14_000, vat: undefined })).toEqual([])
  })

  test('is told in whole sentences what would have been taken', () => {
    expect(faultsOf({ expiresAt: 5 })[0]?.message).toBe(
      'looks like seconds; it is epoch milliseconds, a thousand times as many',
    )
    expect(faultsOf({ returnTo: 'shop' })[0]?.message).toBe('is an https address; http on localhost alone')
    expect(faultsOf({ currency: 'ABC' })[0]?.message).toBe('is no currency of ISO 4217')
  })
})

describe('where a customer goes back to', () => {
  test.each([
    'https://shop.example/@someone',
    'https://shop.example/?to=a@b.example',
    'https://shop.example/#a@b',
    'https://shop.example?to=a@b.example',
    'https://shop.example#a@b',
    'HTTPS://shop.example/',
    'http://127.10.200.1:3000/',
    'http://localhost/',
  ])('may be %s', (returnTo) => {
    expect(isTaken({ returnTo })).toBe(true)
  })

  test.each([
    'https://someone@shop.example/',
    'HTTPS://a:b@shop.example/',
    'http://someone@localhost/',
    'https://shop.example/a\\b',
    'https://shop.example/\u0001',
    'https://shop.example/\u007F',
    'https://shop.example/\tx',
    ' https://shop.example/',
    'httpsx://shop.example/',
    'xhttps://shop.example/',
    'httpx://localhost/',
    'xhttp://localhost/',
    'ftp://localhost/',
    'http://evil.localhost/',
    'http://localhost.example/',
    'http://shop.example/localhost',
    'http://10.0.0.1/',
    'http://[::2]/',
    'http://[::1:1]/',
    'http://[1::1]/',
  ])('may not be %j', (returnTo) => {
    expect(isTaken({ returnTo })).toBe(false)
  })
})

describe('when an order expires', () => {
  test('is after now and at most ten years ahead', () => {
    expect(expiryFault(1_000, 1_000)).toBe('expiresAt: lies in the past')
    expect(expiryFault(1_001, 1_000)).toBeNull()
    expect(expiryFault(1_000 + 10 * YEAR_MS, 1_000)).toBeNull()
    expect(expiryFault(1_001 + 10 * YEAR_MS, 1_000)).toBe(
      'expiresAt: lies more than 10 years ahead; it is epoch milliseconds',
    )
  })
})

test('nothing of the answer to a registration may be missing', () => {
  const answer = {
    orderId: 'o',
    name: 'n',
    amount: 1,
    currency: 'KRW',
    taxFree: null,
    vat: null,
    reference: null,
    returnTo: null,
    status: 'open',
    registeredAt: 0,
    expiresAt: 1,
    returnUrl: 'u',
    amountFixed: false,
    conflict: false,
  }
  expect(RegisterAnswer.parse(answer)).toStrictEqual(answer)
  expect(spared(RegisterAnswer, answer)).toEqual([])
  for (const field of ['registeredAt', 'expiresAt'])
    expect(RegisterAnswer.safeParse({ ...answer, [field]: 0.5 }).success).toBe(false)
})
