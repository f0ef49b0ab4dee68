import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startMerchant } from '../../testing/test-merchant.ts'
import { DEFAULT_STORE_ID } from './state.ts'
import { openBoth, paidWith, reasonOf, typesOf } from '../../testing/v2-receiver.ts'
import { officiallyVerified } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

describe('events', () => {
  const stories: readonly [
    story: string,
    act: (shop: TestShopV2) => Promise<unknown>,
    types: readonly string[],
  ][] = [
    ['paid', (shop) => shop.paid('ord1234'), ['Ready', 'Paid']],
    ['refused', ({ gateway, opened }) => gateway.refuse(opened('ord1234'), 'limit'), ['Ready', 'Failed']],
    ['left, nothing known', ({ gateway, opened }) => gateway.close(opened('ord1234'), 'ready'), ['Ready']],
    [
      'accepted, approved later',
      async ({ gateway, opened }) => {
        const txId = opened('ord1234')
        gateway.misbehave({ approval: 'late', approvalLateMs: null }, txId)
        await gateway.pay(txId, { cardNumber: '4242424242424242' })
        await gateway.settled()
        await gateway.approve(txId)
      },
      ['Ready', 'PayPending', 'Paid'],
    ],
    [
      'an account and its deposit',
      async ({ gateway, opened }) => {
        const txId = opened('ord1234')
        await gateway.issueAccount(txId)
        await gateway.settled()
        await gateway.deposit(txId)
      },
      ['Ready', 'VirtualAccountIssued', 'Paid'],
    ],
    [
      'cancelled in two parts in the console',
      async (shop) => {
        const txId = await shop.paid('ord1234')
        await shop.gateway.settled()
        await shop.gateway.cancelInConsole(txId, 4_000)
        await shop.gateway.settled()
        await shop.gateway.cancelInConsole(txId)
      },
      ['Ready', 'Paid', 'PartialCancelled', 'Cancelled'],
    ],
    [
      'cancelled over the API, booked later',
      async (shop) => {
        const txId = await shop.paid('ord1234')
        shop.gateway.misbehave({ cancel: 'pending', cancelLateMs: null }, txId)
        await shop.gateway.settled()
        await shop.client.cancelPayment({ paymentId: 'ord1234', reason: '변심' })
        await shop.gateway.settled()
        await shop.gateway.bookCancel(txId)
      },
      ['Ready', 'Paid', 'CancelPending', 'Cancelled'],
    ],
    [
      'disputed',
      async (shop) => {
        const txId = await shop.paid('ord1234')
        await shop.gateway.settled()
        await shop.gateway.dispute(txId)
        await shop.gateway.settled()
        await shop.gateway.dispute(txId, 'resolved')
      },
      ['Ready', 'Paid', 'DisputeCreated', 'DisputeResolved'],
    ],
  ]
  test.each(stories)('%s', async (_story, act, types) => {
    await using them = await openBoth()
    const { shop, merchant } = them
    await act(shop)
    await shop.gateway.settled()
    // A window sends its Ready and what follows at the same time, so that either may arrive first.
    expect(typesOf(merchant.received()).toSorted()).toEqual(types.toSorted())
    for (const webhook of merchant.received()) expect(await reasonOf(webhook)).toBe('verified')
  })

  test('the newer version names store, payment and try, and a cancel its id', async () => {
    await using them = await openBoth()
    const txId = await them.shop.paid('ord1234')
    await them.shop.gateway.cancelInConsole(txId)
    await them.shop.gateway.settled()
    const { cancellations } = z
      .object({ cancellations: z.array(z.object({ id: z.string() })) })
      .parse(await them.shop.client.getPayment({ paymentId: 'ord1234' }))
    const data = { paymentId: 'ord1234', storeId: DEFAULT_STORE_ID, transactionId: txId }
    const timestamp = expect.stringMatching(/Z$/)
    const bodies: unknown[] = them.merchant.received().map(({ body }): unknown => JSON.parse(body))
    expect(bodies).toContainEqual({ type: 'Transaction.Paid', timestamp, data })
    expect(bodies).toContainEqual({
      type: 'Transaction.Cancelled',
      timestamp,
      data: { ...data, cancellationId: cancellations[0]?.id },
    })
  })

  test('namedStore: webhook and look-up name another store', async () => {
    await using them = await openBoth()
    const { body } = await paidWith(them, { namedStore: 'store-other' })
    const payment = await them.shop.client.getPayment({ paymentId: 'ord1234' })
    expect([JSON.parse(body), payment]).toMatchObject([
      { data: { storeId: 'store-other' } },
      { storeId: 'store-other' },
    ])
  })

  test('a cancel with skipWebhook is silent', async () => {
    await using them = await openBoth()
    await them.shop.paid('ord1234')
    await them.shop.call('POST', '/payments/ord1234/cancel', { reason: '변심', skipWebhook: true })
    await them.shop.gateway.settled()
    expect(typesOf(them.merchant.received()).toSorted()).toEqual(['Paid', 'Ready'])
  })

  test('noticeUrls replace the address, and an empty list does not', async () => {
    await using them = await openBoth()
    await using other = await startMerchant()
    await them.shop.paid('ord1234', { noticeUrls: [other.webhookUrl] })
    await them.shop.paid('ord5678', { noticeUrls: [] })
    await them.shop.gateway.settled()
    expect([other.received().length, them.merchant.received().length]).toEqual([2, 2])
  })

  test('V1’s payments keep V1’s webhooks', async () => {
    await using them = await openBoth()
    const opened = them.shop.gateway.open({ merchantUid: 'ord-1', amount: 1_000 })
    await them.shop.gateway.approve(opened.impUid ?? '')
    await them.shop.gateway.settled()
    expect(them.merchant.received()).toMatchObject([
      { headers: {}, body: expect.stringContaining('imp_uid') },
    ])
  })
})

describe('the older version', () => {
  const forms: readonly [webhook: 'normal' | 'form', contentType: string][] = [
    ['normal', 'application/json'],
    ['form', 'application/x-www-form-urlencoded'],
  ]
  test.each(forms)('%s: three fields as %s, signed alike', async (webhook, contentType) => {
    await using them = await openBoth()
    const got = await paidWith(them, { webhook, webhookVersion: '2024-01-01' })
    const txId = them.shop.gateway.payments()[0]?.imp_uid
    expect(got).toMatchObject({
      contentType,
      body:
        webhook === 'form'
          ? `payment_id=ord1234&tx_id=${txId}&status=Paid`
          : JSON.stringify({ payment_id: 'ord1234', tx_id: txId, status: 'Paid' }),
    })
    // The official verifier reads the body as JSON after the check, so that a form ends in its SyntaxError.
    if (webhook === 'form') await expect(officiallyVerified(got)).rejects.toThrow(SyntaxError)
    else expect(await reasonOf(got)).toBe('verified')
  })

  test('has no disputes', async () => {
    await using them = await openBoth()
    await paidWith(them, { webhookVersion: '2024-01-01' })
    await them.shop.gateway.dispute(them.shop.gateway.payments()[0]?.imp_uid ?? '')
    await them.shop.gateway.settled()
    expect(them.merchant.received()).toHaveLength(1)
  })
})
