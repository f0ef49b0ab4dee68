import { describe, expect, test } from 'vitest'
import { startMerchant, tokenOf } from './test-merchant.ts'
import { NOW_MS, openShop } from './test-shop.ts'

const PART = { amount: 5_000, checksum: 14_000, reason: '부분 취소 a1' }

describe('pending: answered with code 0, booked later', () => {
  test('the record shows it only when it is booked', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending', cancelLateMs: 32_000 })
    const answer = await shop.cancel(impUid, PART)
    expect(answer).toMatchObject({ status: 200, code: 0, response: { status: 'paid', cancel_amount: 0 } })
    shop.gateway.advance(31_999)
    expect(await shop.row(impUid)).toMatchObject({ status: 'paid', cancel_amount: 0, cancel_history: [] })
    shop.gateway.advance(1)
    expect(await shop.row(impUid)).toMatchObject({
      status: 'cancelled',
      cancel_amount: 5_000,
      cancel_history: [{ amount: 5_000, reason: '부분 취소 a1' }],
    })
  })

  test('it reserves nothing: a second one that fits the record is accepted, and both are executed', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending' })
    expect([(await shop.cancel(impUid, PART)).code, (await shop.cancel(impUid, PART)).code]).toEqual([0, 0])
    shop.gateway.advance(6_000)
    expect(await shop.row(impUid)).toMatchObject({ cancel_amount: 10_000, cancel_history: [{}, {}] })
  })

  test('the PG gives back no more than was paid: what no longer fits is denied', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending' })
    await shop.cancel(impUid)
    await shop.cancel(impUid)
    shop.gateway.advance(6_000)
    expect(await shop.row(impUid)).toMatchObject({ cancel_amount: 14_000, cancel_history: [{}] })
    expect(shop.gateway.cancels(impUid).map(({ state }) => state)).toEqual(['booked', 'denied'])
  })

  test('without a delay it waits until told, over the handle and the control API', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending', cancelLateMs: null }, impUid)
    await shop.cancel(impUid, { amount: 1_000 })
    await shop.cancel(impUid, { amount: 2_000 })
    await shop.cancel(impUid, { amount: 4_000 })
    shop.gateway.advance(86_400_000)
    expect((await shop.row(impUid)).cancel_amount).toBe(0)
    const [first] = shop.gateway.cancels(impUid)
    await shop.gateway.bookCancel(impUid, { cancelId: first?.id })
    expect((await shop.row(impUid)).cancel_amount).toBe(1_000)
    const booked = await shop.control('POST', `/payments/${impUid}/book-cancel`)
    expect(booked).toMatchObject({ status: 200, told: { cancel_amount: 7_000 } })
    const nothing = await shop.control('POST', `/payments/${impUid}/book-cancel`)
    expect(nothing.status).toBe(409)
    await expect(shop.gateway.bookCancel(impUid)).rejects.toThrow('no such pending cancel')
  })

  test('it is announced when it is booked, to a shop that asked for it', async () => {
    await using merchant = await startMerchant()
    await using shop = await openShop()
    shop.gateway.setWebhookUrl(merchant.webhookUrl)
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending' })
    await shop.cancel(impUid, { enable_webhook: true })
    await shop.gateway.settled()
    const before = merchant.received().length
    shop.gateway.advance(6_000)
    await shop.gateway.settled()
    expect([before, merchant.received().length]).toEqual([1, 2])
    const id = shop.gateway.cancels(impUid)[0]?.id
    expect(merchant.received().at(-1)?.body).toContain(`"status":"cancelled","cancellation_id":"${id}"`)
  })
})

describe('denied: answered with code 0, never booked', () => {
  test('nothing of it is in the record, unless the habit says where', async () => {
    await using shop = await openShop()
    const [silent, told] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.misbehave({ cancel: 'denied', cancelLateMs: 1_000 })
    shop.gateway.misbehave({ cancelDenialIn: 'fail_reason' }, told)
    expect([(await shop.cancel(silent)).code, (await shop.cancel(told)).code]).toEqual([0, 0])
    const before = await shop.row(silent)
    shop.gateway.advance(1_000)
    shop.gateway.advance(86_400_000)
    expect(await shop.row(silent)).toEqual(before)
    expect(await shop.row(told)).toMatchObject({
      status: 'paid',
      cancel_amount: 0,
      fail_reason: '취소요청이 거절되었습니다.([8178] 정산금액 부족)',
    })
    expect(shop.gateway.cancels(silent)).toMatchObject([{ state: 'denied', settledAtMs: NOW_MS + 1_000 }])
  })

  test('a pending one can be denied by hand, with a text', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending', cancelDenialIn: 'cancel_reason' })
    await shop.cancel(impUid)
    const denied = await shop.control('POST', `/payments/${impUid}/deny-cancel`, { reason: '기간 초과' })
    expect(denied.told).toMatchObject({ status: 'paid', cancel_reason: '기간 초과' })
    shop.gateway.advance(6_000)
    expect((await shop.row(impUid)).cancel_amount).toBe(0)
    expect(shop.gateway.cancels()).toMatchObject([{ state: 'denied', told: '기간 초과' }])
  })
})

