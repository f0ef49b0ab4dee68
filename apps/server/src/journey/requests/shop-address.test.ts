import { describe, expect, test } from 'vitest'
import { payAgainAt, returnToFault, wayBack } from './shop-address.ts'

const where = {
  shopUrl: 'https://shop.example/home?lang=ko',
  sandboxMode: false,
  shop: { returnOrigins: ['https://shop.example', 'http://localhost:3000'] },
}
const order = (returnTo: string | null) => ({ orderId: 'ord 1&a=b', returnTo, reference: null })

describe('the way back to the shop', () => {
  test.each([
    ['https://shop.example/thanks', 'https://shop.example/thanks?order_id=ord%201%26a%3Db'],
    ['https://shop.example', 'https://shop.example/?order_id=ord%201%26a%3Db'],
    [
      'https://shop.example/t?cart=7&lang=ko+KR&x&y=%20a',
      'https://shop.example/t?cart=7&lang=ko+KR&x&y=%20a&order_id=ord%201%26a%3Db',
    ],
    ['https://shop.example/#/thanks?a=1', 'https://shop.example/?order_id=ord%201%26a%3Db#/thanks?a=1'],
    [
      'https://shop.example/?order_id=other&order%5Fid=x&again=0',
      'https://shop.example/?again=0&order_id=ord%201%26a%3Db',
    ],
  ])('%s keeps what the shop wrote, and gets the order’s number once', (returnTo, url) => {
    expect(wayBack(order(returnTo), where)).toBe(url)
  })

  test('without a returnTo it is the shop’s own address, unchanged', () => {
    expect(wayBack(order(null), where)).toBe(where.shopUrl)
    expect(wayBack(null, where)).toBe(where.shopUrl)
    expect(wayBack(order(null), { ...where, shopUrl: null })).toBeNull()
  })

  test('R-15, S-18: a returnTo whose origin is listed no more is not followed', () => {
    for (const returnTo of [
      'https://evil.example/',
      'https://shop.example.evil.example/',
      'https://shop.example:8443/',
      'https://m.shop.example/',
      'http://shop.example/',
    ]) {
      expect(returnToFault(returnTo, where)).toBe('its origin is not on RETURN_ORIGINS')
      expect(wayBack(order(returnTo), where)).toBe(where.shopUrl)
    }
  })

  test('plain http on loopback is followed in sandbox mode alone', () => {
    const local = order('http://localhost:3000/thanks')
    expect(wayBack(local, { ...where, sandboxMode: true })).toMatch(/^http:\/\/localhost:3000\/thanks\?/)
    expect(returnToFault(local.returnTo ?? '', where)).toBe('plain http is for a sandbox alone')
    expect(wayBack(local, where)).toBe(where.shopUrl)
  })
})

describe('the address for another payment', () => {
  const again = { ...order('https://shop.example/thanks?cart=7'), reference: { cart: 'C-7', who: 'a&b' } }

  test('is the way back with again=1 and the shop’s references', () => {
    expect(payAgainAt(again, where)).toBe(
      'https://shop.example/thanks?cart=7&order_id=ord%201%26a%3Db&again=1&reference=C-7&reference=a%26b',
    )
  })

  test('is at the shop’s own address without a returnTo, and nowhere without a shop', () => {
    expect(payAgainAt(order(null), where)).toBe(
      'https://shop.example/home?lang=ko&order_id=ord%201%26a%3Db&again=1',
    )
    expect(payAgainAt(order(null), { ...where, shopUrl: null })).toBeNull()
  })
})
