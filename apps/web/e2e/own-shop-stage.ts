import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openOwnShop, type OwnShop } from './own-shop.ts'
import { appears } from './paying.ts'
import { openShop, type Shop } from './shop.ts'

/** The product with a shop on another origin, opened before the tests of a group and closed after them. */
export function openFor(settings: (ownUrl: string) => Readonly<Record<string, string>>) {
  let opened: { readonly own: OwnShop; readonly shop: Shop } | null = null
  const at = () => {
    if (opened === null) throw new Error('the shop is open while the tests run')
    return opened
  }
  beforeAll(async () => {
    const own = await openOwnShop()
    const shop = await openShop({ SHOP_URL: `${own.url}/`, ...settings(own.url) })
    own.use(shop)
    opened = { own, shop }
  })
  afterEach(() => at().shop.gateway.behave())
  afterAll(async () => {
    await at().shop[Symbol.asyncDispose]()
    await at().own[Symbol.asyncDispose]()
  })
  return at
}

/** Waits until a page of that shop says that its order has this status. */
export const hasStatus = (page: Page, status: string): Promise<void> =>
  appears(page, `h1[data-status="${status}"]`)
