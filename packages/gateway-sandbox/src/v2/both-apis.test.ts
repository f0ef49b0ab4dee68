import { expect, test } from 'vitest'
import { z } from 'zod'
import { restCall, tokenOf } from '../../testing/test-merchant.ts'
import { DocumentedPaymentV2 } from '../../testing/documented-objects.ts'
import { openShopV2, requestOf } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

/** V1's look-up by id. */
const byV1 = async ({ gateway }: TestShopV2, impUid: string) =>
  restCall(gateway.url, 'GET', `/payments/${impUid}`, { authorization: await tokenOf(gateway.url) })

test('V1’s payment is seen by V2 as the same one, and cancelled by V2', async () => {
  await using shop = await openShopV2()
  const opened = shop.gateway.open({ merchantUid: 'ord1234', amount: 14_000, channel: 'live' })
  const impUid = opened.impUid ?? ''
  await shop.gateway.approve(impUid)
  const { body } = await shop.call('GET', '/payments/ord1234')
  DocumentedPaymentV2.parse(body)
  expect(body).toMatchObject({
    version: 'V1',
    transactionId: impUid,
    status: 'PAID',
    amount: { total: 14_000 },
    channel: { type: 'LIVE', pgProvider: 'HTML5_INICIS' },
  })
  await shop.client.cancelPayment({ paymentId: 'ord1234', reason: '변심', amount: 4_000 })
  expect((await byV1(shop, impUid)).response).toMatchObject({ status: 'cancelled', cancel_amount: 4_000 })
})

test('V2’s payment is seen by V1 under its transaction’s id', async () => {
  await using shop = await openShopV2()
  const txId = await shop.paid('ord1234')
  expect((await byV1(shop, txId)).response).toMatchObject({
    imp_uid: txId,
    merchant_uid: 'ord1234',
    status: 'paid',
    amount: 14_000,
  })
})

test('an amount registered by one API binds the other’s window', async () => {
  await using shop = await openShopV2()
  await shop.client.preRegisterPayment({ paymentId: 'ord1234', totalAmount: 9_000 })
  expect(shop.gateway.open({ merchantUid: 'ord1234', amount: 14_000 })).toMatchObject({ ok: false })
  shop.gateway.prepare({ merchantUid: 'ord5678', amount: 9_000 })
  expect(() => shop.opened('ord5678')).toThrow('AmountNotEqualToPredefined')
})

test('both origins have the control API and the window, and each opens by its own fields', async () => {
  await using shop = await openShopV2()
  const post = async (origin: string, path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${origin}/control${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return answer.json()
  }
  const { url, v2Url } = shop.gateway
  const v1 = await post(url, '/open', { merchantUid: 'ord-1', amount: 1_000 })
  const v2 = z
    .object({ txId: z.string(), windowUrl: z.string() })
    .parse(await post(v2Url, '/open', requestOf('ord-2')))
  expect(v1).toMatchObject({ ok: true, impUid: expect.stringMatching(/^imp_/) })
  expect(v2.windowUrl).toBe(`${v2Url}/window/${v2.txId}`)
  for (const origin of [url, v2Url]) {
    expect((await fetch(`${origin}/window/${v2.txId}`)).status).toBe(200)
    expect(await (await fetch(`${origin}/control/payments`)).json()).toHaveLength(2)
  }
  await post(url, `/payments/${v2.txId}/pay`, { cardNumber: '4242424242424242' })
  await post(v2Url, `/payments/${v2.txId}/dispute`, {})
  await post(v2Url, `/payments/${v2.txId}/resolve-dispute`, {})
  await post(v2Url, `/payments/${v2.txId}/charge-back`, { amount: 1_000 })
  expect((await shop.call('GET', '/payments/ord-2')).body).toMatchObject({
    status: 'PARTIAL_CANCELLED',
    cancellations: [{ trigger: 'CHARGEBACK', totalAmount: 1_000 }],
  })
})

test('minor units: USD has two decimals, the won none, and a part is exact', async () => {
  await using shop = await openShopV2()
  await shop.paid('ord1234', { currency: 'USD', totalAmount: 30 })
  await shop.client.cancelPayment({ paymentId: 'ord1234', reason: 'x', amount: 10 })
  await shop.client.cancelPayment({
    paymentId: 'ord1234',
    reason: 'x',
    amount: 10,
    currentCancellableAmount: 20,
  })
  expect((await shop.call('GET', '/payments/ord1234')).body).toMatchObject({
    currency: 'USD',
    amount: { total: 30, cancelled: 20 },
  })
  expect(shop.gateway.payments()).toMatchObject([{ amount: 0.3, cancel_amount: 0.2 }])
})

test('a promotion: the total is the order’s, what was paid is less', async () => {
  await using shop = await openShopV2()
  shop.gateway.misbehave({ promotionDiscount: 1_000 })
  await shop.paid('ord1234')
  expect((await shop.call('GET', '/payments/ord1234')).body).toMatchObject({
    amount: { total: 14_000, discount: 1_000, paid: 13_000 },
  })
})
