import { describe, expect, test } from 'vitest'
import { NOW_SECONDS, openShop } from '../testing/test-shop.ts'

const RETURN_URL = 'https://shop.example/complete/token'
const HOURS_MS = 5 * 3_600_000
const queryOf = (url: string | null) => Object.fromEntries(new URL(url ?? '').searchParams)

describe('late approvals', () => {
  test('late: the return claims success while the row is ready, and the approval follows hours later', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1', { pg: 'paypal_v2', mRedirectUrl: RETURN_URL })
    shop.gateway.misbehave({ approval: 'late', approvalLateMs: HOURS_MS }, impUid)
    const ending = await shop.gateway.pay(impUid, { cardNumber: '4242424242424242' })
    expect(queryOf(ending.redirectUrl)).toMatchObject({ imp_success: 'true' })
    shop.gateway.advance(HOURS_MS - 1)
    expect(await shop.row(impUid)).toMatchObject({ status: 'ready', pg_provider: 'paypal_v2', paid_at: 0 })
    shop.gateway.advance(1)
    expect(await shop.row(impUid)).toMatchObject({ status: 'paid', paid_at: NOW_SECONDS + HOURS_MS / 1000 })
  })

  test('without a flag the return has only the ids', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1', { mRedirectUrl: RETURN_URL })
    shop.gateway.misbehave({ approval: 'late', redirect: 'none' })
    const ending = await shop.gateway.pay(impUid, { method: 'alipay', pgProvider: 'eximbay' })
    expect(queryOf(ending.redirectUrl)).toEqual({ imp_uid: impUid, merchant_uid: 'ord-1' })
    expect(await shop.row(impUid)).toMatchObject({
      status: 'ready',
      pg_provider: 'eximbay',
      pay_method: 'alipay',
    })
    shop.gateway.advance(5_000)
    expect((await shop.row(impUid)).status).toBe('paid')
  })

  test.each([
    ['after_failure', 'failed'],
    ['after_claimed_failure', 'ready'],
  ] as const)(
    '%s: the return claims failure, the row is %s, and the payment is approved later',
    async (approval, status) => {
      await using shop = await openShop()
      const impUid = shop.opened('ord-1', { mRedirectUrl: RETURN_URL })
      shop.gateway.misbehave({ approval })
      const ending = await shop.gateway.pay(impUid, { cardNumber: '4242424242424242' })
      expect(queryOf(ending.redirectUrl)).toMatchObject({ imp_success: 'false' })
      expect((await shop.row(impUid)).status).toBe(status)
      shop.gateway.advance(5_000)
      expect((await shop.row(impUid)).status).toBe('paid')
    },
  )

  test('without a delay the payment waits for `approve`', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1')
    shop.gateway.misbehave({ approval: 'late', approvalLateMs: null })
    await shop.gateway.pay(impUid, { cardNumber: '4242424242424242' })
    shop.gateway.advance(7 * 86_400_000)
    expect((await shop.row(impUid)).status).toBe('ready')
    await shop.gateway.approve(impUid)
    expect((await shop.row(impUid)).status).toBe('paid')
  })

  test('a refused card stays refused, and an account is paid late', async () => {
    await using shop = await openShop()
    const [refused, account] = [shop.opened('ord-1'), shop.opened('ord-2')]
    shop.gateway.misbehave({ approval: 'late' })
    await shop.gateway.pay(refused, { cardNumber: '4000000000000002' })
    await shop.gateway.pay(account, { method: 'vbank', bankCode: '004' })
    expect((await shop.row(account)).vbank_code).toBe('004')
    shop.gateway.advance(5_000)
    expect([(await shop.row(refused)).status, (await shop.row(account)).status]).toEqual(['failed', 'paid'])
  })
})

test('a promotion: amount plus discount is the requested amount', async () => {
  await using shop = await openShop()
  shop.gateway.misbehave({ promotionDiscount: 0.1 })
  const impUid = await shop.paid('ord-1', { amount: 10.3, currency: 'USD' })
  expect(await shop.row(impUid)).toMatchObject({ amount: 10.2, promotion: { discount: 0.1 } })
})

test('an order number that was ever paid opens no window again, even after a refund', async () => {
  await using shop = await openShop()
  const refusal = { ok: false, errorCode: 'F1002', errorMsg: '이미 결제가 이루어진 거래건입니다.' }
  const impUid = await shop.paid('ord-1')
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 })).toMatchObject(refusal)
  await shop.cancel(impUid)
  shop.gateway.advance(365 * 86_400_000)
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 })).toMatchObject(refusal)
})
