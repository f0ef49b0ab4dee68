import { PaymentAnnotation } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { restCall, startMerchant, tokenOf } from '../../testing/test-merchant.ts'

const MINUTE_MS = 60_000

function opened(gateway: Sandbox, merchantUid: string, change: object = {}): string {
  const answer = gateway.open({ merchantUid, amount: 14_000, channel: 'live', ...change })
  if (!answer.ok) throw new Error(answer.errorMsg)
  return answer.impUid
}

async function api(gateway: Sandbox) {
  const authorization = await tokenOf(gateway.url)
  return (method: string, path: string, body?: unknown) =>
    restCall(gateway.url, method, path, { authorization, ...(body === undefined ? {} : { body }) })
}
const rows = (response: unknown) => z.array(PaymentAnnotation).parse(response)
const row = (response: unknown) => PaymentAnnotation.parse(response)
const Listed = z.object({
  total: z.number(),
  previous: z.number(),
  next: z.number(),
  list: z.array(PaymentAnnotation),
})

describe('tokens', () => {
  const Token = z.object({ access_token: z.string(), now: z.number(), expired_at: z.number() })
  const ask = async (gateway: Sandbox) =>
    Token.parse(
      (
        await restCall(gateway.url, 'POST', '/users/getToken', {
          body: { imp_key: 'sandbox', imp_secret: 'sandbox-secret' },
        })
      ).response,
    )

  test('a token is valid for thirty minutes, and requests in that time return the same one', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const first = await ask(gateway)
    gateway.advance(10 * MINUTE_MS)
    const second = await ask(gateway)
    expect(first.expired_at - first.now).toBe(1800)
    expect(second).toEqual({ ...first, now: first.now + 600 })
  })

  test('in its last minute the same token is extended by five minutes', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const first = await ask(gateway)
    gateway.advance(29.5 * MINUTE_MS)
    const second = await ask(gateway)
    expect(second.access_token).toBe(first.access_token)
    expect(second.expired_at).toBe(first.expired_at + 300)
  })

  test('an expired token is refused with 401, and the next request returns a new one', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const first = await ask(gateway)
    gateway.advance(30 * MINUTE_MS)
    const refused = await restCall(gateway.url, 'GET', '/banks', { authorization: first.access_token })
    const second = await ask(gateway)
    expect(refused).toMatchObject({ status: 401, code: -1, message: 'Unauthorized' })
    expect(second.access_token).not.toBe(first.access_token)
  })

  test('a wrong key pair is refused with 401', async () => {
    await using gateway = await startSandbox()
    const body = { imp_key: 'sandbox', imp_secret: 'guess' }
    expect(await restCall(gateway.url, 'POST', '/users/getToken', { body })).toMatchObject({ status: 401 })
  })

  test('raw, Bearer and the old header are all accepted, forms as well as JSON', async () => {
    await using gateway = await startSandbox()
    const form = await fetch(`${gateway.url}/users/getToken`, {
      method: 'POST',
      body: new URLSearchParams({ imp_key: 'sandbox', imp_secret: 'sandbox-secret' }),
    })
    const { response } = z.object({ response: Token }).parse(await form.json())
    const token = response.access_token
    for (const headers of [
      { authorization: token },
      { authorization: `Bearer ${token}` },
      { 'x-imptokenheader': token },
    ]) {
      expect((await fetch(`${gateway.url}/cards/366`, { headers })).status).toBe(200)
    }
    const both = { authorization: 'stale', 'x-imptokenheader': token }
    expect((await fetch(`${gateway.url}/cards/366`, { headers: both })).status).toBe(401)
  })
})

