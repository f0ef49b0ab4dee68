import { describe, expect, test } from 'vitest'
import { openDesktop, openPhone } from './browser.ts'
import { appears, buy, landsOn, orderIdOn, payByCard } from './paying.ts'
import { until } from './shop.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

describe('paid by card', () => {
  test('P-06: on a phone: shop → window → approve → /complete → 303 → paid with proof, one notice, and back to the shop, without a policy violation', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    const hops: Array<{ path: string; status: number }> = []
    page.on('response', (answer) => {
      if (answer.request().isNavigationRequest())
        hops.push({ path: new URL(answer.url()).pathname, status: answer.status() })
    })
    await buy(page, shop().url)
    await payByCard(page)
    await landsOn(page, 'paid')
    expect(hops.find((hop) => hop.path.startsWith('/complete/'))?.status).toBe(303)
    const text = await page.locator('main').innerText()
    expect(text).toContain('제주 한라봉 드립백')
    expect(text).toContain('14,000원')
    expect(text).toContain('신한')
    expect(await page.getByRole('link', { name: '영수증 보기' }).getAttribute('href')).toMatch(/^https?:/)
    const orderId = await orderIdOn(page)
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    expect(shop().proofs(orderId)).toHaveLength(1)
    expect(await shop().order(orderId)).toMatchObject({ status: 'paid', balance: 14_000 })
    await page.locator('html[data-live]').waitFor()
    await page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await appears(page, 'article')
    expect(visit.complaints).toEqual([])
  })

  test('P-06: on a PC the callback gets the result, the outcome is the same, and the frame violates no policy', async () => {
    await using visit = await openDesktop(browser())
    const { page } = visit
    await buy(page, shop().url)
    await payByCard(page.frameLocator('iframe'))
    await landsOn(page, 'paid')
    const orderId = await orderIdOn(page)
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    await page.locator('html[data-live]').waitFor()
    expect(visit.complaints).toEqual([])
  })
})
