import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openAs, openPhone } from '../browser.ts'
import { place, type Placed } from '../order.ts'
import { approvedCard } from '../paying.ts'
import { until } from '../shop.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()
const scripts = '**/assets/*.js'

/** What keeps the page's script from running, although the browser runs scripts. */
const troubles: ReadonlyArray<readonly [what: string, make: (page: Page) => Promise<unknown>]> = [
  ['blocked', (page) => page.route(scripts, (route) => route.abort('blockedbyclient'))],
  ['gone after a deployment', (page) => page.route(scripts, (route) => route.fulfill({ status: 404 }))],
  ['refused by its hash', (page) => page.route(scripts, (route) => route.fulfill({ body: 'own()' }))],
  [
    'failing, as in an old browser',
    (page) => page.addInitScript(() => Reflect.deleteProperty(globalThis, 'Symbol')),
  ],
]

/** Pays in the window; the gateway approves only when the test says so. Returns the address that the browser comes back to. */
async function payLate({ impUid }: Placed): Promise<string> {
  shop().gateway.misbehave({ approval: 'late', approvalLateMs: null })
  return (await shop().gateway.pay(impUid, { cardNumber: approvedCard })).redirectUrl ?? 'no redirect'
}

/** How often the page was loaded. */
function loadsOf(page: Page): () => number {
  let loads = 0
  page.on('domcontentloaded', () => (loads += 1))
  return () => loads
}

/** Follows a payment to its end on a page with this fault. Returns the address that «back» leads to afterwards. */
async function followed(what: string, make: (page: Page) => Promise<unknown>) {
  const placed = await place(shop())
  const redirectUrl = await payLate(placed)
  await using visit = await openAs(browser(), { width: 390 })
  const { page } = visit
  await make(page)
  await page.goto(`${shop().url}/icon.svg`)
  await page.goto(redirectUrl)
  const loads = loadsOf(page)
  expect([what, await page.locator('main').getAttribute('data-kind')]).toEqual([what, 'checking'])
  await until(`${what}: the page reloads`, () => loads() > 1)
  await shop().gateway.approve(placed.impUid)
  await page.locator('main[data-kind="paid"]').waitFor()
  expect([what, await page.locator('meta[http-equiv="refresh"], html[data-live]').count()]).toEqual([what, 0])
  await page.goBack()
  return [what, new URL(page.url()).pathname]
}

describe('a page whose script does not run', () => {
  test('P-10: checking becomes paid by itself, whatever the trouble, and «back» leaves the page at once', async () => {
    const left = await Promise.all(troubles.map(([what, make]) => followed(what, make)))
    expect(left).toEqual(troubles.map(([what]) => [what, '/icon.svg']))
  })

  test('P-10: a page whose script runs has no reload, and stays while one without has reloaded twice', async () => {
    const placed = await place(shop())
    const redirectUrl = await payLate(placed)
    await using following = await openPhone(browser())
    await using reloading = await openPhone(browser())
    await reloading.page.route(scripts, (route) => route.abort())
    const [stays, reloads] = [loadsOf(following.page), loadsOf(reloading.page)]
    await Promise.all([following, reloading].map(({ page }) => page.goto(redirectUrl)))
    await following.page.locator('html[data-live]').waitFor()
    await until('the other reloads twice', () => reloads() > 2)
    expect(stays()).toBe(1)
    expect(await following.page.locator('meta[http-equiv]').count()).toBe(0)
    expect(following.complaints).toEqual([])
  })

  test('P-10: a page that is not checking changes its address once, so that one «back» too many is all it takes', async () => {
    const placed = await place(shop())
    const { redirectUrl } = await shop().gateway.refuse(placed.impUid, 'limit')
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.route(scripts, (route) => route.abort())
    await page.goto(redirectUrl ?? 'no redirect')
    await page.locator('main[data-kind="failed"]').waitFor()
    const content = (): Promise<string | null> =>
      page.locator('meta[http-equiv="refresh"]').getAttribute('content')
    const [, next = ''] = (await content())?.split('url=') ?? []
    await page.goto(new URL(next, shop().url).href)
    expect(await content()).toMatch(/^\d+$/)
  })
})