describe('look-ups', () => {
  test('an open window is ready, an approved payment is paid, and the shared schema parses both', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const call = await api(gateway)
    const impUid = opened(gateway, 'ord-1', { customData: { cart: 7 } })
    const ready = row((await call('GET', `/payments/${impUid}`)).response)
    await gateway.approve(impUid)
    const paid = row((await call('GET', `/payments/${impUid}`)).response)
    expect(ready).toMatchObject({ status: 'ready', paid_at: 0, vbank_num: null, custom_data: '{"cart":7}' })
    expect(paid).toMatchObject({ status: 'paid', amount: 14_000, paid_at: 1_793_500_000, card_code: '366' })
  })

  test('a test-channel payment is 404 without include_sandbox=true, but its order number finds it', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const impUid = opened(gateway, 'ord-1', { channel: 'test' })
    expect(await call('GET', `/payments/${impUid}`)).toMatchObject({ status: 404, response: null })
    const found = await call('GET', `/payments/${impUid}?include_sandbox=true`)
    expect(row(found.response).sandbox).toBe(true)
    expect((await call('GET', '/payments/find/ord-1')).status).toBe(200)
  })

  test('a list of ids answers 200 when all exist, 207 when some do, and 404 when none does', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const [a, b] = [opened(gateway, 'ord-1'), opened(gateway, 'ord-2')]
    const all = await call('GET', `/payments?imp_uid[]=${a}&imp_uid[]=${b}`)
    const some = await call('GET', `/payments?imp_uid%5B%5D=${a}&imp_uid%5B%5D=imp_000000000000`)
    const none = await call('GET', '/payments?imp_uid[]=imp_000000000000')
    expect([all.status, some.status, none.status]).toEqual([200, 207, 404])
    expect(rows(all.response)).toHaveLength(2)
    expect(rows(some.response).map((found) => found.imp_uid)).toEqual([a])
  })

  test('find returns the newest payment, which can hide an earlier paid one; with a status it returns that one', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const paid = opened(gateway, 'ord-1')
    const abandoned = opened(gateway, 'ord-1')
    await gateway.approve(paid)
    for (const path of ['/payments/find/ord-1', '/payments/find/ord-1/', '/payments/find/ord-1/undefined']) {
      expect(row((await call('GET', path)).response).imp_uid).toBe(abandoned)
    }
    expect(row((await call('GET', '/payments/find/ord-1/paid')).response).imp_uid).toBe(paid)
    expect((await call('GET', '/payments/find/ord-1/failed')).status).toBe(404)
    expect((await call('GET', '/payments/find/ord-1/nonsense')).status).toBe(400)
  })

  test('findAll pages through all payments of an order, and a page past the end is 400', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const tries = [1, 2, 3].map(() => opened(gateway, 'ord-1'))
    const first = Listed.parse((await call('GET', '/payments/findAll/ord-1/?limit=2')).response)
    const second = Listed.parse(
      (await call('GET', '/payments/findAll/ord-1?limit=2&page=2&sorting=-started')).response,
    )
    const oldest = Listed.parse((await call('GET', '/payments/findAll/ord-1?sorting=started')).response)
    expect(first).toMatchObject({ total: 3, previous: 0, next: 2 })
    expect(second).toMatchObject({ total: 3, previous: 1, next: 0 })
    expect([...first.list, ...second.list].map((found) => found.imp_uid)).toEqual(tries.toReversed())
    expect(oldest.list.map((found) => found.imp_uid)).toEqual(tries)
    expect((await call('GET', '/payments/findAll/ord-1?page=2')).status).toBe(400)
    expect((await call('GET', '/payments/findAll/nobody')).status).toBe(404)
  })

  test('lists by status compare the time of that status and cover at most ninety days', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const call = await api(gateway)
    await gateway.approve(opened(gateway, 'ord-1'))
    opened(gateway, 'ord-2')
    const at = 1_793_500_000
    const paid = Listed.parse((await call('GET', `/payments/status/paid?from=${at}&to=${at}`)).response)
    const later = Listed.parse(
      (await call('GET', `/payments/status/paid?from=${at + 1}&to=${at + 2}`)).response,
    )
    const all = Listed.parse((await call('GET', '/payments/status/all')).response)
    expect([paid.total, later.total, all.total]).toEqual([1, 0, 2])
    expect((await call('GET', `/payments/status/all?from=0&to=${at}`)).status).toBe(400)
    expect((await call('GET', '/payments/status/gone')).status).toBe(400)
    expect((await call('GET', '/payments/status/all?page=2')).status).toBe(400)
  })

  test('every REST request is counted with its method and path', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    await call('GET', '/payments?imp_uid[]=imp_000000000000')
    expect(gateway.calls().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /users/getToken',
      'GET /payments',
    ])
  })
})

describe('prepare', () => {
  test('an amount that differs from the prepared one opens no window', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    await call('POST', '/payments/prepare', { merchant_uid: 'ord-1', amount: 14_000 })
    const forged = gateway.open({ merchantUid: 'ord-1', amount: 100, channel: 'live' })
    const honest = gateway.open({ merchantUid: 'ord-1', amount: 14_000, channel: 'live' })
    expect(forged).toMatchObject({ ok: false, impUid: null })
    expect(honest.ok).toBe(true)
  })

  test('a second POST does not overwrite, PUT does, and PUT of an unknown order is 404', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const prepare = (method: string, merchant_uid: string, amount: number) =>
      call(method, '/payments/prepare', { merchant_uid, amount })
    expect((await prepare('PUT', 'ord-1', 1000)).status).toBe(404)
    expect((await prepare('POST', 'ord-1', 1000)).code).toBe(0)
    expect((await prepare('POST', 'ord-1', 1000)).code).toBe(0)
    expect((await prepare('POST', 'ord-1', 2000)).code).toBe(1)
    expect((await prepare('PUT', 'ord-1', 3000)).code).toBe(0)
    const held = await call('GET', '/payments/prepare/ord-1')
    expect(held.response).toEqual({ merchant_uid: 'ord-1', amount: 3000, currency: 'KRW' })
  })
})

