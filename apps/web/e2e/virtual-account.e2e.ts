import { describe, expect, test } from 'vitest'
import { cancelled, expired } from '../src/copy.ts'
import { openPhone } from './browser.ts'
import { place } from './order.ts'
import { appears, buy, issueAccount, landsOn, orderIdOn } from './paying.ts'
import { bringTo } from './roads.ts'
import { until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

describe('a virtual account', () => {
  test('P-06, V-01 V-02: shows the account, and a deposit changes the open page to paid without a reload', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await buy(page, shop().url)
    await issueAccount(page)
    await landsOn(page, 'awaiting_deposit')
    const orderId = await orderIdOn(page)
    const payment = shop()
      .gateway.payments()
      .find((each) => each.merchant_uid === orderId)
    const text = await page.locator('main').innerText()
    expect(text).toContain('신한은행')
    expect(text.replaceAll(/\D/g, '')).toContain((payment?.vbank_num ?? 'none').replaceAll('-', ''))
    expect(text).toContain('14,000원')
    if (payment?.vbank_holder) expect(text).toContain(payment.vbank_holder)
    expect(await page.getByRole('button', { name: '계좌번호 복사' }).isVisible()).toBe(true)
    expect((await shop().order(orderId)).status).toBe('awaiting_deposit')

    // A reload would remove this mark.
    await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''))
    // Press the deposit button of the sandbox's console.
    await using console = await openPhone(browser())
    await console.page.goto(shop().gateway.url)
    await console.page
      .getByRole('article', { name: orderId })
      .getByRole('button', { name: '입금', exact: true })
      .click()
    await landsOn(page, 'paid')
    expect(await page.evaluate(() => document.documentElement.hasAttribute('data-not-reloaded'))).toBe(true)
    await until('the shop is told', () => shop().toldOf(orderId).includes('payment.paid'))
    expect(shop().toldOf(orderId)).toEqual(['payment.awaiting_deposit', 'payment.paid'])
    await page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await appears(page, 'article')
    expect(visit.complaints).toEqual([])
  })
  test('M-31: the open page changes when the shop closes the order, and shows no account', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'awaiting_deposit')
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(placed.resultUrl)
    await page.locator('html[data-live]').waitFor()
    expect(await page.locator('main [data-row="account"]').count()).toBe(1)
    await shop().ask('orders.close', { orderId: placed.orderId, reason: '품절' })
    await landsOn(page, 'expired')
    const { closed } = expired
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(closed.heading.ko)
    expect(await page.getByRole('status').innerText()).toBe(closed.heading.ko)
    expect(await page.locator('main').innerText()).toContain(closed.lead.ko)
    expect(await page.locator('main').innerText()).not.toContain('품절')
    for (const gone of ['[data-row="account"]', '[data-row="depositAmount"]', '.copy', 'a[href$=".ics"]'])
      expect([gone, await page.locator(`main ${gone}`).count()]).toEqual([gone, 0])
    await until('the shop is told', () => shop().toldOf(placed.orderId).includes('order.closed'))
    expect(visit.complaints).toEqual([])
  })

  test('M-31: a deposit for a closed order is refunded, and the page does not give the deadline as the reason', async () => {
    const placed = await place(shop())
    await shop().ask('orders.close', { orderId: placed.orderId })
    await using visit = await openPhone(browser())
    await visit.page.goto(placed.resultUrl)
    await landsOn(visit.page, 'expired')
    await shop().gateway.approve(placed.impUid)
    await landsOn(visit.page, 'cancelled')
    expect(await visit.page.locator('main').innerText()).toContain(cancelled.late.lead.ko)
    expect(await visit.page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    const { payments, balance } = await shop().order(placed.orderId)
    expect([payments[0]?.standing, payments[0]?.cancelledAmount, balance]).toEqual(['late', 14_000, 0])
  })
})
