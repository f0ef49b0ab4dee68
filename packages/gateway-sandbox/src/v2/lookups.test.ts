import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PaymentMisbehaviour } from '../start.ts'
import { DocumentedPaymentV2, DocumentedTransaction } from '../../testing/documented-objects.ts'
import { openShopV2 } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

const MINUTE_MS = 60_000
const Status = z.object({ status: z.string() })
const Problem = z.object({ type: z.string() })
const typeOf = ({ status, body }: { status: number; body: unknown }) => [status, Problem.parse(body).type]
const List = z.object({ items: z.array(z.looseObject({})), page: z.object({ totalCount: z.number() }) })

/** The ids of a list, by the raw `requestBody`. */
async function listed({ call }: TestShopV2, filter: object, page = {}) {
  const answer = await call(
    'GET',
    `/payments?requestBody=${encodeURIComponent(JSON.stringify({ filter, page }))}`,
  )
  return List.parse(answer.body).items.map((item) => item['id'])
}

describe('tries', () => {
  test('a refused try and a paid one: both are listed, and the paid one stands for the payment', async () => {
    await using shop = await openShopV2()
    const first = shop.opened('ord1234')
    await shop.gateway.refuse(first, 'limit')
    const second = await shop.paid('ord1234')
    const { body } = await shop.call('GET', '/payments/ord1234/transactions')
    const { items } = z.object({ items: z.array(DocumentedTransaction) }).parse(body)
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      [second, 'PAID'],
      [first, 'FAILED'],
    ])
    expect((await shop.call('GET', '/payments/ord1234')).body).toMatchObject({ transactionId: second })
  })

  const shown: readonly [shownTry: 'paid' | 'latest' | 'first', which: number][] = [
    ['paid', 1],
    ['latest', 2],
    ['first', 0],
  ]
  test.each(shown)('%s: that try stands for the payment', async (shownTry, which) => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ shownTry })
    const tries = [shop.opened('ord1234'), shop.opened('ord1234'), shop.opened('ord1234')]
    await shop.gateway.refuse(tries[0] ?? '', 'limit')
    await shop.gateway.approve(tries[1] ?? '')
    expect((await shop.call('GET', '/payments/ord1234')).body).toMatchObject({ transactionId: tries[which] })
  })

  test('the unstable endpoint can be off, and the payment’s own answers on', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    shop.gateway.misbehave({ transactions: 'off' })
    expect(typeOf(await shop.call('GET', '/payments/ord1234/transactions'))).toEqual([
      404,
      'ENDPOINT_NOT_FOUND',
    ])
    expect((await shop.call('GET', '/payments/ord1234')).status).toBe(200)
  })

  test('failed first and paid later is PAID', async () => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ approval: 'after_failure', approvalLateMs: null })
    const txId = shop.opened('ord1234')
    await shop.gateway.pay(txId, { cardNumber: '4242424242424242' })
    const before = await shop.call('GET', '/payments/ord1234')
    await shop.gateway.approve(txId)
    const after = await shop.call('GET', '/payments/ord1234')
    expect([before.body, after.body]).toMatchObject([{ status: 'FAILED' }, { status: 'PAID' }])
  })

  test('behind: the first looks show the state before, then PAID', async () => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ lookups: 'behind', lookupsBehind: 2 })
    await shop.paid('ord1234')
    const statuses = []
    for (let look = 0; look < 4; look += 1)
      statuses.push(Status.parse((await shop.call('GET', '/payments/ord1234')).body).status)
    expect(statuses).toEqual(['READY', 'READY', 'PAID', 'PAID'])
  })

  test('a lagging look-up knows neither the payment nor its state', async () => {
    const startMs = Date.now()
    await using shop = await openShopV2({ nowMs: () => startMs })
    shop.gateway.misbehave({ lookups: 'lagging', lookupsLagMs: MINUTE_MS })
    const txId = shop.opened('ord1234')
    const first = await shop.call('GET', '/payments/ord1234')
    shop.gateway.advance(MINUTE_MS)
    await shop.gateway.approve(txId)
    const second = await shop.call('GET', '/payments/ord1234')
    shop.gateway.advance(MINUTE_MS)
    const third = await shop.call('GET', '/payments/ord1234')
    expect([first.status, second.body, third.body]).toMatchObject([
      404,
      { status: 'READY' },
      { status: 'PAID' },
    ])
  })
})

