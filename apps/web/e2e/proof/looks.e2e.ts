import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { slow } from '../../src/checking-copy.ts'
import { sampleNames, shownSample } from '../../testing/gallery.ts'
import { languages, type Language } from '../../src/language.ts'
import { screenTextOf } from '../../src/parts/screen-text.ts'
import { isSlow } from '../../src/result-view.ts'
import { openAs } from '../browser.ts'
import { misfits } from '../misfits.ts'
import { galleryStage } from '../stage.ts'

const { gallery, browser } = galleryStage()

/**
 * Tests every screen, each in its own page, on a desktop, without script, at 320 px, with letters twice as large, with reduced motion and
 * with forced colours. `../screens.e2e.ts` tests them on a common phone.
 */

const locales = { ko: 'ko-KR', en: 'en-US' } as const
const address = (name: string, language: Language): string =>
  `${gallery().url}/gallery/${name}?lang=${language}`
const sample = (name: string) => {
  const shown = shownSample(name)
  if (shown === null) throw new Error(`no sample ${name}`)
  return shown
}
/** The copy buttons: the exact amount, and the account number if the gateway sends it. */
const copies = (name: string): number =>
  name === 'awaiting_deposit' ? 2 : name === 'awaiting_deposit_no_number' ? 1 : 0
/** One sample of each kind. */
const kinds = sampleNames.filter((name) => shownSample(name)?.kind === name)
/** Loads one page per sample, with the test's settings. */
async function throughAll(
  page: Page,
  language: Language,
  look: (name: string) => Promise<void>,
  names: readonly string[] = sampleNames,
): Promise<void> {
  for (const name of names) {
    await page.goto(address(name, language))
    await look(name)
  }
}
const isLive = (page: Page) => page.locator('html[data-live]').waitFor({ state: 'attached' })

/** `../screens.e2e.ts` tests a phone with script. */
const settings = [
  { script: true, width: 1280 },
  { script: false, width: 390 },
  { script: false, width: 1280 },
]
const looks = languages.flatMap((language) => settings.map((each) => ({ language, ...each })))

describe('every screen', () => {
  test.each(looks)(
    'is complete and fits: $language, $width px, script $script',
    async ({ language, script, width }) => {
      await using visit = await openAs(browser(), { width, script, locale: locales[language] })
      const { page } = visit
      const look = async (name: string): Promise<void> => {
        const shown = sample(name)
        const { heading, lead } = screenTextOf(shown, language)
        if (script) await isLive(page)
        expect(await page.locator('main').getAttribute('data-kind'), name).toBe(shown.kind)
        expect(await page.getByRole('heading', { level: 1 }).innerText(), name).toBe(heading)
        expect(await page.locator('main').innerText(), name).toContain(
          isSlow(shown) ? slow.lead[language] : lead,
        )
        expect([name, await page.locator('.copy').count()]).toEqual([name, copies(name)])
        if (copies(name) > 0) expect(await page.locator('.copy').first().isVisible()).toBe(script)
        if (script) {
          expect([name, await page.evaluate(misfits)]).toEqual([name, []])
          expect(await page.getByRole('status').innerText(), name).toBe(heading)
          expect(await page.title(), name).toContain(heading)
        }
      }
      // The phone shows every reason of every kind. The desktop has more space, so one sample of each kind is enough.
      await throughAll(page, language, look, width === 390 ? sampleNames : kinds)
      expect(visit.complaints).toEqual([])
    },
  )

  test.each(languages)('fits 320 px, and letters twice as large at 390 px, in %s', async (language) => {
    await using narrow = await openAs(browser(), { width: 320, locale: locales[language] })
    await using large = await openAs(browser(), { width: 390, locale: locales[language] })
    await throughAll(narrow.page, language, async (name) => {
      expect([name, await narrow.page.evaluate(misfits)]).toEqual([name, []])
    })
    await throughAll(large.page, language, async (name) => {
      await large.page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
      expect([name, await large.page.evaluate(misfits)]).toEqual([name, []])
    })
  })

  test('hydrates without a layout shift', async () => {
    await using visit = await openAs(browser(), { width: 390 })
    await visit.page.addInitScript(() => {
      Reflect.set(window, 'shifted', 0)
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          Reflect.set(window, 'shifted', Reflect.get(window, 'shifted') + Reflect.get(entry, 'value'))
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await throughAll(visit.page, 'ko', async (name) => {
      const heading = await visit.page.locator('h1').boundingBox()
      await isLive(visit.page)
      await visit.page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      )
      expect([name, await visit.page.locator('h1').boundingBox()]).toEqual([name, heading])
      expect([name, await visit.page.evaluate(() => Number(Reflect.get(window, 'shifted')))]).toEqual([
        name,
        0,
      ])
    })
  })
})

describe('every screen is accessible', () => {
  test('nothing is animated with reduced motion', async () => {
    await using visit = await openAs(browser(), { width: 390, reducedMotion: 'reduce' })
    await throughAll(visit.page, 'ko', async (name) => {
      expect([name, await visit.page.evaluate(() => document.getAnimations().length)]).toEqual([name, 0])
    })
  })

  test('with forced colours every part keeps its border and every icon its shape', async () => {
    await using visit = await openAs(browser(), { width: 390, forcedColors: 'active' })
    await throughAll(visit.page, 'ko', async (name) => {
      const seen = await visit.page.evaluate(() => {
        const styleOf = (part: string): CSSStyleDeclaration | null => {
          const found = document.querySelector(part)
          return found === null ? null : getComputedStyle(found)
        }
        return {
          card: styleOf('.card')?.borderTopStyle,
          action: styleOf('.action')?.borderTopStyle,
          sign: styleOf('.mark')?.stroke === styleOf('.card')?.backgroundColor,
        }
      })
      expect([name, seen]).toEqual([name, { card: 'solid', action: 'solid', sign: false }])
    })
  })
})
