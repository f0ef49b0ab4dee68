import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { spared } from '../../test/lacking.ts'
import {
  CancelAnswer,
  CancelInput,
  Checkout,
  OrderInput,
  ProblemAnswer,
  Product,
  ReplayAnswer,
  ReplayInput,
  ShopOrderInput,
  ShownScreen,
  VerifyInput,
  ViewerInput,
} from '../index.ts'

const shown = {
  kind: 'not_found',
  scope: 'full',
  order: { orderId: 'ord-1001', name: 'sample', amount: 14_000, currency: 'KRW' },
  token: 't',
  final: true,
  shopUrl: null,
  tryAgainUrl: null,
  appUrl: 'myshop://',
  forwardUrl: 'https://shop.example/?order_id=o',
  shop: { name: '뭍 상점', logoUrl: 'https://shop.example/logo.svg', contact: 'tel:02-123-4567' },
  atMs: 5,
}
const wish = {
  orderId: 'ord-1001',
  paymentId: 'imp_1',
  amount: 3,
  taxFree: 1,
  vat: 2,
  reason: 'x',
  idempotencyKey: 'k',
  refundAccount: { bank: '088', account: '110-123-456789', holder: '홍길동', tel: '010-1234-5678' },
}

describe('nothing that a call needs or is answered with may be missing', () => {
  test.each<[string, z.ZodType, object, string[]]>([
    [
      'a wish to cancel',
      CancelInput,
      wish,
      ['paymentId', 'amount', 'taxFree', 'vat', 'refundAccount', 'refundAccount.tel'],
    ],
    ['its answer', CancelAnswer, { cancelId: 'c', orderId: 'o', amount: 1, state: 'waiting' }, []],
    ['which order', OrderInput, { orderId: 'ord-1001' }, []],
    ['the viewer’s token', ViewerInput, { token: 't' }, ['token']],
    ['one notice to tell again', ReplayInput, { id: 'n' }, []],
    ['a time of which to tell again', ReplayInput, { from: 0, to: 1 }, []],
    ['how many are told again', ReplayAnswer, { replayed: 2 }, []],
    ['what a program is told of a problem', ProblemAnswer, { kind: 'bad_input', message: 'x' }, []],
    ['a product', Product, { productId: 'p', name: 'n', description: 'd', amount: 1, currency: 'KRW' }, []],
    ['a wish to buy', ShopOrderInput, { productId: 'p' }, []],
    ['a wish to try again', ShopOrderInput, { orderId: 'ord-1001' }, []],
    [
      'a checkout',
      Checkout,
      {
        gateway: 'portone-v1',
        orderId: 'o',
        name: 'n',
        amount: 1,
        currency: 'KRW',
        returnUrl: 'u',
        token: 't',
        userCode: 'c',
        sdkUrl: 's',
      },
      [],
    ],
  ])('%s', (_, schema, value, optional) => {
    expect(schema.parse(value)).toStrictEqual(value)
    expect(spared(schema, value)).toEqual(optional)
  })

  test('a screen comes with what its page needs; the way into an app, forwarding and the shop’s face may be left out', () => {
    const { token, final, shopUrl, tryAgainUrl, appUrl, forwardUrl, shop, atMs } = shown
    const needed = { token, final, shopUrl, tryAgainUrl, appUrl, forwardUrl, shop, atMs }
    expect(ShownScreen.parse(shown)).toStrictEqual(shown)
    const missing = Object.keys(needed).filter(
      (field) => !ShownScreen.safeParse({ ...shown, [field]: undefined }).success,
    )
    expect(missing).toEqual(['token', 'final', 'shopUrl', 'tryAgainUrl', 'atMs'])
    expect(ShownScreen.safeParse({ ...shown, atMs: 0.5 }).success).toBe(false)
  })
})

describe('the bounds of what is asked', () => {
  test.each<[string, unknown[], unknown[]]>([
    ['orderId', ['', 'o'.repeat(101)], ['o', 'o'.repeat(100), 'a number / of the gateway’s']],
    ['paymentId', ['a b'], ['imp_2', undefined]],
    ['amount', [0, -1, 0.5], [1, undefined]],
    ['taxFree', [-1, 0.5], [0, undefined]],
    ['vat', [-1, 0.5], [0, undefined]],
    ['reason', ['', ' ', 'r'.repeat(201)], ['r', 'r'.repeat(200)]],
    ['idempotencyKey', ['', 'k'.repeat(257)], ['k', 'k'.repeat(256)]],
    ['refundAccount', [{}, null], [undefined]],
    ['other', [1], []],
  ])('of a wish to cancel: %s', (field, bad, good) => {
    for (const value of bad) expect(CancelInput.safeParse({ ...wish, [field]: value }).success).toBe(false)
    for (const value of good) expect(CancelInput.safeParse({ ...wish, [field]: value }).success).toBe(true)
  })

  test('a return needs no token; one that is there has 1 to 2,000 characters', () => {
    for (const token of [undefined, null, 't', 't'.repeat(2_000)])
      expect(VerifyInput.safeParse({ imp_uid: 'imp_1', token }).success).toBe(true)
    for (const token of ['', 't'.repeat(2_001)]) {
      expect(VerifyInput.safeParse({ imp_uid: 'imp_1', token }).success).toBe(false)
      expect(ViewerInput.safeParse({ token }).success).toBe(false)
    }
  })

  test('an order is asked for by nothing but its id', () => {
    expect(OrderInput.safeParse({ orderId: 'ord-1001', id: 1 }).error?.issues[0]?.message).toBe(
      'id is no known field',
    )
  })

  test('times to tell again from begin at 0 and end after they begin', () => {
    const told = (from: number, to: number) => ReplayInput.safeParse({ from, to })
    expect(told(0, 1).success).toBe(true)
    for (const [from, to] of [
      [-1, 1],
      [0.5, 1],
      [0, 1.5],
      [-2, -1],
      [1, 1],
    ] as const)
      expect(told(from, to).success, `${from} ${to}`).toBe(false)
    expect(ReplayInput.safeParse({ id: 'n', to: 1 }).success).toBe(false)
    expect(ReplayInput.safeParse({ from: 0, to: 1, all: true }).success).toBe(false)
  })

  test('a product’s id has up to 40 characters, an order’s its own letters', () => {
    expect(ShopOrderInput.safeParse({ productId: 'p'.repeat(40) }).success).toBe(true)
    for (const bad of [{ productId: 'p'.repeat(41) }, { orderId: 'a/b' }, {}])
      expect(ShopOrderInput.safeParse(bad).success).toBe(false)
  })
})
