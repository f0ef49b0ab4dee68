import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openPhone } from './browser.ts'
import { landsOn, payByCard } from './paying.ts'
import { RETRIED_WITHIN_MS, until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

/** What a dishonest buyer types into the browser's console: the shop's own order, at a price of their own. */
async function payLess(page: Page, amount: number): Promise<string> {
  await page.goto(shop().url)
  const orderId = await page.evaluate(async (asked) => {
    const answer = await fetch('/trpc/shop.order', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ productId: 'coffee' }),
    })
    const checkout = (await answer.json()).result.data
    const script = document.createElement('script')
    script.src = checkout.sdkUrl
    await new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    })
    const sdk = Reflect.get(window, 'IMP')
    sdk.init(checkout.userCode)
    sdk.request_pay({
      pay_method: 'card',
      merchant_uid: checkout.orderId,
      name: checkout.name,
      amount: asked,
      m_redirect_url: checkout.returnUrl,
      buyer_tel: '010',
    })
    return String(checkout.orderId)
  }, amount)
  return orderId
}

describe('M-01: an amount changed in the browser (1,000 instead of 14,000)', () => {
  test('is refused before the window opens, because the amount is fixed at the gateway beforehand', async () => {
    await using visit = await openPhone(browser())
    const orderId = await payLess(visit.page, 1_000)
    await landsOn(visit.page, 'checking')
    await shop().advance(SETTLE_FAILURE_MS + 1_000)
    await landsOn(visit.page, 'failed')
    expect(
      shop()
        .gateway.payments()
        .filter((each) => each.merchant_uid === orderId && each.paid_at),
    ).toEqual([])
    expect(await shop().order(orderId)).toMatchObject({ status: 'open', balance: 0 })
  })

  test('with that off, is never paid: the money goes back once, and the screen says so', async () => {
    shop().gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    await using visit = await openPhone(browser())
    const { page } = visit
    const orderId = await payLess(page, 1_000)
    await page.waitForURL('**/window/**')
    // The gateway is slow to take money back, so that the customer can be seen waiting for it.
    shop().gateway.misbehave({ rest: 'cancel_refused' })
    await payByCard(page)
    await landsOn(page, 'returning')
    expect(await page.locator('main').innerText()).toContain('1,000원')
    shop().gateway.behave()
    await shop().advance(RETRIED_WITHIN_MS)
    await landsOn(page, 'cancelled')
    const payment = shop()
      .gateway.payments()
      .find((each) => each.merchant_uid === orderId)
    expect(payment).toMatchObject({ status: 'cancelled', amount: 1_000, cancel_amount: 1_000 })
    expect(payment?.cancel_history).toHaveLength(1)
    await until('the shop is told', () => shop().toldOf(orderId).includes('payment.cancelled'))
    expect(shop().toldOf(orderId)).toEqual(['payment.rejected', 'payment.cancelled'])
    expect(shop().proofs(orderId)).toEqual([])
    expect(await shop().order(orderId)).toMatchObject({ status: 'open', balance: 0 })
  })
})
