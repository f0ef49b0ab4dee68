// The official server SDK calls the sandbox over HTTP. The tests compare the raw answers with the fields of the official schema.
import { PaymentClient } from '@portone/server-sdk'
import { describe, expect, test } from 'vitest'
import {
  DocumentedPaymentV2,
  DocumentedTransaction,
  DocumentedWebhook,
} from '../../testing/documented-objects.ts'
import { DEFAULT_STORE_ID } from './state.ts'
import { CHANNEL_KEY, openShopV2 } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

/** The ways into each state, and what the answer says of the amount. */
const STATES: readonly [
  status: string,
  reach: (shop: TestShopV2, txId: string) => Promise<unknown>,
  amount: object,
][] = [
  ['READY', async () => undefined, { paid: 0, cancelled: 0 }],
  [
    'PAY_PENDING',
    async ({ gateway }, txId) => {
      gateway.misbehave({ approval: 'late', approvalLateMs: null }, txId)
      await gateway.pay(txId, { cardNumber: '4242424242424242' })
    },
    { paid: 0 },
  ],
  ['VIRTUAL_ACCOUNT_ISSUED', ({ gateway }, txId) => gateway.issueAccount(txId), { paid: 0 }],
  ['PAID', ({ gateway }, txId) => gateway.approve(txId), { paid: 14_000, vat: 1_273, supply: 12_727 }],
  ['FAILED', ({ gateway }, txId) => gateway.refuse(txId, 'limit'), { paid: 0 }],
  [
    'PARTIAL_CANCELLED',
    async ({ gateway }, txId) => {
      await gateway.approve(txId)
      await gateway.cancelInConsole(txId, 4_000)
    },
    { paid: 14_000, cancelled: 4_000 },
  ],
  [
    'CANCELLED',
    async ({ gateway }, txId) => {
      await gateway.issueAccount(txId)
      await gateway.cancelInConsole(txId)
    },
    { paid: 0, cancelled: 14_000 },
  ],
]

