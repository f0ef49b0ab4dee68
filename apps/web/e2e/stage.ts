import type { Browser } from 'playwright-core'
import { afterEach, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { openGallery, type Gallery } from './gallery.ts'
import { openShop, type Shop } from './shop.ts'

/** One shop, one gallery and one browser for all files of a run. The first test that needs one opens it, and the end of the run closes it. */
const ofRun = { scope: 'worker' } as const
const run = test
  .extend('opens', ofRun, {
    browser: openBrowser,
    shop: openShop,
    shopOfBoth: () => openShop({}, 'both'),
    gallery: openGallery,
  })
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
  .extend('shopOfBoth', ofRun, async ({ opens }, { onCleanup }) => {
    const shop = await opens.shopOfBoth()
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

/** The real server for tests. Each test opens its own visit and orders. The gateway's switches are reset before each test. */
export function stage(): { readonly shop: () => Shop; readonly browser: () => Browser } {
  let opened: { readonly shop: Shop; readonly browser: Browser } | null = null
  run.beforeAll(({ shop, browser }) => void (opened = { shop, browser }))
  afterEach(() => there(opened).shop.gateway.behave())
  return { shop: () => there(opened).shop, browser: () => there(opened).browser }
}

/** The same for a shop that has V1 and V2. */
export function stageOfBoth(): ReturnType<typeof stage> {
  let opened: { readonly shop: Shop; readonly browser: Browser } | null = null
  run.beforeAll(({ shopOfBoth, browser }) => void (opened = { shop: shopOfBoth, browser }))
  afterEach(() => there(opened).shop.gateway.behave())
  return { shop: () => there(opened).shop, browser: () => there(opened).browser }
}

/** The gallery for tests of the samples. */
export function galleryStage(): { readonly gallery: () => Gallery; readonly browser: () => Browser } {
  let opened: { readonly gallery: Gallery; readonly browser: Browser } | null = null
  run.beforeAll(({ gallery, browser }) => void (opened = { gallery, browser }))
  return { gallery: () => there(opened).gallery, browser: () => there(opened).browser }
}
