import { describe, expect, test } from 'vitest'
import type { Misbehaviour } from '../start.ts'
import { DEFAULT_WEBHOOK_SECRET } from './state.ts'
import { openBoth, paidWith, reasonOf, typesOf } from '../../testing/v2-receiver.ts'
import { officiallyVerified } from '../../testing/v2-shop.ts'

const MINUTE_MS = 60_000
const SECOND_SECRET = `whsec_${Buffer.from('another secret of the shop').toString('base64')}`

describe('signatures', () => {
  const signings: readonly [how: Misbehaviour['webhookSigning'], reason: string][] = [
    ['normal', 'verified'],
    ['extra_versions', 'verified'],
    ['unsigned', 'MISSING_REQUIRED_HEADERS'],
    ['wrong_secret', 'NO_MATCHING_SIGNATURE'],
    ['another_body', 'NO_MATCHING_SIGNATURE'],
    ['stale', 'TIMESTAMP_TOO_OLD'],
    ['future', 'TIMESTAMP_TOO_NEW'],
  ]
  test.each(signings)('%s: the official verifier says %s', async (webhookSigning, reason) => {
    await using them = await openBoth()
    expect(await reasonOf(await paidWith(them, { webhookSigning }))).toBe(reason)
  })

  test('another_body: the signature is that of the body written anew', async () => {
    await using them = await openBoth()
    const { body, headers } = await paidWith(them, { webhookSigning: 'another_body' })
    expect(await officiallyVerified({ body: JSON.stringify(JSON.parse(body)), headers })).toBeDefined()
  })

  test('doubled_header and url_safe: not the plain signature', async () => {
    for (const [webhookSigning, sign] of [
      ['doubled_header', /^v1,\S+, v1,\S+$/],
      ['url_safe', /^v1,[\w=-]+$/],
    ] as const) {
      await using them = await openBoth()
      const { headers } = await paidWith(them, { webhookSigning })
      expect(headers['webhook-signature']).toMatch(sign)
    }
  })

  test('each of two live secrets signs, and a retired one does not', async () => {
    await using them = await openBoth()
    them.shop.gateway.setWebhookSecrets([DEFAULT_WEBHOOK_SECRET, SECOND_SECRET])
    const webhook = await paidWith(them, {})
    expect([await reasonOf(webhook), await reasonOf(webhook, SECOND_SECRET)]).toEqual([
      'verified',
      'verified',
    ])
    them.shop.gateway.setWebhookSecrets([SECOND_SECRET])
    await them.shop.paid('ord5678')
    await them.shop.gateway.settled()
    const last = them.merchant.received().at(-1)
    expect(last === undefined ? null : await reasonOf(last)).toBe('NO_MATCHING_SIGNATURE')
  })
})

describe('delivery', () => {
  test('unknown_types: a webhook of an unknown type precedes each', async () => {
    await using them = await openBoth()
    them.shop.gateway.misbehave({ webhookNoise: 'unknown_types', webhook: 'before' })
    await them.shop.paid('ord1234')
    await them.shop.gateway.settled()
    expect(typesOf(them.merchant.received())).toEqual(
      expect.arrayContaining(['SettlementDue', 'Ready', 'SettlementDue', 'Paid']),
    )
  })

  test('before: the webhook precedes the answer to the browser; never: none comes', async () => {
    await using them = await openBoth()
    them.shop.gateway.misbehave({ webhook: 'before', webhookNoise: 'money_only' })
    await them.shop.paid('ord1234')
    expect(typesOf(them.merchant.received())).toEqual(['Paid'])
    them.shop.gateway.misbehave({ webhook: 'never' })
    await them.shop.paid('ord5678')
    await them.shop.gateway.settled()
    expect(them.merchant.received()).toHaveLength(1)
  })

  test('times: the copies have one id', async () => {
    await using them = await openBoth()
    them.shop.gateway.misbehave({ webhook: 'times', webhookTimes: 3, webhookNoise: 'money_only' })
    await them.shop.paid('ord1234')
    await them.shop.gateway.settled()
    const ids = them.merchant.received().map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([3, 1])
  })

  test('a replay brings the same bytes and headers later', async () => {
    await using them = await openBoth()
    await paidWith(them, { webhookReplayMs: 6 * MINUTE_MS })
    them.shop.gateway.advance(6 * MINUTE_MS)
    await them.shop.gateway.settled()
    const [first, second] = them.merchant.received()
    expect(them.merchant.received()).toHaveLength(2)
    expect(second).toEqual(first)
  })

  test('an error answer is repeated after 1, 4, 16, 64 and 256 minutes, signed anew under the same id', async () => {
    const startMs = Date.now()
    await using them = await openBoth(() => startMs)
    them.merchant.answerWith(404)
    await paidWith(them, {})
    for (const minutes of [1, 4, 16, 64, 256, 1_024]) {
      them.shop.gateway.advance(minutes * MINUTE_MS)
      await them.shop.gateway.settled()
    }
    const attempts = them.shop.gateway.webhooks()
    expect(attempts.map(({ atMs }) => (atMs - startMs) / MINUTE_MS)).toEqual([0, 1, 5, 21, 85, 341])
    expect(new Set(attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(attempts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(6)
  })

  test('the times between retries scale, and a 2xx ends them', async () => {
    const startMs = Date.now()
    await using them = await openBoth(() => startMs)
    them.merchant.answerWith(500)
    await paidWith(them, { webhookRetryScale: 0.01 })
    them.merchant.answerWith(204)
    for (const ms of [600, 2_400, 9_600]) {
      them.shop.gateway.advance(ms)
      await them.shop.gateway.settled()
    }
    expect(them.shop.gateway.webhooks().map(({ status }) => status)).toEqual([500, 204])
  })

  test('the history of a payment’s webhooks stands in its look-up, and one can be sent again by id', async () => {
    await using them = await openBoth()
    const { headers } = await paidWith(them, {})
    const payment = await them.shop.client.getPayment({ paymentId: 'ord1234' })
    const webhookId = headers['webhook-id'] ?? ''
    expect(payment).toMatchObject({
      webhooks: [{ id: webhookId, status: 'SUCCEEDED', currentExecutionCount: 1 }],
    })
    await them.shop.client.resendWebhook({ paymentId: 'ord1234', webhookId })
    expect(them.merchant.received().map((one) => one.headers['webhook-id'])).toEqual([webhookId, webhookId])
  })
})
