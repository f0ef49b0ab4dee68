import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { slow } from '../src/copy.ts'
import { sampleNames, shownSample } from '../src/gallery.ts'
import { languages, type Language } from '../src/language.ts'
import { tellingOf } from '../src/parts/telling.ts'
import { isSlow } from '../src/result-view.ts'
import { openAs, openBrowser } from './browser.ts'
import { openGallery, type Gallery } from './gallery.ts'

/**
 * What must hold of every screen there is, photographed or not: each sample is written by the page the server uses and taken over by the
 * script customers get. Which payment leads to which screen is shown at the real server, in `result.e2e.ts`.
 */

let opened: { readonly gallery: Gallery; readonly browser: Browser }
beforeAll(async () => {
  const [gallery, browser] = await Promise.all([openGallery(), openBrowser()])
  opened = { gallery, browser }
})
afterAll(async () => {
  await opened.browser.close()
  await opened.gallery[Symbol.asyncDispose]()
})

const locales = { ko: 'ko-KR', en: 'en-US' } as const
const address = (name: string, language: Language): string =>
  `${opened.gallery.url}/gallery/${name}?lang=${language}`
const sample = (name: string) => {
  const shown = shownSample(name)
  if (shown === null) throw new Error(`no sample ${name}`)
  return shown
}
/** One of every kind. */
const kinds = sampleNames.filter((name) => shownSample(name)?.kind === name)
/** One page load for each sample, each as the test wants it. */
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

/** Wider than the window, a word that is cut, or something to touch that is smaller than a finger: names of what is wrong. */
function misfits(): string[] {
  const wrong: string[] = []
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
    wrong.push('wider than the window')
  for (const target of document.querySelectorAll('a, button')) {
    const { width, height, right, left } = target.getBoundingClientRect()
    const name = `${target.className} «${target.textContent}»`
    if (width < 44 || height < 44) wrong.push(`${name} is ${width} × ${height}`)
    if (left < 0 || right > innerWidth) wrong.push(`${name} leaves the window`)
  }
  for (const text of document.querySelectorAll('h1, p:not(.unseen), dt, .value, li')) {
    const { right, left } = text.getBoundingClientRect()
    if (left < -1 || right > innerWidth + 1)
      wrong.push(`${text.className} «${text.textContent}» leaves the window`)
  }
  return wrong
}

const looks = languages.flatMap((language) =>
  [true, false].flatMap((script) => [390, 1280].map((width) => ({ language, script, width }))),
)

