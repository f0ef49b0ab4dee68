import { describe, expect, test } from 'vitest'
import { openPhone } from './browser.ts'
import { approvedCard, buy, landsOn, orderIdOn, payByCard } from './paying.ts'
import { until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

/** A card that the sandbox refuses for its limit. `proof/failure.e2e.ts` tests the other reasons. */
const overLimit = '4000000000000002'

describe('a failed payment', () => {
  test('the customer closes the window: the screen says failed, and another payment of the same order can succeed', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await buy(page, shop().url)
    await page.getByRole('button', { name: '닫기' }).click()
    await landsOn(page, 'failed')
    const orderId = await orderIdOn(page)
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/결제/)
    await page.getByRole('link', { name: '다시 결제하기' }).click()
    await page.locator('main[data-kind="pay_again"]').getByRole('button', { name: /결제/ }).click()
    await payByCard(page, approvedCard)
    await landsOn(page, 'paid')
    expect(await orderIdOn(page)).toBe(orderId)
    await until('the shop is told', () => shop().toldOf(orderId).includes('payment.paid'))
    expect(shop().toldOf(orderId)).toEqual(['payment.failed', 'payment.paid'])
    expect((await shop().order(orderId)).payments).toHaveLength(2)
  })

  test('a refused card shows its reason, in Korean and in English', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await buy(page, shop().url)
    await payByCard(page, overLimit)
    await landsOn(page, 'failed')
    expect(await page.locator('main').innerText()).toMatch(/한도/)
    const orderId = await orderIdOn(page)
    await page.getByRole('link', { name: 'English' }).click()
    expect(await page.locator('main').innerText()).toMatch(/limit/i)
    expect((await shop().order(orderId)).status).toBe('open')
  })
})
