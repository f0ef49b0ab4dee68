import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openDesktop, openPhone } from './browser.ts'
import { openFor, hasStatus } from './own-shop-stage.ts'
import { payByCard } from './paying.ts'
import { galleryStage } from './stage.ts'

const { browser } = galleryStage()

const orderOn = async (page: Page): Promise<string> =>
  (await page.locator('output').getAttribute('data-order')) ?? 'no order'

describe('a shop on its own origin', () => {
  const at = openFor((url) => ({ RETURN_MODE: 'forward', ALLOWED_ORIGINS: url }))

  test('R-15, S-18: on a phone the return ends on the thank-you page, which shows what orders.get says', async () => {
    const { own, shop } = at()
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(own.url)
    const orderId = await orderOn(page)
    await page.click('#pay')
    await payByCard(page)
    await page.waitForURL(`${own.url}/thanks**`)
    expect(page.url()).toBe(`${own.url}/thanks?cart=7&order_id=${orderId}`)
    await hasStatus(page, 'paid')
    expect(await shop.order(orderId)).toMatchObject({ status: 'paid' })
    expect(visit.complaints).toEqual([])
  })

  test('on a PC its page gives the callback to payments.verify, and goes on by the answer', async () => {
    const { own, shop } = at()
    await using visit = await openDesktop(browser())
    const { page } = visit
    await page.goto(own.url)
    const orderId = await orderOn(page)
    await page.click('#pay')
    await payByCard(page.frameLocator('iframe'))
    await page.waitForURL(`${own.url}/thanks?cart=7&order_id=${orderId}`)
    await hasStatus(page, 'paid')
    expect(shop.proofs(orderId)).toHaveLength(1)
  })
})