describe('every screen', () => {
  test.each(looks)(
    'is whole and fits: $language, $width px, script $script',
    async ({ language, script, width }) => {
      await using visit = await openAs(opened.browser, { width, script, locale: locales[language] })
      const { page } = visit
      const look = async (name: string): Promise<void> => {
        const shown = sample(name)
        const { heading, lead } = tellingOf(shown, language)
        if (script) await isLive(page)
        expect(await page.locator('main').getAttribute('data-kind'), name).toBe(shown.kind)
        expect(await page.getByRole('heading', { level: 1 }).innerText(), name).toBe(heading)
        expect(await page.locator('main').innerText(), name).toContain(
          isSlow(shown) ? slow.lead[language] : lead,
        )
        expect(await page.locator('.copy').count(), name).toBe(name === 'awaiting_deposit' ? 2 : 0)
        if (name === 'awaiting_deposit') expect(await page.locator('.copy').first().isVisible()).toBe(script)
        if (script) {
          expect([name, await page.evaluate(misfits)]).toEqual([name, []])
          expect(await page.getByRole('status').innerText(), name).toBe(heading)
          expect(await page.title(), name).toContain(heading)
        }
      }
      // On a phone every reason of every kind; on a desktop, where nothing is tighter, one of each.
      await throughAll(page, language, look, width === 390 ? sampleNames : kinds)
      expect(visit.complaints).toEqual([])
    },
  )

  test.each(languages)('fits 320 px, and letters twice as large at 390 px, in %s', async (language) => {
    await using narrow = await openAs(opened.browser, { width: 320, locale: locales[language] })
    await using large = await openAs(opened.browser, { width: 390, locale: locales[language] })
    await throughAll(narrow.page, language, async (name) => {
      expect([name, await narrow.page.evaluate(misfits)]).toEqual([name, []])
    })
    await throughAll(large.page, language, async (name) => {
      await large.page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
      expect([name, await large.page.evaluate(misfits)]).toEqual([name, []])
    })
  })

  test('is taken over by script without anything moving', async () => {
    await using visit = await openAs(opened.browser, { width: 390 })
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

describe('every screen is for everybody', () => {
  const themes = languages.flatMap((language) =>
    (['light', 'dark'] as const).map((theme) => ({ language, theme })),
  )
  test.each(themes)('axe finds nothing: $language, $theme', async ({ language, theme }) => {
    await using visit = await openAs(opened.browser, { width: 390, theme, locale: locales[language] })
    const { page } = visit
    await throughAll(page, language, async (name) => {
      await isLive(page)
      await page.evaluate(axe.source)
      const found = await page.evaluate(async () => {
        const run = Reflect.get(window, 'axe').run
        const rules = {
          values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          type: 'tag',
        }
        const { violations } = await run(document, { runOnly: rules, resultTypes: ['violations'] })
        return violations.map(
          (each: { id: string; nodes: { html: string }[] }) => `${each.id}: ${each.nodes[0]?.html}`,
        )
      })
      expect([name, found]).toEqual([name, []])
    })
  })

  test('nothing moves for whoever asked for less motion', async () => {
    await using visit = await openAs(opened.browser, { width: 390, reducedMotion: 'reduce' })
    await throughAll(visit.page, 'ko', async (name) => {
      expect([name, await visit.page.evaluate(() => document.getAnimations().length)]).toEqual([name, 0])
    })
  })

  test('in forced colours every part keeps its edge and every sign its shape', async () => {
    await using visit = await openAs(opened.browser, { width: 390, forcedColors: 'active' })
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

  test('a copy is said aloud and shown, for the number and for the exact sum', async () => {
    await using visit = await openAs(opened.browser, { width: 390 })
    const { page } = visit
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(address('awaiting_deposit', 'ko'))
    await isLive(page)
    for (const [button, said, text] of [
      ['계좌번호 복사', '계좌번호를 복사했어요', '79790123456789'],
      ['입금할 금액 복사', '입금할 금액을 복사했어요', '14000'],
    ] as const) {
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('status').filter({ hasText: said }).waitFor({ state: 'attached' })
      expect(await page.locator('.toast').innerText()).toBe(said)
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text)
    }
  })

  test('everything can be reached by the keyboard alone, in the order it is read', async () => {
    await using visit = await openAs(opened.browser, { width: 390 })
    const { page } = visit
    await page.goto(address('awaiting_deposit', 'ko'))
    await isLive(page)
    const reached: string[] = []
    for (let step = 0; step < 7; step++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(() => {
          const at = document.activeElement
          const outline = at === null ? 'none' : getComputedStyle(at).outlineStyle
          return outline === 'none'
            ? 'nowhere to be seen'
            : (at?.getAttribute('aria-label') ?? at?.textContent ?? '')
        }),
      )
    }
    expect(reached).toEqual([
      '한국어',
      'English',
      '입금할 금액 복사',
      '계좌번호 복사',
      '캘린더에 마감 추가',
      '다시 확인',
      '상점으로 돌아가기',
    ])
  })

  test('abroad, a time of payment is the reader’s own and a deadline stays the bank’s', async () => {
    await using visit = await openAs(opened.browser, {
      width: 390,
      locale: 'en-US',
      zone: 'America/New_York',
    })
    await visit.page.goto(address('paid', 'en'))
    await visit.page.getByText('Nov 22, 2026, 4:42').waitFor()
    await visit.page.goto(address('awaiting_deposit', 'en'))
    await visit.page.getByText('11:59 PM KST').waitFor()
    await visit.page.getByText('Your time: Tue, Nov 24, 2026, 9:59 AM EST').waitFor()
  })
})
