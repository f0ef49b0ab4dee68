import { describe, expect, test } from 'vitest'
import { openPhone } from './browser.ts'
import { appears, buy, issueAccount, landsOn, orderIdOn } from './paying.ts'
import { until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

describe('a virtual account', () => {
  test('P-06, V-01 V-02: shows where to pay, and a deposit turns the open page to paid without a reload', async () => {
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

    // A mark on the page that a reload would wipe out.
    await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''))
    // As the gateway's developer would: the deposit button of its console.
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
    await page.getByRole('link', { name: '상점으로 돌아가기' }).click()
    await appears(page, 'article')
    expect(visit.complaints).toEqual([])
  })
})