describe('slow: compared on arrival, executed and answered later', () => {
  test('two that were right on arrival are executed both, long after the caller gave up', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'slow', cancelLateMs: 60_000 })
    const answers = [shop.cancel(impUid, PART), shop.cancel(impUid, PART)]
    await expect.poll(() => shop.gateway.cancels(impUid).length).toBe(2)
    expect((await shop.row(impUid)).cancel_amount).toBe(0)
    shop.gateway.advance(60_000)
    const codes = (await Promise.all(answers)).map(({ code }) => code)
    expect(codes).toEqual([0, 0])
    expect((await shop.row(impUid)).cancel_amount).toBe(10_000)
  })

  test('it is executed although nobody waits for the answer any more', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'slow', cancelLateMs: null })
    const caller = new AbortController()
    const answer = fetch(`${shop.gateway.url}/payments/cancel`, {
      method: 'POST',
      headers: { authorization: await tokenOf(shop.gateway.url), 'content-type': 'application/json' },
      body: JSON.stringify({ imp_uid: impUid, ...PART }),
      signal: caller.signal,
    }).then(
      () => 'answered',
      () => 'given up',
    )
    await expect.poll(() => shop.gateway.cancels(impUid).length).toBe(1)
    caller.abort()
    expect(await answer).toBe('given up')
    await shop.gateway.bookCancel(impUid)
    expect((await shop.row(impUid)).cancel_amount).toBe(5_000)
  })

  test('one that no longer fits when it is executed is answered with its denial', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'slow', cancelLateMs: 60_000 })
    const answer = shop.cancel(impUid)
    await expect.poll(() => shop.gateway.cancels(impUid).length).toBe(1)
    await shop.gateway.cancelInConsole(impUid, 1_000)
    shop.gateway.advance(60_000)
    expect(await answer).toMatchObject({ status: 200, code: 1 })
    expect((await shop.row(impUid)).cancel_amount).toBe(1_000)
  })
})

describe('a PG that does something else', () => {
  test('over: everything comes back, or what is chosen', async () => {
    await using shop = await openShop()
    const [all, chosen] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.misbehave({ cancel: 'over' })
    shop.gateway.misbehave({ cancelReturns: 3_500 }, chosen)
    await shop.cancel(all, { amount: 3_000 })
    await shop.cancel(chosen, { amount: 3_000 })
    expect(await shop.row(all)).toMatchObject({ cancel_amount: 14_000, cancel_history: [{ amount: 14_000 }] })
    expect(await shop.row(chosen)).toMatchObject({
      cancel_amount: 3_500,
      cancel_history: [{ amount: 3_500 }],
    })
  })

  test('doubled: the same reason stands in the record twice, and no more than was paid comes back', async () => {
    await using shop = await openShop()
    const [part, whole] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.misbehave({ cancel: 'doubled' })
    await shop.cancel(part, PART)
    await shop.cancel(whole)
    const { cancel_amount, cancel_history } = await shop.row(part)
    expect(cancel_amount).toBe(10_000)
    expect(cancel_history.map(({ reason }) => reason)).toEqual([PART.reason, PART.reason])
    expect(new Set(cancel_history.map(({ cancellation_id }) => cancellation_id)).size).toBe(2)
    expect(await shop.row(whole)).toMatchObject({
      cancel_amount: 14_000,
      cancel_history: [{ amount: 14_000 }, { amount: 14_000 }],
    })
  })

  test('refused: HTTP 200, code 1 and the text, a number of times', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused', cancelTimes: 2 })
    const refused = { status: 200, code: 1, message: expect.stringContaining('8178] 정산금액 부족') }
    expect([await shop.cancel(impUid), await shop.cancel(impUid)]).toMatchObject([refused, refused])
    expect((await shop.row(impUid)).cancel_amount).toBe(0)
    expect((await shop.cancel(impUid)).code).toBe(0)
  })

  test('refused: for a time, for one payment, with a text of choice', async () => {
    await using shop = await openShop()
    const [short, other] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.misbehave({ cancel: 'refused', cancelForMs: 86_400_000, cancelRefusal: '잔액 부족' }, short)
    shop.gateway.advance(86_399_999)
    expect(await shop.cancel(short)).toMatchObject({ status: 200, code: 1, message: '잔액 부족' })
    expect((await shop.cancel(other)).code).toBe(0)
    shop.gateway.advance(1)
    expect((await shop.cancel(short)).code).toBe(0)
  })

  test('until told: a payment that behaves again meets what all meet', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused' }, impUid)
    expect([(await shop.cancel(impUid)).code, (await shop.cancel(impUid)).code]).toEqual([1, 1])
    shop.gateway.behave(impUid)
    expect((await shop.cancel(impUid)).code).toBe(0)
  })

  test('a cancel the gateway itself refuses spends no habit', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused', cancelTimes: 1 })
    await shop.cancel(impUid, { checksum: 13_999 })
    expect((await shop.cancel(impUid, PART)).message).toContain('8178')
  })
})

