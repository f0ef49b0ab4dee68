import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DocumentedCancellation, DocumentedPaymentV2 } from '../../testing/documented-objects.ts'
import { openShopV2 } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

const KEY = '"7c1f0c9e-0001-4a5e-9b7e-cancel"'
const Problem = z.object({ type: z.string() })
const PATH = '/payments/ord1234/cancel'

const cancelled = ({ call }: TestShopV2, body: object = {}, headers = {}) =>
  call('POST', PATH, { reason: '변심', ...body }, headers)
const typeOf = ({ status, body }: { status: number; body: unknown }) => [status, Problem.parse(body).type]
const looked = async ({ call }: TestShopV2) => {
  const { body } = await call('GET', '/payments/ord1234')
  return DocumentedPaymentV2.parse(body)
}

describe('refusals on arrival', () => {
  test('PAYMENT_NOT_FOUND before the window, PAYMENT_NOT_PAID before the money', async () => {
    await using shop = await openShopV2()
    const unknown = await cancelled(shop)
    shop.opened('ord1234')
    expect([unknown, await cancelled(shop)].map(typeOf)).toEqual([
      [404, 'PAYMENT_NOT_FOUND'],
      [409, 'PAYMENT_NOT_PAID'],
    ])
  })

  const refusals: readonly [body: object, type: string][] = [
    [{ amount: 14_001 }, 'CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT'],
    [{ currentCancellableAmount: 13_999 }, 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN'],
    [{ amount: 1_000, taxFreeAmount: 1_001 }, 'SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT'],
    [{ amount: 1_000, taxFreeAmount: 500, vatAmount: 501 }, 'SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT'],
    [{ amount: 5_000, taxFreeAmount: 4_001 }, 'CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT'],
    [{ amount: 10_001 }, 'CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT'],
  ]
  test.each(refusals)('14,000 with 4,000 tax-free, %j: %s, and no money moves', async (body, type) => {
    await using shop = await openShopV2()
    await shop.paid('ord1234', { taxFreeAmount: 4_000 })
    expect(typeOf(await cancelled(shop, body))).toEqual([409, type])
    expect(await looked(shop)).toMatchObject({ status: 'PAID', amount: { cancelled: 0 } })
    expect(shop.gateway.cancels()).toMatchObject([{ state: 'refused', told: type }])
  })

  test('tax-free parts are counted over several cancels', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234', { taxFreeAmount: 4_000 })
    await cancelled(shop, { amount: 3_000, taxFreeAmount: 3_000 })
    expect(typeOf(await cancelled(shop, { amount: 2_000, taxFreeAmount: 2_000 }))).toEqual([
      409,
      'CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT',
    ])
    expect(await looked(shop)).toMatchObject({ amount: { cancelled: 3_000, cancelledTaxFree: 3_000 } })
  })

  test('the limit of cancels is MAX_CANCEL_COUNT_REACHED', async () => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ cancelCountMax: 1 })
    await shop.paid('ord1234')
    await cancelled(shop, { amount: 1 })
    expect(typeOf(await cancelled(shop, { amount: 1 }))).toEqual([409, 'MAX_CANCEL_COUNT_REACHED'])
  })

  test('a paid account is refunded only to a named account', async () => {
    await using shop = await openShopV2()
    const txId = shop.opened('ord1234')
    await shop.gateway.issueAccount(txId)
    await shop.gateway.deposit(txId)
    const without = await cancelled(shop)
    const refundAccount = { bank: 'SHINHAN', number: '1101', holderName: '홍길동' }
    expect(typeOf(without)).toEqual([502, 'PG_PROVIDER'])
    expect((await cancelled(shop, { refundAccount })).status).toBe(200)
  })

  test('the PG’s refusal has its code and text', async () => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ cancel: 'refused' })
    await shop.paid('ord1234')
    expect(await cancelled(shop)).toMatchObject({
      status: 502,
      body: { type: 'PG_PROVIDER', pgCode: '8178', pgMessage: expect.stringContaining('정산금액') },
    })
  })
})

