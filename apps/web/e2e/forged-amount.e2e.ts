import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { checking } from '../src/checking-copy.ts'
import { orderAnew } from '../src/copy.ts'
import { openPhone } from './browser.ts'
import { landsOn, payByCard } from './paying.ts'
import { place } from './order.ts'
import { until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

/** The code that a dishonest buyer enters in the browser's console: the shop's order with another amount. */
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
  test('is refused before the window opens, because the gateway holds the prepared amount', async () => {
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

  test('without a prepared amount, the order is never paid: the money is refunded once, and the screen says so', async () => {
    shop().gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    await using visit = await openPhone(browser())
    const { page } = visit
    const orderId = await payLess(page, 1_000)
    await page.waitForURL('**/window/**')
    // The gateway accepts the cancel at once and books it later, so that the test sees the waiting customer.
    shop().gateway.misbehave({ rest: 'normal', cancel: 'pending', cancelLateMs: null })
    await payByCard(page)
    await landsOn(page, 'returning')
    expect(await page.locator('main').innerText()).toContain('1,000원')
    const payment = () =>
      shop()
        .gateway.payments()
        .find((each) => each.merchant_uid === orderId)
    const impUid = payment()?.imp_uid ?? ''
    await until('the money is asked back', () => shop().gateway.cancels(impUid).length > 0)
    await shop().gateway.bookCancel(impUid)
    await landsOn(page, 'cancelled')
    expect(await page.locator('main').innerText()).toContain(orderAnew.ko)
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    expect(payment()).toMatchObject({ status: 'cancelled', amount: 1_000, cancel_amount: 1_000 })
    expect(payment()?.cancel_history).toHaveLength(1)
    expect(shop().gateway.cancels(impUid)).toHaveLength(1)
    await until('the shop is told', () => shop().toldOf(orderId).includes('payment.returned'))
    expect(shop().toldOf(orderId)).toEqual(['payment.rejected', 'payment.returned'])
    expect(shop().proofs(orderId)).toEqual([])
    expect(await shop().order(orderId)).toMatchObject({ status: 'open', balance: 0 })
  })

  test('M-22: despite a prepared amount, is left to a person: nothing is refunded, and nothing is promised', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    const { orderId, impUid } = await place(shop())
    const { redirectUrl } = await shop().gateway.approve(impUid, { amount: 1_000 })
    await page.goto(redirectUrl ?? 'no redirect')
    await landsOn(page, 'checking')
    await page.getByRole('heading', { name: checking.review.heading.ko }).waitFor()
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['order.review'])
    const payment = shop()
      .gateway.payments()
      .find((each) => each.merchant_uid === orderId)
    expect(payment).toMatchObject({ status: 'paid', cancel_amount: 0 })
    expect(shop().proofs(orderId)).toEqual([])
  })
})