describe('what was sent can be read', () => {
  test('every request is kept with its fields, refused ones and unknown payments too', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1', { taxFree: 4_000 })
    await shop.cancel(impUid, { ...PART, checksum: 1 })
    await shop.cancel(impUid, { ...PART, tax_free: 1_000, vat_amount: 364 })
    await shop.cancel('imp_000000000000')
    const all = await shop.control('GET', '/cancels')
    expect(all.told).toMatchObject([
      {
        impUid,
        state: 'refused',
        told: '취소 가능 잔액이 일치하지 않습니다. (checksum)',
        asked: { checksum: 1 },
      },
      {
        impUid,
        state: 'booked',
        amount: 5_000,
        asked: { amount: 5_000, checksum: 14_000, taxFree: 1_000, vatAmount: 364, reason: PART.reason },
      },
      { impUid: null, state: 'refused', asked: { impUid: 'imp_000000000000', taxFree: null } },
    ])
    const own = await shop.control('GET', `/cancels?impUid=${impUid}`)
    expect(own.told).toHaveLength(2)
    const state = await shop.control('GET', '/state')
    expect(state.told).toMatchObject({ payments: [{ cancels: [{ state: 'refused' }, { state: 'booked' }] }] })
  })

  test.each(['kcp', 'kcp_quick', 'kicc', 'nice', 'payco'])(
    '%s gives tax-free goods back only when told how much of it is tax-free',
    async (pg) => {
      await using shop = await openShop()
      const impUid = await shop.paid('ord-1', { pg, taxFree: 4_000 })
      expect(await shop.cancel(impUid, PART)).toMatchObject({ status: 200, code: 1 })
      expect((await shop.cancel(impUid, { ...PART, tax_free: 5_000 })).code).toBe(1)
      expect((await shop.cancel(impUid, { amount: 1_000, tax_free: 2_000 })).code).toBe(1)
      expect((await shop.cancel(impUid, { ...PART, tax_free: 1_000, vat_amount: 364 })).code).toBe(0)
      const taxed = await shop.paid('ord-2', { pg })
      expect((await shop.cancel(taxed, PART)).code).toBe(0)
    },
  )

  test('other PGs do not ask for it', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1', { taxFree: 4_000 })
    expect((await shop.cancel(impUid, PART)).code).toBe(0)
  })
})

test('decimals come back exactly: USD 0.10 and 0.20 are 0.3', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1', { amount: 0.3, currency: 'USD' })
  await shop.cancel(impUid, { amount: 0.1, checksum: 0.3 })
  expect((await shop.cancel(impUid, { amount: 0.2, checksum: 0.2 })).code).toBe(0)
  expect(await shop.row(impUid)).toMatchObject({ amount: 0.3, cancel_amount: 0.3 })
  expect((await shop.cancel(impUid)).message).toBe('이미 전액취소된 주문입니다.')
})

test('an account that waits is called off in the console: cancelled, and never paid', async () => {
  await using shop = await openShop()
  const impUid = shop.opened('ord-1')
  await shop.gateway.issueAccount(impUid)
  await shop.gateway.cancelInConsole(impUid)
  expect(await shop.row(impUid)).toMatchObject({ status: 'cancelled', paid_at: 0, cancel_amount: 14_000 })
  await expect(shop.gateway.deposit(impUid)).rejects.toThrow('no account of it waits')
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 }).ok).toBe(true)
})
