import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleNames, shownSample } from '../../testing/gallery.ts'
import type { Language } from '../../src/language.ts'
import type { samples } from '../../testing/screen-samples.ts'
import { openAs } from '../browser.ts'
import { accepted, accepts, differenceFrom } from '../pictures-compared.ts'
import { galleryStage } from '../stage.ts'

const { gallery, browser } = galleryStage()

/**
 * Compares screens with their accepted pictures. The product ships no font, so each phone uses its own. The pictures use a font from npm,
 * because machines have different fonts.
 */

/** These screens differ from `failed_limit` in one sentence only. Unit tests check the sentence; `looks.e2e.ts` checks that it fits. */
const alikeButForWords = new Set<string>([
  'failed_balance',
  'failed_card_details',
  'failed_card_stopped',
  'failed_window_not_opened',
  'failed_gateway_trouble',
  'failed_not_completed',
  'failed_unknown',
] satisfies (keyof typeof samples)[])
const pictured = sampleNames.filter((name) => !alikeButForWords.has(name))
/** One sample of each kind. */
const kinds = sampleNames.filter((name) => shownSample(name)?.kind === name)

type Series = {
  readonly name: string
  readonly language: Language
  readonly theme: 'light' | 'dark'
  readonly width: number
  readonly screens: readonly string[]
}
const series: readonly Series[] = [
  { name: 'ko', language: 'ko', theme: 'light', width: 390, screens: pictured },
  { name: 'ko-dark', language: 'ko', theme: 'dark', width: 390, screens: kinds },
  { name: 'en-dark', language: 'en', theme: 'dark', width: 390, screens: kinds },
  { name: 'en-wide', language: 'en', theme: 'light', width: 1280, screens: kinds },
]

test.each(series)(
  'equals the accepted pictures: $name, $width px, $theme',
  async ({ name: seriesName, language, theme, width, screens }) => {
    await using visit = await openAs(browser(), { width, theme })
    const { page } = visit
    const differences: string[] = []
    for (const name of screens) {
      await page.goto(`${gallery().url}/gallery/${name}?lang=${language}`)
      await page.locator('html[data-live]').waitFor({ state: 'attached' })
      await page.addStyleTag({ url: '/font/index.css' })
      await page.addStyleTag({ content: ':root { --font: "Noto Sans KR Variable" !important }' })
      await page.evaluate(() => document.fonts.ready)
      const picture = await page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' })
      const difference = await differenceFrom(`${seriesName}-${name}`, picture)
      if (difference !== null) differences.push(difference)
    }
    expect(differences).toEqual([])
  },
)

test('every accepted picture belongs to an existing screen, and their total size is limited', async () => {
  const wanted = new Set(
    series.flatMap(({ name, screens }) => screens.map((screen) => `${name}-${screen}.png`)),
  )
  const strays = (await readdir(accepted)).filter((file) => !wanted.has(file))
  if (accepts) await Promise.all(strays.map((file) => rm(join(accepted, file))))
  else expect(strays).toEqual([])
  const sizes = await Promise.all([...wanted].map(async (file) => (await stat(join(accepted, file))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000)
})
