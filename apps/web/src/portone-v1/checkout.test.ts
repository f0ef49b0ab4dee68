import { expect, test } from 'vitest'
import { leavesThePage, payParamsOf, returnFieldsOf } from './checkout.ts'

const checkout = {
  gateway: 'portone-v1',
  orderId: 'shop-1',
  name: '한지 노트',
  amount: 9_800,
  currency: 'KRW',
  returnUrl: 'https://pay.test/complete/t',
  token: 't',
  userCode: 'imp00000000',
  sdkUrl: 'https://gateway.test/v1/iamport.js',
} as const

test('the payment window receives the order’s id, name, numeric amount and return address', () => {
  expect(payParamsOf(checkout, 'ko')).toMatchObject({
    pay_method: 'card',
    merchant_uid: 'shop-1',
    name: '한지 노트',
    amount: 9_800,
    currency: 'KRW',
    m_redirect_url: 'https://pay.test/complete/t',
    language: 'ko',
  })
  expect(payParamsOf({ ...checkout, amount: 1_250, currency: 'USD' }, 'en').amount).toBe(12.5)
  expect(payParamsOf({ ...checkout, amount: 1_250, currency: 'IQD' }, 'en').amount).toBe(1.25)
})

test('phones redirect and desktops do not', () => {
  expect(leavesThePage('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) KAKAOTALK')).toBe(true)
  expect(leavesThePage('Mozilla/5.0 (Linux; Android 15; wv) Mobile Safari')).toBe(true)
  expect(leavesThePage('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0')).toBe(false)
})

test('only the claim’s fields of the callback object are passed on', () => {
  const answer = {
    imp_uid: 'imp_1',
    merchant_uid: 'shop-1',
    success: true,
    card_number: '4330',
    buyer_name: '홍길동',
  }
  expect(Object.entries(returnFieldsOf(answer)).filter(([, value]) => value !== undefined)).toEqual([
    ['imp_uid', 'imp_1'],
    ['merchant_uid', 'shop-1'],
    ['success', true],
  ])
})
