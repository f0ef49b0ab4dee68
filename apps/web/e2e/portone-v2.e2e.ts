import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { checking } from '../src/checking-copy.ts'
import { openPhone } from './browser.ts'
import { journeysByV2 } from './by-v2.ts'
import { appears, buyByV2, issueAccount, landsOn, orderIdOn, payByCard } from './paying.ts'

const { shop, browser, devices, toldPaidOnce, paymentsOf } = journeysByV2()

const overdrawn = '4000000000000003'

// `proof/portone-v2.e2e.ts` tests how a customer leaves, returns and cheats otherwise.
describe.each(devices)('by V2 on %s', (device, open, windowOn) => {
  test('P-06: shop → switch → window → paid with proof, one notice, and back to the shop, without a policy violation', async () => {
    await using visit = await open()
    const { page } = visit
    const hops: Array<{ path: string; status: number }> = []
    page.on('response', (answer) => {
      if (answer.request().isNavigationRequest())
        hops.push({ path: new URL(answer.url()).pathname, status: answer.status() })
    })
    await buyByV2(page, shop().url)
    await payByCard(windowOn(page))
    await landsOn(page, 'paid')
    const wayOfPhone = hops.find((hop) => hop.path.startsWith('/complete/'))?.status
    expect(wayOfPhone).toBe(device === 'a phone' ? 303 : undefined)
    expect(await page.locator('main').innerText()).toContain('14,000원')
    const orderId = await orderIdOn(page)
    await toldPaidOnce(orderId)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    expect(await shop().order(orderId)).toMatchObject({ status: 'paid', balance: 14_000 })
    await page.locator('html[data-live]').waitFor()
    await page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await appears(page, 'article')
    expect(visit.complaints).toEqual([])
  })

  test('a refused card shows its reason', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await payByCard(windowOn(page), overdrawn)
    await landsOn(page, 'failed')
    expect(await page.locator('main').innerText()).toMatch(/잔액/)
    expect((await shop().order(await orderIdOn(page))).status).toBe('open')
  })

  test('V-01, V-02: a virtual account is shown, and a deposit changes the open page to paid without a reload', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await issueAccount(windowOn(page))
    await landsOn(page, 'awaiting_deposit')
    const orderId = await orderIdOn(page)
    const [payment] = paymentsOf(orderId)
    const text = await page.locator('main').innerText()
    expect(text).toContain('신한은행')
    expect(text.replaceAll(/\D/g, '')).toContain((payment?.vbank_num ?? 'none').replaceAll('-', ''))
    await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''))
    await shop().gateway.deposit(payment?.imp_uid ?? '')
    await landsOn(page, 'paid')
    expect(await page.evaluate(() => document.documentElement.hasAttribute('data-not-reloaded'))).toBe(true)
    await toldPaidOnce(orderId)
    expect(shop().toldOf(orderId)).toEqual(['payment.awaiting_deposit', 'payment.paid'])
  })

  test('M-01: another amount than the order’s is refused before the window opens, because the gateway holds the order’s', async () => {
    await using visit = await open()
    const { page } = visit
    await page.goto(shop().url)
    const { orderId, refusal } = await payLess(page, 1_000)
    expect(refusal).toContain('AmountNotEqualToPredefined')
    expect(paymentsOf(orderId).filter((each) => each.paid_at)).toEqual([])
    expect(await shop().order(orderId)).toMatchObject({ status: 'open', balance: 0 })
  })
})

describe('by V2', () => {
  test('M-01, M-22: money of another amount is neither kept nor promised back: a person decides', async () => {
    shop().gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(shop().url)
    await payLess(page, 1_000)
    await page.waitForURL('**/window/**')
    shop().gateway.behave()
    await payByCard(page)
    await landsOn(page, 'checking')
    await page.getByRole('heading', { name: checking.review.heading.ko }).waitFor()
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    const orderId = await orderIdOn(page)
    expect(shop().proofs(orderId)).toEqual([])
    expect(paymentsOf(orderId)).toMatchObject([{ amount: 1_000, cancel_amount: 0 }])
  })
})

/** What a dishonest buyer enters in the browser's console: the shop's order with another amount. The window's refusal, empty when it opens. */
function payLess(page: Page, amount: number): Promise<{ orderId: string; refusal: string }> {
  return page.evaluate(async (asked) => {
    const answer = await fetch('/trpc/shop.order', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ productId: 'coffee', gateway: 'portone-v2' }),
    })
    const checkout = (await answer.json()).result.data
    const script = document.createElement('script')
    script.src = checkout.sdkUrl
    await new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    })
    const opening = Reflect.get(window, 'PortOne').requestPayment({
      storeId: checkout.storeId,
      channelKey: checkout.channelKey,
      paymentId: checkout.orderId,
      orderName: checkout.name,
      totalAmount: asked,
      currency: checkout.currency,
      payMethod: 'CARD',
      redirectUrl: checkout.returnUrl,
    })
    // A window that opens on a PC answers only when it is closed.
    const late = new Promise((resolve) => setTimeout(resolve, 1_000, { code: '' }))
    const said = await Promise.race([opening, late]).catch((error: unknown) => error)
    return { orderId: String(checkout.orderId), refusal: String(Reflect.get(Object(said), 'code') ?? '') }
  }, amount)
}
