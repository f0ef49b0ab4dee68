import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { slow } from '../src/checking-copy.ts'
import { sampleNames, shownSample } from '../testing/gallery.ts'
import { languages, type Language } from '../src/language.ts'
import { screenTextOf } from '../src/parts/screen-text.ts'
import { isSlow } from '../src/result-view.ts'
import { openAs, type Visit } from './browser.ts'
import { misfits } from './misfits.ts'
import { galleryStage } from './stage.ts'

const { gallery, browser } = galleryStage()

/**
 * Tests every screen: the server's renderer writes each sample, and the production script hydrates it. `result.e2e.ts` tests with the real
 * server which payment leads to which screen. `proof/looks.e2e.ts` tests other widths and settings.
 */

const locales = { ko: 'ko-KR', en: 'en-US' } as const
const address = (name: string, language: Language): string =>
  `${gallery().url}/gallery/${name}?lang=${language}`
const isLive = (page: Page) => page.locator('html[data-live]').waitFor({ state: 'attached' })

/**
 * Opens the samples one after the other in a phone-wide frame of one page. Document, script and widths equal those of a separate page, at
 * a third of the time.
 */
async function openFrame(language: Language) {
  const visit = await openAs(browser(), { width: 390, locale: locales[language] })
  await visit.page.goto(`${gallery().url}/empty`)
  await visit.page.setContent(
    '<!doctype html><iframe name="screen" style="position:fixed;inset:0;width:390px;height:844px;border:0"></iframe>',
  )
  const frame = visit.page.frame({ name: 'screen' })
  if (frame === null) throw new Error('no frame')
  return { visit, frame }
}

const all = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
} as const
/** The dark theme changes colors only, so it is judged by the rules that read them. */
const aboutColors = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const
const themes = [
  ['light', all],
  ['dark', aboutColors],
] as const

/** Opens a page with axe. axe stays when the document is replaced. */
async function openAxe(): Promise<Visit> {
  const visit = await openAs(browser(), { width: 390 })
  await visit.page.goto(`${gallery().url}/empty`)
  await visit.page.evaluate(`${axe.source};0`)
  return visit
}

/** Runs axe on a screen: all rules in the light theme, those about colors in the dark one. */
async function foundIn(page: Page, html: string): Promise<string[]> {
  await page.setContent(html.replaceAll(/<script\b.*?<\/script>/gs, ''), { waitUntil: 'domcontentloaded' })
  const found: string[] = []
  for (const [colorScheme, rules] of themes) {
    await page.emulateMedia({ colorScheme })
    const violations = await page.evaluate(async (runOnly): Promise<string[]> => {
      const answer = await Reflect.get(window, 'axe').run(document, { runOnly, resultTypes: ['violations'] })
      return answer.violations.map(
        (each: { id: string; nodes: { html: string }[] }) => `${each.id}: ${each.nodes[0]?.html}`,
      )
    }, rules)
    found.push(...violations.map((each) => `${colorScheme}, ${each}`))
  }
  return found
}

/** The copy buttons: the exact amount, and the account number if the gateway sends it. */
const copies = (name: string): number =>
  name === 'awaiting_deposit' ? 2 : name === 'awaiting_deposit_no_number' ? 1 : 0

const kinds = [...new Set(sampleNames.flatMap((name) => shownSample(name)?.kind ?? []))]
const each = kinds.flatMap((kind) => languages.map((language) => ({ kind, language })))

/** Markup that axe has judged. Samples that differ in their sentences only have the same, and axe judges markup and colors. */
const judged = new Set<string>()
const markupOf = (html: string, name: string): string =>
  html.replaceAll(name, '…').replaceAll(/>[^<]*[^<\s][^<]*</g, '>…<')

/** The first test that needs it opens it. It closes with the browser. */
const frames = new Map<Language, ReturnType<typeof openFrame>>()
const frameFor = (language: Language) => {
  const opened = frames.get(language) ?? openFrame(language)
  frames.set(language, opened)
  return opened
}
let axeOpened: Promise<Visit> | null = null

describe('every screen', () => {
  test.for(each)(
    'is complete, fits a phone and is accessible: $kind, $language',
    async ({ kind, language }) => {
      const { visit, frame } = await frameFor(language)
      const judge = await (axeOpened ??= openAxe())
      for (const name of sampleNames) {
        const shown = shownSample(name)
        if (shown?.kind !== kind) continue
        const { heading, lead } = screenTextOf(shown, language)
        await frame.goto(address(name, language), { waitUntil: 'commit' })
        await frame.locator('html[data-live]').waitFor({ state: 'attached' })
        expect(await frame.locator('main').getAttribute('data-kind'), name).toBe(kind)
        expect(await frame.getByRole('heading', { level: 1 }).innerText(), name).toBe(heading)
        expect(await frame.locator('main').innerText(), name).toContain(
          isSlow(shown) ? slow.lead[language] : lead,
        )
        expect(await frame.getByRole('status').innerText(), name).toBe(heading)
        expect(await frame.title(), name).toContain(heading)
        expect([name, await frame.locator('.copy:visible').count()]).toEqual([name, copies(name)])
        expect([name, await frame.evaluate(misfits)]).toEqual([name, []])
        const html = await frame.content()
        const markup = markupOf(html, name)
        if (judged.has(markup)) continue
        judged.add(markup)
        expect([name, await foundIn(judge.page, html)]).toEqual([name, []])
      }
      expect(visit.complaints).toEqual([])
    },
  )

  test('fails with low contrast in the dark theme and with an image without a text alternative', async () => {
    const judge = await (axeOpened ??= openAxe())
    const { frame } = await frameFor('ko')
    await frame.goto(address('paid', 'ko'))
    const spoiled = (await frame.content()).replace(
      '</main>',
      '<style>@media (prefers-color-scheme: dark) { h1 { color: #333 } }</style><img src="/icon.svg"></main>',
    )
    const found = await foundIn(judge.page, spoiled)
    expect(found.map((text) => text.split(':')[0])).toEqual(['light, image-alt', 'dark, color-contrast'])
  })
})

describe('a screen is accessible', () => {
  test('a copy is announced and shown, for the number and for the exact amount', async () => {
    await using visit = await openAs(browser(), { width: 390 })
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

  test('the keyboard reaches all controls in reading order', async () => {
    await using visit = await openAs(browser(), { width: 390 })
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
      '쇼핑몰로 돌아가기',
    ])
  })

  test('abroad, a payment’s time and the deadline are in Korean time first, then in the reader’s', async () => {
    await using visit = await openAs(browser(), {
      width: 390,
      locale: 'en-US',
      zone: 'America/New_York',
    })
    await visit.page.goto(address('paid', 'en'))
    await visit.page.getByText('6:42 PM KST').waitFor()
    await visit.page.getByText('Your time: Sun, Nov 22, 2026, 4:42 AM EST').waitFor()
    await visit.page.goto(address('awaiting_deposit', 'en'))
    await visit.page.getByText('11:59 PM KST').waitFor()
    await visit.page.getByText('Your time: Tue, Nov 24, 2026, 9:59 AM EST').waitFor()
  })
})
