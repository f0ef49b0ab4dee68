import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openAs, openDesktop, openPhone } from '../browser.ts'
import { place } from '../order.ts'
import { openFor, hasStatus } from '../own-shop-stage.ts'
import { openOwnShop } from '../own-shop.ts'
import { landsOn } from '../paying.ts'
import { shows } from '../roads.ts'
import { galleryStage } from '../stage.ts'

const { browser } = galleryStage()

describe('a shop on its own origin that forwards', () => {
  const at = openFor(() => ({ RETURN_MODE: 'forward' }))
  const placeHere = () => place(at().shop, { returnTo: `${at().own.url}/thanks` })
  const thanksFor = (orderId: string): string => `${at().own.url}/thanks?order_id=${orderId}`

  test('P-10: without script the same return ends there too', async () => {
    await using visit = await openAs(browser(), { width: 390, script: false })
    const { orderId, impUid } = await placeHere()
    const { redirectUrl } = await at().shop.gateway.approve(impUid)
    await visit.page.goto(redirectUrl ?? 'no redirect')
    await visit.page.waitForURL(thanksFor(orderId))
    await visit.page.locator('h1[data-status="paid"]').waitFor()
  })

  test('R-10: an open page stays while it is checking, tells the outcome, and goes by itself, past the back button', async () => {
    const { own, shop } = at()
    await using visit = await openPhone(browser())
    const { page } = visit
    const { orderId, impUid } = await placeHere()
    shop.gateway.misbehave({ rest: 'error', webhook: 'never' })
    const { redirectUrl } = await shop.gateway.approve(impUid)
    await page.goto(`${own.url}/frame`)
    const asked = page.waitForResponse(/payments\.verify/)
    await page.goto(redirectUrl ?? 'no redirect')
    await landsOn(page, 'checking')
    await asked
    expect(page.url()).toContain('/result/')
    shop.gateway.behave()
    await landsOn(page, 'paid')
    await page.getByText('곧 쇼핑몰 페이지로 이동해요').waitFor()
    await page.waitForURL(thanksFor(orderId))
    await hasStatus(page, 'paid')
    await page.goBack()
    expect(page.url()).toBe(`${own.url}/frame`)
    expect(visit.complaints).toEqual([])
  })

  test('V-01: an account to pay into is shown, with the link back', async () => {
    await using visit = await openPhone(browser())
    const { orderId, impUid } = await placeHere()
    const { redirectUrl } = await at().shop.gateway.issueAccount(impUid)
    await visit.page.goto(redirectUrl ?? 'no redirect')
    await landsOn(visit.page, 'awaiting_deposit')
    await visit.page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await visit.page.waitForURL(thanksFor(orderId))
    await hasStatus(visit.page, 'awaiting_deposit')
  })

  test('R-01: a thank-you address that somebody types shows nothing paid', async () => {
    await using visit = await openPhone(browser())
    const { orderId } = await placeHere()
    for (const [typed, status] of [
      [`order_id=${orderId}&imp_success=true&status=paid`, 'open'],
      ['order_id=shop-of-somebody-else', 'unknown'],
      ['', 'unknown'],
    ] as const) {
      await visit.page.goto(`${at().own.url}/thanks?${typed}`)
      expect(await visit.page.locator('h1').getAttribute('data-status')).toBe(status)
    }
  })
})

describe('a shop on its own origin that links', () => {
  const at = openFor((url) => ({
    ALLOWED_ORIGINS: url,
    SHOP_NAME: '뭍 상점',
    SHOP_LOGO_URL: `${url}/logo.svg`,
    SHOP_CONTACT: 'tel:02-123-4567',
  }))

  test('O-03: from another origin the browser keeps the answer back, and no call with a key gets out', async () => {
    const { own, shop } = at()
    await using stranger = await openOwnShop()
    stranger.use(shop)
    const { token } = await place(shop)
    await using visit = await openDesktop(browser())
    expect(await callsFrom(visit.page, own.url, shop.url, token)).toEqual([200, 'kept back', 'kept back'])
    expect(await callsFrom(visit.page, stranger.url, shop.url, token)).toEqual(Array(3).fill('kept back'))
  })

  test('P-06: the screen stands in an allowed origin’s frame, with its logo, and follows; in another’s it does not', async () => {
    const { own, shop } = at()
    await using stranger = await openOwnShop()
    stranger.use(shop)
    const placed = await place(shop, { returnTo: `${own.url}/thanks` })
    await using visit = await openDesktop(browser())
    const { page } = visit
    await page.goto(`${own.url}/frame?of=${encodeURIComponent(placed.returnUrl)}`)
    const screen = page.frameLocator('iframe[name="screen"]')
    await screen.locator('main[data-kind="checking"]').waitFor()
    const logo = screen.locator('header img')
    const width = logo.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))
    expect(await width).toBe(64)
    expect(await screen.locator('header').innerText()).toContain('뭍 상점')
    await shop.gateway.approve(placed.impUid)
    await shows(placed, 'paid')
    await screen.locator('main[data-kind="paid"]').waitFor()
    expect(visit.complaints).toEqual([])
    await screen.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await page.waitForURL(`${own.url}/thanks?order_id=${placed.orderId}`)
    await page.goto(`${stranger.url}/frame?of=${encodeURIComponent(placed.resultUrl)}`)
    await expect.poll(() => visit.complaints.join()).toContain('frame-ancestors')
  })
})

/** What a page of an origin learns of three calls: the screen, the screen with a key, and a merchant's procedure. */
async function callsFrom(page: Page, from: string, server: string, token: string) {
  await page.goto(`${from}/frame`)
  const body = JSON.stringify({ token })
  return page.evaluate(
    async (calls) =>
      Promise.all(
        calls.map(async ({ url, key, text }) => {
          const headers = {
            'content-type': 'application/json',
            ...(key === '' ? {} : { authorization: key }),
          }
          return fetch(url, { method: 'POST', headers, body: text }).then(
            ({ status }) => status,
            () => 'kept back',
          )
        }),
      ),
    [
      { url: `${server}/trpc/payments.verify`, key: '', text: body },
      { url: `${server}/trpc/payments.verify`, key: 'Bearer x', text: body },
      { url: `${server}/trpc/orders.register`, key: '', text: body },
    ],
  )
}