describe('@portone/server-sdk', () => {
  test.each(STATES)(
    'reads a payment that is %s, and its tries, as the schema documents them',
    async (status, reach, amount) => {
      await using shop = await openShopV2()
      const txId = shop.opened('ord1234')
      await reach(shop, txId)
      const payment = await shop.client.getPayment({ paymentId: 'ord1234' })
      expect(payment).toMatchObject({
        status,
        id: 'ord1234',
        transactionId: txId,
        version: 'V2',
        channel: { type: 'LIVE', key: CHANNEL_KEY },
        amount: { total: 14_000, discount: 0, ...amount },
      })
      DocumentedPaymentV2.parse(payment)
      const { items } = await shop.client.getPaymentTransactions({ paymentId: 'ord1234' })
      expect(items).toMatchObject([{ id: txId, paymentId: 'ord1234', status }])
      items.forEach((item) => DocumentedTransaction.parse(item))
    },
  )

  test('a cancelled account without a deposit has no paidAt', async () => {
    await using shop = await openShopV2()
    const txId = shop.opened('ord1234')
    await shop.gateway.issueAccount(txId)
    await shop.gateway.cancelInConsole(txId)
    expect(await shop.client.getPayment({ paymentId: 'ord1234' })).not.toHaveProperty('paidAt')
  })

  test('an unknown payment is PAYMENT_NOT_FOUND, a wrong secret UNAUTHORIZED, another store FORBIDDEN', async () => {
    await using shop = await openShopV2()
    const { v2Url: baseUrl } = shop.gateway
    await expect(shop.client.getPayment({ paymentId: 'p/1 한' })).rejects.toMatchObject({
      data: { type: 'PAYMENT_NOT_FOUND' },
    })
    await expect(
      PaymentClient({ secret: 'guess', baseUrl }).getPayment({ paymentId: 'ord1234' }),
    ).rejects.toMatchObject({ data: { type: 'UNAUTHORIZED' } })
    await expect(
      shop.client.preRegisterPayment({ paymentId: 'ord1234', storeId: 'store-other' }),
    ).rejects.toMatchObject({ data: { type: 'FORBIDDEN' } })
  })

  test('an id with a slash, a blank and Hangul is found', async () => {
    await using shop = await openShopV2()
    const change = { channelKey: 'channel-key-kakaopay' }
    const txId = await shop.paid('p/1 한', change)
    expect(await shop.client.getPayment({ paymentId: 'p/1 한' })).toMatchObject({ transactionId: txId })
  })

  test('cancels a part and the rest, and a third cancel is refused', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    const cancel = (amount?: number, currentCancellableAmount?: number) =>
      shop.client.cancelPayment({
        paymentId: 'ord1234',
        reason: '변심',
        ...(amount === undefined ? {} : { amount }),
        ...(currentCancellableAmount === undefined ? {} : { currentCancellableAmount }),
      })
    expect(await cancel(4_000, 14_000)).toMatchObject({
      cancellation: { status: 'SUCCEEDED', totalAmount: 4_000, vatAmount: 364, trigger: 'API' },
    })
    await expect(cancel(1_000, 14_000)).rejects.toMatchObject({
      data: { type: 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN' },
    })
    expect(await cancel()).toMatchObject({ cancellation: { status: 'SUCCEEDED', totalAmount: 10_000 } })
    await expect(cancel()).rejects.toMatchObject({ data: { type: 'PAYMENT_ALREADY_CANCELLED' } })
    const payment = await shop.client.getPayment({ paymentId: 'ord1234' })
    DocumentedPaymentV2.parse(payment)
    expect(payment).toMatchObject({ status: 'CANCELLED', amount: { cancelled: 14_000 } })
  })

  test('pre-registers an amount and its tax-free part, and a window for others does not open', async () => {
    await using shop = await openShopV2()
    await shop.client.preRegisterPayment({ paymentId: 'ord1234', totalAmount: 9_000, currency: 'KRW' })
    expect(() => shop.opened('ord1234')).toThrow('AmountNotEqualToPredefined')
    await shop.client.preRegisterPayment({ paymentId: 'ord1234', taxFreeAmount: 2_000 })
    expect(() => shop.opened('ord1234', { totalAmount: 9_000 })).toThrow('AmountNotEqualToPredefined')
    shop.opened('ord1234', { totalAmount: 9_000, taxFreeAmount: 2_000 })
    await shop.paid('ord5678')
    await expect(shop.client.preRegisterPayment({ paymentId: 'ord5678' })).rejects.toMatchObject({
      data: { type: 'ALREADY_PAID' },
    })
  })

  test('lists by status, from page 0', async () => {
    await using shop = await openShopV2()
    for (const paymentId of ['ord-a1', 'ord-a2', 'ord-a3']) await shop.paid(paymentId)
    shop.opened('ord-a4')
    const filter = { status: ['PAID' as const] }
    const first = await shop.client.getPayments({ page: { number: 0, size: 2 }, filter })
    const second = await shop.client.getPayments({ page: { number: 1, size: 2 }, filter })
    expect([first, second].map(({ page }) => page.totalCount)).toEqual([3, 3])
    const ids = [...first.items, ...second.items].map((payment) => ('id' in payment ? payment.id : null))
    expect(ids).toEqual(['ord-a3', 'ord-a2', 'ord-a1'])
    first.items.forEach((item) => DocumentedPaymentV2.parse(item))
  })

  test('closes an account, and another close is refused', async () => {
    await using shop = await openShopV2()
    await shop.gateway.issueAccount(shop.opened('ord1234'))
    const close = () => shop.client.closeVirtualAccount({ paymentId: 'ord1234' })
    expect(await close()).toEqual({ closedAt: expect.stringMatching(/Z$/) })
    expect(await shop.client.getPayment({ paymentId: 'ord1234' })).toMatchObject({
      status: 'FAILED',
      failure: { reason: '계좌말소' },
    })
    await expect(close()).rejects.toMatchObject({ data: { type: 'PAYMENT_NOT_WAITING_FOR_DEPOSIT' } })
  })

  test('confirms a payment of a manual channel', async () => {
    await using shop = await openShopV2()
    const txId = shop.opened('ord1234', { channelKey: 'channel-key-manual-confirm' })
    const { redirectUrl } = await shop.gateway.pay(txId, { cardNumber: '4242424242424242' })
    const paymentToken = new URL(redirectUrl ?? '').searchParams.get('paymentToken') ?? ''
    const confirm = (totalAmount: number) =>
      shop.client.confirmPayment({
        paymentId: 'ord1234',
        paymentToken,
        totalAmount,
        storeId: DEFAULT_STORE_ID,
      })
    await expect(confirm(100)).rejects.toMatchObject({ data: { type: 'INFORMATION_MISMATCH' } })
    expect(await shop.client.getPayment({ paymentId: 'ord1234' })).toMatchObject({ status: 'READY' })
    expect(await confirm(14_000)).toEqual({
      pgTxId: expect.stringMatching(/./),
      paidAt: expect.stringMatching(/Z$/),
    })
    expect(await shop.client.getPayment({ paymentId: 'ord1234' })).toMatchObject({ status: 'PAID' })
    await expect(confirm(14_000)).rejects.toMatchObject({ data: { type: 'ALREADY_PAID' } })
  })

  test('has a webhook sent again', async () => {
    await using shop = await openShopV2({ webhookUrl: 'http://127.0.0.1:9/' })
    await shop.paid('ord1234')
    await shop.gateway.settled()
    const { webhook } = await shop.client.resendWebhook({ paymentId: 'ord1234' })
    DocumentedWebhook.parse(webhook)
    expect(webhook).toMatchObject({
      paymentStatus: 'PAID',
      status: 'FAILED_UNEXPECTED_ERROR',
      trigger: 'MANUAL',
    })
    await expect(
      shop.client.resendWebhook({ paymentId: 'ord1234', webhookId: 'none' }),
    ).rejects.toMatchObject({ data: { type: 'WEBHOOK_NOT_FOUND' } })
    DocumentedPaymentV2.parse(await shop.client.getPayment({ paymentId: 'ord1234' }))
  })
})
