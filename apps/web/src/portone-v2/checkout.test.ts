import { expect, test } from 'vitest'
import { paymentRequestOf, returnFieldsOfV2 } from './checkout.ts'

const checkout = {
  gateway: 'portone-v2',
  orderId: 'shop-1',
  name: '한지 노트',
  amount: 1_250,
  currency: 'USD',
  returnUrl: 'https://pay.test/complete/t',
  token: 't',
  storeId: 'store-1',
  channelKey: 'channel-key-1',
  sdkUrl: 'https://gateway.test/v2/browser-sdk.js',
} as const

test('the payment window receives the order’s id, name, amount in minor units and return address', () => {
  expect(paymentRequestOf(checkout, 'ko')).toMatchObject({
    storeId: 'store-1',
    channelKey: 'channel-key-1',
    paymentId: 'shop-1',
    orderName: '한지 노트',
    totalAmount: 1_250,
    currency: 'USD',
    redirectUrl: 'https://pay.test/complete/t',
    locale: 'KO_KR',
  })
  expect(paymentRequestOf(checkout, 'en').locale).toBe('EN_US')
})

test('only the claim’s fields of the result are passed on', () => {
  const answer = {
    transactionType: 'PAYMENT',
    paymentId: 'shop-1',
    txId: 'tx-1',
    code: 'FAILURE_TYPE_PG',
    pgMessage: '한도초과',
    cardNumber: '4330',
  }
  const { cardNumber, ...claim } = answer
  expect(cardNumber).toBe('4330')
  expect(
    Object.fromEntries(Object.entries(returnFieldsOfV2(answer)).filter(([, value]) => value !== undefined)),
  ).toEqual(claim)
})
