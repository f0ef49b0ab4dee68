import { describe, expect, test } from 'vitest'
import { notFound, paymentRecord, TX, V2_STORE_ID } from '../../../testing/v2-records.ts'
import { startV2Stub, type V2Said } from '../../../testing/v2-stub.ts'
import { openHttp } from '../http.ts'
import type { GatewayCancelRequest } from '../gateway.ts'
import { portoneV2 } from './client.ts'

const ask: GatewayCancelRequest = {
  intentId: 'intent-1',
  refusals: 0,
  paymentId: TX,
  orderId: 'ord-1',
  money: { amount: 4_000, currency: 'KRW' },
  expectedBalance: 14_000,
  reason: 'intent-1: asked back',
  refundAccount: null,
  taxFree: null,
  vat: null,
}
const toConfirm = {
  orderId: 'ord-1',
  paymentId: TX,
  paymentToken: 'token+1',
  money: { amount: 14_000, currency: 'KRW' },
}
const cancellation = (status: string): V2Said => ({
  body: { cancellation: { status, id: 'c-1', totalAmount: 4_000 } },
})

/** A gateway that shows the payment and answers each write the same. */
const stubOf = (written: V2Said, shown: V2Said = { body: paymentRecord() }) =>
  startV2Stub(({ method }) => (method === 'POST' ? written : shown), { cancelTimeoutMs: 600 })
type Stub = Awaited<ReturnType<typeof stubOf>>
const posts = (stub: Stub) => stub.calls.filter(({ method }) => method === 'POST')
const keyOf = (stub: Stub) => posts(stub).map(({ headers }) => headers['idempotency-key'])

/** The three writes, with an answer that each accepts. */
const writes = [
  ['cancel', (stub: Stub) => stub.gateway.cancel(ask), cancellation('SUCCEEDED')],
  [
    'close',
    (stub: Stub) => stub.gateway.closeAccount(TX, 'ord-1'),
    { body: { closedAt: '2026-11-02T04:00:00Z' } },
  ],
  [
    'confirm',
    async (stub: Stub) => stub.gateway.confirm?.(toConfirm),
    { body: { pgTxId: 'x', paidAt: '2026-11-02T04:00:00Z' } },
  ],
] as const

const error = (status: number, type: string, more: object = {}): V2Said => ({
  status,
  body: { type, message: 'why', ...more },
})
const pg = (pgMessage: string, pgCode = '8178') => error(502, 'PG_PROVIDER', { pgCode, pgMessage })

