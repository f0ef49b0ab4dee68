import { describe, expect, test } from 'vitest'
import { startMerchant, tokenOf } from '../testing/test-merchant.ts'
import { NOW_MS, openShop } from '../testing/test-shop.ts'

const PART = { amount: 5_000, checksum: 14_000, reason: '부분 취소 a1' }

describe('pending: answered with code 0, booked later', () => {
  test('the row shows the cancel only after booking', async () => {
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

  test('a pending cancel reserves nothing: a second one that fits the balance is accepted, and both are executed', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending' })
    expect([(await shop.cancel(impUid, PART)).code, (await shop.cancel(impUid, PART)).code]).toEqual([0, 0])
    shop.gateway.advance(6_000)
    expect(await shop.row(impUid)).toMatchObject({ cancel_amount: 10_000, cancel_history: [{}, {}] })
  })

  test('the PG refunds no more than was paid: a cancel that exceeds the balance is denied', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'pending' })
    await shop.cancel(impUid)
    await shop.cancel(impUid)
    shop.gateway.advance(6_000)
    expect(await shop.row(impUid)).toMatchObject({ cancel_amount: 14_000, cancel_history: [{}] })
    expect(shop.gateway.cancels(impUid).map(({ state }) => state)).toEqual(['booked', 'denied'])
  })

  test('without a delay the cancel waits for the handle or the control API', async () => {
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

  test('the booking sends a webhook to a shop that requested it', async () => {
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
  test('the row does not show a denial, unless the habit names a field', async () => {
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

  test('a pending cancel can be denied by hand, with a text', async () => {
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

describe('slow: checked on arrival, executed and answered later', () => {
  test('two cancels that were valid on arrival are both executed, long after the caller’s time-out', async () => {
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

  test('a slow cancel is executed although the caller has disconnected', async () => {
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

  test('a cancel that exceeds the balance at execution is answered with its denial', async () => {
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

describe('a PG with another outcome', () => {
  test('over: the PG refunds the whole balance, or the chosen amount', async () => {
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

  test('doubled: the row has the cancel twice, and no more than the paid amount is refunded', async () => {
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

  test('refused: HTTP 200, code 1 and the text, the chosen number of times', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused', cancelTimes: 2 })
    const refused = { status: 200, code: 1, message: expect.stringContaining('8178] 정산금액 부족') }
    expect([await shop.cancel(impUid), await shop.cancel(impUid)]).toMatchObject([refused, refused])
    expect((await shop.row(impUid)).cancel_amount).toBe(0)
    expect((await shop.cancel(impUid)).code).toBe(0)
  })

  test('refused: for a limited time, for one payment, with a chosen text', async () => {
    await using shop = await openShop()
    const [short, other] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.misbehave({ cancel: 'refused', cancelForMs: 86_400_000, cancelRefusal: '잔액 부족' }, short)
    shop.gateway.advance(86_399_999)
    expect(await shop.cancel(short)).toMatchObject({ status: 200, code: 1, message: '잔액 부족' })
    expect((await shop.cancel(other)).code).toBe(0)
    shop.gateway.advance(1)
    expect((await shop.cancel(short)).code).toBe(0)
  })

  test('a payment whose own switches are reset gets the switches for all payments', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused' }, impUid)
    expect([(await shop.cancel(impUid)).code, (await shop.cancel(impUid)).code]).toEqual([1, 1])
    shop.gateway.behave(impUid)
    expect((await shop.cancel(impUid)).code).toBe(0)
  })

  test('a cancel that the gateway itself refuses does not count against a habit’s limit', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1')
    shop.gateway.misbehave({ cancel: 'refused', cancelTimes: 1 })
    await shop.cancel(impUid, { checksum: 13_999 })
    expect((await shop.cancel(impUid, PART)).message).toContain('8178')
  })
})

describe('the recorded requests', () => {
  test('contain every request with its fields, also refused ones and those of unknown payments', async () => {
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
    '%s cancels tax-free goods only with the tax-free amount',
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

  test('other PGs do not require the tax-free amount', async () => {
    await using shop = await openShop()
    const impUid = await shop.paid('ord-1', { taxFree: 4_000 })
    expect((await shop.cancel(impUid, PART)).code).toBe(0)
  })
})

test('decimals are refunded exactly: USD 0.10 and 0.20 are 0.3', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1', { amount: 0.3, currency: 'USD' })
  await shop.cancel(impUid, { amount: 0.1, checksum: 0.3 })
  expect((await shop.cancel(impUid, { amount: 0.2, checksum: 0.2 })).code).toBe(0)
  expect(await shop.row(impUid)).toMatchObject({ amount: 0.3, cancel_amount: 0.3 })
  expect((await shop.cancel(impUid)).message).toBe('이미 전액취소된 주문입니다.')
})

test('a waiting account that is cancelled in the console has status cancelled and was never paid', async () => {
  await using shop = await openShop()
  const impUid = shop.opened('ord-1')
  await shop.gateway.issueAccount(impUid)
  await shop.gateway.cancelInConsole(impUid)
  expect(await shop.row(impUid)).toMatchObject({ status: 'cancelled', paid_at: 0, cancel_amount: 14_000 })
  await expect(shop.gateway.deposit(impUid)).rejects.toThrow('no account of it waits')
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 }).ok).toBe(true)
})
