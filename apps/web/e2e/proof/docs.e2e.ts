import axe from 'axe-core'
import { expect, test } from 'vitest'
import { openAs } from '../browser.ts'
import { place } from '../order.ts'
import { until } from '../shop.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

test('the API’s reference is readable by everyone, at a desk and on a phone, in both themes', async () => {
  for (const [theme, width] of [
    ['light', 1_280],
    ['dark', 390],
  ] as const) {
    await using visit = await openAs(browser(), { width, theme, locale: 'en-US' })
    const { page } = visit
    await page.goto(`${shop().url}/docs`)
    await page.getByRole('heading', { level: 1, name: 'Landfall API' }).waitFor()
    // The viewer writes an operation when the reader comes near it.
    await until('the operations are written', async () => {
      await page.mouse.wheel(0, 2_000)
      return (await page.getByRole('heading', { name: 'Refund an order' }).count()) > 0
    })
    await page.evaluate(`${axe.source};0`)
    const violations = await page.evaluate(async (): Promise<string[]> => {
      const answer = await Reflect.get(window, 'axe').run(document, { resultTypes: ['violations'] })
      return answer.violations.map(
        ({ id, nodes }: { id: string; nodes: unknown[] }) => `${id} ×${nodes.length}`,
      )
    })
    expect([theme, width, violations]).toEqual([theme, width, []])
    expect([theme, width, visit.complaints]).toEqual([theme, width, []])
  }
})

test('P-02, P-06: the API’s reference requests its own two scripts and nothing else, and reaches no page, storage or cookie of the customer', async () => {
  const { resultUrl } = await place(shop())
  await using visit = await openAs(browser(), { width: 1_280, locale: 'en-US' })
  await visit.page.goto(resultUrl)
  await visit.page.evaluate(() => localStorage.setItem('secret', 'of the customer’s page'))
  const page = await visit.page.context().newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${shop().url}/docs`)
  await page.getByRole('heading', { level: 1, name: 'Landfall API' }).waitFor()
  expect(asked).toEqual(['/docs', '/docs/start.js', '/docs/reference.js'])
  const reached = await page.evaluate(async (url) => {
    const cookie = ((): string => {
      try {
        return document.cookie
      } catch (error) {
        return String(error)
      }
    })()
    const answer = await fetch(url).then(
      (found) => found.text(),
      (error: unknown) => String(error),
    )
    return [self.origin, localStorage.getItem('secret'), cookie, answer]
  }, resultUrl)
  expect(reached).toEqual([
    'null',
    null,
    expect.stringContaining('SecurityError'),
    expect.stringContaining('Failed to fetch'),
  ])
  // Control: the customer's page of the same server reaches its own storage.
  expect(await visit.page.evaluate(() => localStorage.getItem('secret'))).toBe('of the customer’s page')
})