describe.each(writes)('V2: the certainty of a %s', (_, write, accepted) => {
  test('its own answer is accepted', async () => {
    await using stub = await stubOf(accepted)
    expect(await write(stub)).toEqual({ kind: 'accepted' })
  })

  test.each<[V2Said, string]>([
    [error(400, 'INVALID_REQUEST'), 'INVALID_REQUEST why'],
    [error(403, 'FORBIDDEN'), 'FORBIDDEN why'],
    [error(404, 'PAYMENT_NOT_FOUND'), 'PAYMENT_NOT_FOUND why'],
    [error(409, 'PAYMENT_ALREADY_CANCELLED'), 'PAYMENT_ALREADY_CANCELLED why'],
    [error(409, 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN'), 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN why'],
    [error(409, 'PAYMENT_NOT_WAITING_FOR_DEPOSIT'), 'PAYMENT_NOT_WAITING_FOR_DEPOSIT why'],
    [error(409, 'INFORMATION_MISMATCH'), 'INFORMATION_MISMATCH why'],
    [error(409, 'A_NEW_TYPE'), 'A_NEW_TYPE why'],
    [pg('정산 잔액이 부족합니다'), 'PG_PROVIDER 8178 정산 잔액이 부족합니다'],
    [pg('이미 전액취소된 주문입니다.'), 'PG_PROVIDER 8178 이미 전액취소된 주문입니다.'],
    [pg('취소 가능 기간이 경과하였습니다'), 'PG_PROVIDER 8178 취소 가능 기간이 경과하였습니다'],
    [pg('취소 불가'), 'PG_PROVIDER 8178 취소 불가'],
  ])('M-14: %j is the gateway’s refusal', async (said, text) => {
    await using stub = await stubOf(said)
    expect(await write(stub)).toEqual({ kind: 'refused', text })
  })

  test.each<[V2Said, object]>([
    [{ fate: 'hang' }, { kind: 'gateway_unreachable' }],
    [{ fate: 'cut' }, { kind: 'gateway_unreachable' }],
    [{ body: '<html>' }, { kind: 'gateway_unreadable' }],
    [{ body: '{"cancel' }, { kind: 'gateway_unreadable' }],
    [{ body: [] }, { kind: 'gateway_unreadable' }],
    [{ status: 302, headers: { location: '/x' } }, { kind: 'gateway_unreadable' }],
    [{ status: 404, body: '<html>' }, { kind: 'gateway_unreadable' }],
    [{ status: 409, body: '' }, { kind: 'gateway_unreadable' }],
    [{ status: 409, body: { message: 'x' } }, { kind: 'gateway_unreadable' }],
    [
      { status: 500, body: { type: 'INTERNAL' } },
      { kind: 'gateway_refused', status: 500 },
    ],
    [
      { status: 502, body: '<html>' },
      { kind: 'gateway_refused', status: 502 },
    ],
    [
      { status: 504, body: '' },
      { kind: 'gateway_refused', status: 504 },
    ],
    // The first of two equal requests is still running.
    [error(409, 'IDEMPOTENCY_OUTSTANDING_REQUEST'), { kind: 'gateway_refused', status: 409 }],
    [error(422, 'IDEMPOTENCY_KEY_REUSED'), { kind: 'gateway_refused', status: 422 }],
    // A PG that gives no reason, or whose system failed, may have done it.
    [error(502, 'PG_PROVIDER'), { kind: 'gateway_refused', status: 502 }],
    [error(502, 'PG_PROVIDER', { pgCode: 'X' }), { kind: 'gateway_refused', status: 502 }],
    [error(502, 'PG_PROVIDER', { pgMessage: '취소 불가' }), { kind: 'gateway_refused', status: 502 }],
    [pg('세션이 만료되었습니다'), { kind: 'gateway_refused', status: 502 }],
    [pg('취소 처리중입니다'), { kind: 'gateway_refused', status: 502 }],
    [pg('Connection reset by peer'), { kind: 'gateway_refused', status: 502 }],
    [pg('no response'), { kind: 'gateway_refused', status: 502 }],
    [pg('기타 오류'), { kind: 'gateway_refused', status: 502 }],
    [pg('통신 장애가 발생했습니다'), { kind: 'gateway_refused', status: 502 }],
    [pg('처리 시간이 초과되었습니다'), { kind: 'gateway_refused', status: 502 }],
    [pg('read timed out'), { kind: 'gateway_refused', status: 502 }],
    [
      { ...pg('취소 불가'), status: 503 },
      { kind: 'gateway_refused', status: 503 },
    ],
  ])('M-23, S-20: %j may have been executed', async (said, problem) => {
    await using stub = await stubOf(said)
    expect(await write(stub)).toMatchObject({ kind: 'unknown', problem })
  })

  test.each<[V2Said, object]>([
    [error(401, 'UNAUTHORIZED'), { kind: 'gateway_refused', status: 401 }],
    [
      { status: 401, body: '' },
      { kind: 'gateway_refused', status: 401 },
    ],
    [
      { status: 429, headers: { 'retry-after': '9' } },
      { kind: 'gateway_busy', retryAfterMs: 9_000 },
    ],
  ])('G-13: %j has executed nothing', async (said, problem) => {
    await using stub = await stubOf(said)
    expect(await write(stub)).toMatchObject({ kind: 'not_sent', problem })
  })

  test('L-03: nothing is sent to a gateway that is not there', async () => {
    const { http, close } = openHttp()
    const settings = {
      url: 'http://127.0.0.1:9',
      secret: 's',
      storeId: V2_STORE_ID,
      lookupTimeoutMs: 5_000,
      cancelTimeoutMs: 5_000,
    }
    const gateway = portoneV2(settings, http, Date.now, { warn: () => undefined })
    for (const sent of [gateway.cancel(ask), gateway.closeAccount(TX, 'ord-1'), gateway.confirm?.(toConfirm)])
      expect(await sent).toMatchObject({ kind: 'not_sent', problem: { cause: 'ECONNREFUSED' } })
    await close()
  })
})

describe('V2: a cancel', () => {
  test.each([
    ['SUCCEEDED', { kind: 'accepted' }],
    ['REQUESTED', { kind: 'accepted' }],
    ['FAILED', { kind: 'refused', text: 'FAILED' }],
    ['REBOOKED', { kind: 'unknown', problem: { kind: 'gateway_unreadable', where: 'cancellation.status' } }],
  ])('M-23: that is %s is %j', async (status, outcome) => {
    await using stub = await stubOf(cancellation(status))
    expect(await stub.gateway.cancel(ask)).toEqual(outcome)
  })

  test('M-28, M-13: names the sum, its parts, what we believe is left, and the account', async () => {
    await using stub = await stubOf(cancellation('SUCCEEDED'))
    const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동', tel: '01012345678' }
    await stub.gateway.cancel({ ...ask, reason: 'x'.repeat(300), taxFree: 400, vat: 327, refundAccount })
    const [post] = posts(stub)
    expect(post?.path).toBe('/payments/ord-1/cancel')
    expect(JSON.parse(post?.body ?? '')).toEqual({
      storeId: V2_STORE_ID,
      amount: 4_000,
      taxFreeAmount: 400,
      vatAmount: 327,
      currentCancellableAmount: 14_000,
      reason: 'x'.repeat(256),
      refundAccount: {
        bank: 'SHINHAN',
        number: '110-123-456789',
        holderName: '홍길동',
        holderPhoneNumber: '01012345678',
      },
    })
    await stub.gateway.cancel(ask)
    expect(JSON.parse(posts(stub)[1]?.body ?? '')).toEqual({
      storeId: V2_STORE_ID,
      amount: 4_000,
      currentCancellableAmount: 14_000,
      reason: 'intent-1: asked back',
    })
  })

  test('M-13: to a bank without a word of the gateway’s is refused before anything is sent', async () => {
    await using stub = await stubOf(cancellation('SUCCEEDED'))
    const refundAccount = { bank: '999', account: '1', holder: 'x' }
    expect(await stub.gateway.cancel({ ...ask, refundAccount })).toMatchObject({ kind: 'refused' })
    expect(stub.calls).toEqual([])
  })

  test('M-06, S-08: repeats of one intent have one key; another intent, sum or try after a refusal has its own', async () => {
    await using stub = await stubOf(cancellation('SUCCEEDED'))
    const others: GatewayCancelRequest[] = [
      { ...ask, intentId: 'intent-2' },
      { ...ask, refusals: 1 },
      { ...ask, money: { amount: 3_000, currency: 'KRW' } },
      { ...ask, expectedBalance: 10_000 },
    ]
    for (const each of [ask, ask, ...others]) await stub.gateway.cancel(each)
    const [first, second, ...rest] = keyOf(stub)
    expect(second).toBe(first)
    expect(new Set([first, ...rest]).size).toBe(1 + others.length)
    // A string of RFC 8941, with its quotes, of 16 to 256 characters.
    for (const key of keyOf(stub)) expect(key).toMatch(/^"[!#-~]{16,256}"$/)
  })
})

describe('V2: a cancel and a close name the order alone', () => {
  const both = writes.filter(([name]) => name !== 'confirm')

  test.each(both)(
    'S-08: a %s is not sent while the gateway shows another try of the order',
    async (_, write, accepted) => {
      await using stub = await stubOf(accepted, { body: paymentRecord({ transactionId: 'tx-2' }) })
      expect(await write(stub)).toEqual({
        kind: 'not_sent',
        problem: { kind: 'gateway_wrong_record', asked: TX, got: 'tx-2' },
      })
      expect(posts(stub)).toEqual([])
    },
  )

  test.each(both)(
    'M-06: a %s is not sent when the payment cannot be read first',
    async (_, write, accepted) => {
      for (const shown of [{ status: 500 }, { body: '<html>' }, { body: paymentRecord({ amount: null }) }]) {
        await using stub = await stubOf(accepted, shown)
        expect(await write(stub)).toMatchObject({ kind: 'not_sent' })
        expect(posts(stub)).toEqual([])
      }
    },
  )

  test.each(both)(
    'S-20, G-18: a %s is not sent, and not refused, while the gateway does not find the payment',
    async (_, write, accepted) => {
      await using stub = await stubOf(accepted, notFound)
      expect(await write(stub)).toMatchObject({ kind: 'not_sent', problem: { kind: 'unknown_payment' } })
      expect(posts(stub)).toEqual([])
    },
  )
})

describe('V2: closing an account and confirming a payment', () => {
  test('V-05: a close has no body, and the store in its query', async () => {
    await using stub = await stubOf({ body: { closedAt: 'x' } })
    await stub.gateway.closeAccount(TX, 'ord-1')
    const [post] = posts(stub)
    expect([post?.path, post?.query.get('storeId'), post?.body]).toEqual([
      '/payments/ord-1/virtual-account/close',
      V2_STORE_ID,
      '',
    ])
  })

  test('M-01: a confirmation names the order’s amount and currency, and the try where it is known', async () => {
    await using stub = await stubOf({ body: { pgTxId: 'x', paidAt: 'x' } })
    await stub.gateway.confirm?.(toConfirm)
    await stub.gateway.confirm?.({ ...toConfirm, paymentId: null })
    const money = { paymentToken: 'token+1', totalAmount: 14_000, currency: 'KRW', storeId: V2_STORE_ID }
    expect(posts(stub).map(({ path, body }): unknown => [path, JSON.parse(body)])).toEqual([
      ['/payments/ord-1/confirm', { ...money, txId: TX }],
      ['/payments/ord-1/confirm', money],
    ])
  })

  test('S-08: a repeated confirmation has the key of the first; another order’s or token’s has its own', async () => {
    await using stub = await stubOf({ body: { pgTxId: 'x', paidAt: 'x' } })
    const others = [
      { ...toConfirm, orderId: 'ord-2' },
      { ...toConfirm, paymentToken: 'token-2' },
    ]
    for (const each of [toConfirm, toConfirm, ...others]) await stub.gateway.confirm?.(each)
    const [first, second, ...rest] = keyOf(stub)
    expect([second === first, new Set([first, ...rest]).size]).toEqual([true, 3])
  })
})
