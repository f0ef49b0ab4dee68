import { describe, expect, test } from 'vitest'
import { openAs } from '../browser.ts'
import { place } from '../order.ts'
import { bring, kinds } from '../roads.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

/** `../result.e2e.ts` tests a Korean page with script. */
const looks = [
  ['ko-KR', false],
  ['en-US', false],
  ['en-US', true],
] as const

describe('the recorded outcome is in the first response', () => {
  test.each(kinds)('%s: with the real server, without script, and in English with it', async (kind) => {
    const placed = await bring(shop(), kind)
    for (const [locale, script] of looks) {
      await using visit = await openAs(browser(), { width: 390, locale, script })
      await visit.page.goto(placed.resultUrl)
      const main = visit.page.locator('main')
      expect(await main.getAttribute('data-kind')).toBe(kind)
      expect(await visit.page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      expect(await main.innerText()).toContain(placed.orderId)
      expect(visit.complaints).toEqual([])
    }
  })
})

describe('without script', () => {
  test('R-10: checking reloads by itself and becomes paid', async () => {
    const placed = await place(shop())
    await using visit = await openAs(browser(), { width: 390, script: false })
    await visit.page.goto(placed.resultUrl)
    expect(await visit.page.locator('main').getAttribute('data-kind')).toBe('checking')
    await shop().gateway.approve(placed.impUid)
    await visit.page.locator('main[data-kind="paid"]').waitFor()
    expect(visit.page.url()).toBe(placed.resultUrl)
    await visit.page.getByRole('link', { name: 'English' }).click()
    expect(await visit.page.getByRole('heading', { level: 1 }).innerText()).toBe('Payment complete')
  })
})
