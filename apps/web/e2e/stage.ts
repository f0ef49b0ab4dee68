import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openBrowser } from './browser.ts'
import { openShop, type Shop } from './shop.ts'

/** One shop and one browser for the tests of a file; each test opens a visit of its own and finds the gateway behaving. */
export function stage(): { readonly shop: () => Shop; readonly browser: () => Browser } {
  let opened: { readonly shop: Shop; readonly browser: Browser } | null = null
  const there = () => {
    if (opened === null) throw new Error('the stage is set up before the tests run')
    return opened
  }
  beforeAll(async () => {
    const [shop, browser] = await Promise.all([openShop(), openBrowser()])
    opened = { shop, browser }
  })
  afterEach(() => there().shop.gateway.behave())
  afterAll(async () => {
    await there().browser.close()
    await there().shop[Symbol.asyncDispose]()
  })
  return { shop: () => there().shop, browser: () => there().browser }
}