describe('lists', () => {
  test('filters by status, test channel, time, text and version', async () => {
    const startMs = Date.now()
    await using shop = await openShopV2({ nowMs: () => startMs })
    const paid = await shop.paid('ord-paid')
    shop.opened('ord-ready')
    await shop.paid('ord-test', { channelKey: 'channel-key-test' })
    shop.gateway.misbehave({ approval: 'late', approvalLateMs: null })
    await shop.gateway.pay(shop.opened('ord-pending'), { cardNumber: '4242424242424242' })
    shop.gateway.addRow({ merchantUid: 'ord-v1', amount: 1_000 })
    shop.gateway.advance(10 * MINUTE_MS)
    await shop.gateway.cancelInConsole(paid, 1_000)
    const since = new Date(startMs + 5 * MINUTE_MS).toISOString()
    const filters = [
      { status: ['PENDING'] },
      { status: ['PAID'], isTest: true },
      { from: since },
      { from: since, timestampType: 'CREATED_AT' },
      { textSearch: [{ field: 'TX_ID', value: paid }] },
      { textSearch: [{ field: 'CUSTOMER_PHONE', value: paid }] },
      { version: 'V1' },
      { methods: ['VIRTUAL_ACCOUNT'] },
      { status: ['PAID', 'PARTIAL_CANCELLED'], sortOrder: 'ASC' },
    ]
    const ids = []
    for (const filter of filters) ids.push(await listed(shop, filter))
    expect(ids).toEqual([
      ['ord-pending'],
      ['ord-test'],
      ['ord-paid'],
      [],
      ['ord-paid'],
      [],
      ['ord-v1'],
      [],
      ['ord-v1', 'ord-test', 'ord-paid'],
    ])
  })

  test('a page beyond 60,000 rows is INVALID_REQUEST', async () => {
    await using shop = await openShopV2()
    const page = encodeURIComponent(JSON.stringify({ page: { number: 60, size: 1_000 } }))
    expect(typeOf(await shop.call('GET', `/payments?requestBody=${page}`))).toEqual([400, 'INVALID_REQUEST'])
    expect(await listed(shop, {}, { number: 59, size: 1_000 })).toEqual([])
  })
})

describe('shapes of answers', () => {
  const shapes: readonly [
    rowShape: PaymentMisbehaviour['rowShape'],
    missing: string[],
    isDocumented: boolean,
  ][] = [
    ['required', ['channel', 'webhooks', 'method', 'customData'], true],
    ['recorded', ['origin', 'webhooks', 'customData', 'channel'], false],
    ['no_sandbox', ['channel'], true],
    ['no_started_at', ['requestedAt'], false],
    ['fractional', [], true],
    ['zero_started_at', [], true],
    ['extra', [], false],
    ['nulls', [], false],
  ]
  test.each(shapes)('%s on a payment that is READY: without %j', async (rowShape, missing, isDocumented) => {
    await using shop = await openShopV2()
    const txId = shop.opened('ord1234', { customData: { cart: 7 } })
    const full = z.looseObject({}).parse((await shop.call('GET', '/payments/ord1234')).body)
    shop.gateway.misbehave({ rowShape }, txId)
    const shaped = z.looseObject({}).parse((await shop.call('GET', '/payments/ord1234')).body)
    expect(Object.keys(full)).toEqual(expect.arrayContaining(missing.filter((field) => field !== 'method')))
    for (const field of missing) expect(shaped).not.toHaveProperty(field)
    expect(shaped).not.toEqual(full)
    expect(DocumentedPaymentV2.safeParse(shaped).success).toBe(isDocumented)
  })

  test('rowFields makes a new status, a new class of method and a new type of channel', async () => {
    await using shop = await openShopV2()
    const rowFields = { status: 'HELD', method: { type: 'PaymentMethodMoon' }, channel: { type: 'STAGING' } }
    shop.gateway.misbehave({ rowFields })
    await shop.paid('ord1234')
    expect((await shop.call('GET', '/payments/ord1234')).body).toMatchObject(rowFields)
  })
})
