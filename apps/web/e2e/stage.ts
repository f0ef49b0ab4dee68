import type { Browser } from 'playwright-core'
import { afterEach, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { openGallery, type Gallery } from './gallery.ts'
import { openShop, type Shop } from './shop.ts'

/** One shop, one gallery and one browser for all files of a run: opened by the first that needs them, closed when the run ends. */
const ofRun = { scope: 'worker' } as const
const run = test
  .extend('opens', ofRun, { browser: openBrowser, shop: openShop, gallery: openGallery })
  .extend('browser', ofRun, async ({ opens }, { onCleanup }) => {
    const browser = await opens.browser()
    onCleanup(() => browser.close())
    return browser
  })
  .extend('shop', ofRun, async ({ opens }, { onCleanup }) => {
    const shop = await opens.shop()
    onCleanup(() => shop[Symbol.asyncDispose]())
    return shop
  })
  .extend('gallery', ofRun, async ({ opens }, { onCleanup }) => {
    const gallery = await opens.gallery()
    onCleanup(() => gallery[Symbol.asyncDispose]())
    return gallery
  })

function there<Thing>(thing: Thing | null): Thing {
  if (thing === null) throw new Error('the stage is set up before the tests run')
  return thing
}

/** For tests at the real server; each opens a visit of its own, with orders of its own, and finds the gateway behaving. */
export function stage(): { readonly shop: () => Shop; readonly browser: () => Browser } {
  let opened: { readonly shop: Shop; readonly browser: Browser } | null = null
  run.beforeAll(({ shop, browser }) => void (opened = { shop, browser }))
  afterEach(() => there(opened).shop.gateway.behave())
  return { shop: () => there(opened).shop, browser: () => there(opened).browser }
}

/** For tests of the samples. */
export function galleryStage(): { readonly gallery: () => Gallery; readonly browser: () => Browser } {
  let opened: { readonly gallery: Gallery; readonly browser: Browser } | null = null
  run.beforeAll(({ gallery, browser }) => void (opened = { gallery, browser }))
  return { gallery: () => there(opened).gallery, browser: () => there(opened).browser }
}