describe('cancels that are settled later', () => {
  const ends: readonly [end: 'bookCancel' | 'denyCancel', status: string, cancelledSum: number][] = [
    ['bookCancel', 'SUCCEEDED', 4_000],
    ['denyCancel', 'FAILED', 0],
  ]
  test.each(ends)('%s: REQUESTED is no money returned, then %s', async (end, status, sum) => {
    await using shop = await openShopV2()
    shop.gateway.misbehave({ cancel: 'pending', cancelLateMs: null })
    const txId = await shop.paid('ord1234')
    const { body } = await cancelled(shop, { amount: 4_000 })
    const { cancellation } = z.object({ cancellation: DocumentedCancellation }).parse(body)
    expect(cancellation).toMatchObject({ status: 'REQUESTED', totalAmount: 4_000 })
    expect(cancellation).not.toHaveProperty('cancelledAt')
    const before = await looked(shop)
    await shop.gateway[end](txId)
    const after = await looked(shop)
    expect(before).toMatchObject({ status: 'PAID', amount: { cancelled: 0 }, cancellations: [cancellation] })
    expect(after).toMatchObject({
      status: sum === 0 ? 'PAID' : 'PARTIAL_CANCELLED',
      amount: { cancelled: sum },
      cancellations: [{ id: cancellation.id, status }],
    })
  })

  test('a cancel in the console and a charge-back are told apart', async () => {
    await using shop = await openShopV2()
    const txId = await shop.paid('ord1234')
    await cancelled(shop, { amount: 1_000 })
    await shop.gateway.cancelInConsole(txId, 1_000)
    await shop.gateway.chargeBack(txId)
    expect(await looked(shop)).toMatchObject({
      status: 'CANCELLED',
      cancellations: [{ trigger: 'API' }, { trigger: 'CONSOLE' }, { trigger: 'CHARGEBACK' }],
    })
  })

  test('disputes are listed, and resolved', async () => {
    await using shop = await openShopV2()
    const txId = await shop.paid('ord1234')
    await shop.gateway.dispute(txId, { reason: '미수령' })
    const open = await looked(shop)
    await shop.gateway.dispute(txId, 'resolved')
    expect([open, await looked(shop)]).toMatchObject([
      { disputes: [{ status: 'UNRESOLVED', reason: '미수령' }] },
      { disputes: [{ status: 'RESOLVED', resolvedAt: expect.stringMatching(/Z$/) }] },
    ])
  })
})

describe('Idempotency-Key', () => {
  const keyed = { 'idempotency-key': KEY }
  const sumOf = async (shop: TestShopV2) => (await looked(shop)).amount.cancelled

  test('the same request again gets the stored answer, and money moves once', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    const first = await cancelled(shop, { amount: 1_000 }, keyed)
    const second = await cancelled(shop, { amount: 1_000 }, keyed)
    expect(second).toEqual(first)
    expect(await sumOf(shop)).toBe(1_000)
  })

  test('after three hours the key is new', async () => {
    const startMs = Date.now()
    await using shop = await openShopV2({ nowMs: () => startMs })
    await shop.paid('ord1234')
    await cancelled(shop, { amount: 1_000 }, keyed)
    shop.gateway.advance(3 * 3_600_000)
    await cancelled(shop, { amount: 1_000 }, keyed)
    expect(await sumOf(shop)).toBe(2_000)
  })

  test('while the first runs, the second is IDEMPOTENCY_OUTSTANDING_REQUEST', async () => {
    await using shop = await openShopV2()
    const txId = await shop.paid('ord1234')
    shop.gateway.misbehave({ cancel: 'slow', cancelLateMs: null })
    const first = cancelled(shop, {}, keyed)
    await expect.poll(() => shop.gateway.cancels().length).toBe(1)
    const second = await cancelled(shop, {}, keyed)
    await shop.gateway.bookCancel(txId)
    expect(typeOf(second)).toEqual([409, 'IDEMPOTENCY_OUTSTANDING_REQUEST'])
    expect((await first).status).toBe(200)
    expect(shop.gateway.cancels()).toHaveLength(1)
  })

  test('an answer that was lost is learnt by the same key', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    shop.gateway.misbehave({ rest: 'answer_lost', restOn: 'cancel', restTimes: 1 })
    await expect(cancelled(shop, { amount: 1_000 }, keyed)).rejects.toThrow('fetch failed')
    expect(await cancelled(shop, { amount: 1_000 }, keyed)).toMatchObject({
      status: 200,
      body: { cancellation: { status: 'SUCCEEDED', totalAmount: 1_000 } },
    })
    expect(await sumOf(shop)).toBe(1_000)
  })

  test('another body under the key is refused and not executed', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    await cancelled(shop, { amount: 1_000 }, keyed)
    expect(typeOf(await cancelled(shop, { amount: 2_000 }, keyed))).toEqual([400, 'INVALID_REQUEST'])
    expect(await sumOf(shop)).toBe(1_000)
  })

  const malformed: readonly [key: string][] = [
    ['without quotes, long'],
    ['"short"'],
    [`"${'x'.repeat(257)}"`],
  ]
  test.each(malformed)('%s is no key', async (key) => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    expect(typeOf(await cancelled(shop, {}, { 'idempotency-key': key }))).toEqual([400, 'INVALID_REQUEST'])
    expect(await sumOf(shop)).toBe(0)
  })

  test('a GET ignores it, and a refused caller leaves nothing under it', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    expect((await shop.call('GET', '/payments/ord1234', undefined, { 'idempotency-key': 'x' })).status).toBe(
      200,
    )
    await cancelled(shop, { amount: 1_000 }, { ...keyed, authorization: 'PortOne guess' })
    expect((await cancelled(shop, { amount: 1_000 }, keyed)).status).toBe(200)
  })
})