describe('cancel', () => {
  const paidOne = async (gateway: Sandbox) => {
    const impUid = opened(gateway, 'ord-1')
    await gateway.approve(impUid)
    return impUid
  }

  test('a partial cancel sets cancelled, keeps amount and paid_at, and adds its id to the history', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const impUid = await paidOne(gateway)
    const told = row((await call('POST', '/payments/cancel', { imp_uid: impUid, amount: 4000 })).response)
    expect(told).toMatchObject({ status: 'cancelled', amount: 14_000, cancel_amount: 4000 })
    expect(told.paid_at).toBeGreaterThan(0)
    expect(told.cancel_history[0]?.cancellation_id).toMatch(/^[A-Z0-9]{20}$/)
  })

  test('amount 0 and an omitted amount both cancel the whole balance', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const impUid = await paidOne(gateway)
    await call('POST', '/payments/cancel', { imp_uid: impUid, amount: 4000 })
    const rest = row((await call('POST', '/payments/cancel', { imp_uid: impUid, amount: 0 })).response)
    expect(rest.cancel_history.map((entry) => entry.amount)).toEqual([4000, 10_000])
    const again = await call('POST', '/payments/cancel', { imp_uid: impUid })
    expect(again).toMatchObject({ status: 200, code: 1, message: '이미 전액취소된 주문입니다.' })
  })

  test('a wrong checksum, an excessive amount and an unknown payment give 200 with code 1 and change nothing', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const impUid = await paidOne(gateway)
    for (const body of [
      { imp_uid: impUid, amount: 4000, checksum: 10_000 },
      { imp_uid: impUid, amount: 14_001 },
      { imp_uid: 'imp_000000000000' },
      { imp_uid: opened(gateway, 'ord-2') },
    ]) {
      expect(await call('POST', '/payments/cancel', body)).toMatchObject({
        status: 200,
        code: 1,
        response: null,
      })
    }
    expect(gateway.payments().map((held) => held.cancel_amount)).toEqual([0, 0])
  })

  test('a cancel over the API sends a webhook only with enable_webhook', async () => {
    await using merchant = await startMerchant()
    await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
    const call = await api(gateway)
    const impUid = await paidOne(gateway)
    await call('POST', '/payments/cancel', { imp_uid: impUid, amount: 1000 })
    await call('POST', '/payments/cancel', { imp_uid: impUid, amount: 1000, enable_webhook: true })
    await gateway.settled()
    const statuses = merchant
      .received()
      .map(({ body }) => z.object({ status: z.string() }).parse(JSON.parse(body)))
    expect(statuses).toEqual([{ status: 'paid' }, { status: 'cancelled' }])
  })

  test('a paid virtual account is cancelled only with a refund account', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    const impUid = opened(gateway, 'ord-1')
    await gateway.issueAccount(impUid)
    await gateway.deposit(impUid)
    const refund = { refund_holder: '홍길동', refund_bank: '088', refund_account: '110123456789' }
    expect((await call('POST', '/payments/cancel', { imp_uid: impUid })).code).toBe(1)
    expect((await call('POST', '/payments/cancel', { imp_uid: impUid, ...refund })).code).toBe(0)
  })
})

describe('virtual accounts over the API', () => {
  test('an account is issued, changed and erased, and an erased one has status failed', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const call = await api(gateway)
    const asked = { channel_key: 'k', merchant_uid: 'ord-1', amount: 14_000, vbank_code: '088' }
    const due = 1_793_600_000
    const issued = row((await call('POST', '/vbanks', { ...asked, vbank_due: due })).response)
    expect(issued).toMatchObject({ status: 'ready', pay_method: 'vbank', vbank_date: due, channel: 'api' })
    const changed = row((await call('PUT', `/vbanks/${issued.imp_uid}`, { vbank_due: due + 60 })).response)
    expect(changed.vbank_date).toBe(due + 60)
    const erased = row((await call('DELETE', `/vbanks/${issued.imp_uid}`)).response)
    expect(erased).toMatchObject({ status: 'failed', fail_reason: '계좌말소' })
    expect((await call('DELETE', `/vbanks/${issued.imp_uid}`)).status).toBe(400)
    expect((await call('DELETE', '/vbanks/imp_000000000000')).status).toBe(404)
  })

  test('an order number that was ever paid gets no account', async () => {
    await using gateway = await startSandbox()
    const call = await api(gateway)
    await gateway.approve(opened(gateway, 'ord-1'))
    const body = {
      channel_key: 'k',
      merchant_uid: 'ord-1',
      amount: 1,
      vbank_code: '088',
      vbank_due: 1_893_600_000,
    }
    expect((await call('POST', '/vbanks', body)).code).toBe(1)
  })
})
