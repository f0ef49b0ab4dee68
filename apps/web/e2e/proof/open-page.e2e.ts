import { describe, expect, test } from 'vitest'
import { POLL_MAX_MS } from '../../src/visit.ts'
import { openAs, openPhone } from '../browser.ts'
import { place } from '../order.ts'
import { bringTo, firstResponse, shows } from '../roads.ts'
import { until } from '../shop.ts'
import { stage } from '../stage.ts'
import { openWire } from '../wire.ts'

const { shop, browser } = stage()

describe('the page of an outcome', () => {
  test('the page needs no cookie, no storage and no other origin: another browser shows the same at the same address', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'paid')
    const texts: string[] = []
    for (const _ of ['the one that paid', 'another']) {
      await using visit = await openPhone(browser())
      const origins = new Set<string>()
      visit.page.on('request', (request) => origins.add(new URL(request.url()).origin))
      await visit.page.goto(placed.resultUrl)
      await visit.page.locator('html[data-live]').waitFor()
      texts.push(await visit.page.locator('main').innerText())
      expect([...origins]).toEqual([shop().url])
      expect(await visit.page.context().cookies()).toEqual([])
      expect(await visit.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
    }
    expect(texts[0]).toBe(texts[1])
  })

  test('an order registered from an app has a link back to the app, also without script', async () => {
    const placed = await place(shop(), { appScheme: 'landfall-shop://' })
    await bringTo(shop(), placed, 'paid')
    expect((await firstResponse(placed.resultUrl)).markup).toContain('href="landfall-shop://"')
    await using visit = await openAs(browser(), { width: 390 })
    await visit.page.goto(placed.resultUrl)
    const link = visit.page.getByRole('link', { name: '앱으로 돌아가기' })
    expect(await link.getAttribute('href')).toBe('landfall-shop://')
  })

  test('a final page requests only its script, and is announced once', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'paid')
    await using visit = await openPhone(browser())
    const asked: string[] = []
    visit.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await visit.page.goto(placed.resultUrl)
    await visit.page.locator('html[data-live]').waitFor()
    await visit.page.waitForLoadState('networkidle')
    expect(asked.filter((path) => path.startsWith('/trpc'))).toEqual([])
    expect(asked.filter((path) => path.startsWith('/assets'))).toHaveLength(1)
    expect(await visit.page.getByRole('status').innerText()).toBe('결제가 완료됐어요')
  })
})

describe('without script', () => {
  test('V-01: an account screen has all payment details, a calendar file and a link to check again', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'awaiting_deposit')
    await using visit = await openAs(browser(), { width: 390, script: false })
    await visit.page.goto(placed.resultUrl)
    expect(await visit.page.locator('.copy').first().isVisible()).toBe(false)
    const calendar = await visit.page.getByRole('link', { name: '캘린더에 마감 추가' }).getAttribute('href')
    const file = await fetch(new URL(calendar ?? '', placed.resultUrl))
    expect(file.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    expect(file.headers.get('cache-control')).toBe('no-store')
    expect(await file.text()).toMatch(/^BEGIN:VCALENDAR\r\n[^]*DTEND:\d{8}T\d{6}Z\r\n/)
    await shop().gateway.deposit(placed.impUid)
    await shows(placed, 'paid')
    await visit.page.getByRole('link', { name: '다시 확인' }).click()
    await visit.page.locator('main[data-kind="paid"]').waitFor()
    expect((await fetch(new URL(calendar ?? '', placed.resultUrl))).status).toBe(404)
  })
})

describe('a page that is left, opened twice or disconnected', () => {
  test('R-18: reload, back and forward never change paid', async () => {
    const placed = await place(shop())
    const { redirectUrl } = await shop().gateway.approve(placed.impUid)
    await using visit = await openPhone(browser())
    await visit.page.goto(redirectUrl ?? 'no redirect')
    const paid = visit.page.locator('main[data-kind="paid"]')
    await paid.waitFor()
    await visit.page.reload()
    await paid.waitFor()
    await visit.page.goto(shop().url)
    await visit.page.goBack()
    await paid.waitFor()
    await visit.page.goForward()
    await visit.page.goto(redirectUrl ?? 'no redirect')
    await paid.waitFor()
    expect(shop().proofs(placed.orderId)).toHaveLength(1)
    expect(visit.complaints).toEqual([])
  })

  test('P-07: a page shown again has the current state, also from the back-forward cache', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'paid')
    await using visit = await openPhone(browser())
    await visit.page.goto(placed.resultUrl)
    await visit.page.locator('html[data-live]').waitFor()
    await visit.page.goto(shop().url)
    await shop().gateway.cancelInConsole(placed.impUid, 4_000)
    await shows(placed, 'partially_cancelled')
    await visit.page.goBack()
    await visit.page.locator('main[data-kind="partially_cancelled"]').waitFor()
    await shop().gateway.cancelInConsole(placed.impUid)
    await shows(placed, 'cancelled')
    await visit.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
    await visit.page.locator('main[data-kind="cancelled"]').waitFor()
    expect(await visit.page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  })

  test('two tabs of one order change together', async () => {
    const placed = await place(shop())
    await bringTo(shop(), placed, 'awaiting_deposit')
    await using one = await openPhone(browser())
    await using other = await openPhone(browser(), 'en-US')
    await Promise.all([one, other].map(({ page }) => page.goto(placed.resultUrl)))
    await Promise.all([one, other].map(({ page }) => page.locator('html[data-live]').waitFor()))
    await shop().gateway.deposit(placed.impUid)
    await Promise.all([one, other].map(({ page }) => page.locator('main[data-kind="paid"]').waitFor()))
    expect(await one.page.getByRole('status').innerText()).toBe('결제가 완료됐어요')
    expect(await other.page.getByRole('status').innerText()).toBe('Payment complete')
    expect(await one.page.title()).toBe('결제가 완료됐어요 · 결제 결과')
    expect([...one.complaints, ...other.complaints]).toEqual([])
  })

  test('a page that goes offline while checking says so, keeps the last screen, and continues by itself', async () => {
    const placed = await place(shop())
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(placed.resultUrl)
    await page.locator('html[data-live]').waitFor()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: '다시 확인' }).click()
    await page.locator('.trouble').waitFor()
    expect(await page.locator('.trouble').innerText()).toContain('연결이 끊겨서')
    expect(await page.locator('main').getAttribute('data-kind')).toBe('checking')
    await shop().gateway.approve(placed.impUid)
    await page.context().setOffline(false)
    await page.locator('main[data-kind="paid"]').waitFor()
    expect(await page.locator('.trouble').count()).toBe(0)
  })

  test('polling replaces a stream that stays broken, and P-09: no request has a token in its query', async () => {
    const placed = await place(shop())
    await using wire = await openWire(shop().url)
    await using visit = await openPhone(browser())
    await visit.page.clock.install()
    await visit.page.goto(placed.resultUrl.replace(shop().url, wire.url))
    await until('the page listens', () => wire.streams() > 0)
    wire.cutStreams()
    await shop().gateway.approve(placed.impUid)
    await visit.page.clock.fastForward(POLL_MAX_MS)
    await visit.page.locator('main[data-kind="paid"]').waitFor()
    expect(wire.asked().filter((path) => path === '/trpc/payments.screen').length).toBeGreaterThan(0)
    expect(wire.asked()).toContain('/trpc/payments.watch')
    for (const query of wire.queries()) expect(decodeURIComponent(query)).not.toMatch(/token|eyJ/)
  })

  test('R-14: markup and right-to-left text in an order’s name stay text, in the page and in its data', async () => {
    const name = '</script><script>document.title="owned"</script><b>עברית</b> \u202Eabc'
    const placed = await place(shop(), { name })
    await bringTo(shop(), placed, 'paid')
    const { text } = await firstResponse(placed.resultUrl)
    expect(text.match(/<script/g)).toHaveLength(2)
    for (const script of [false, true]) {
      await using visit = await openAs(browser(), { width: 390, script })
      await visit.page.goto(placed.resultUrl)
      expect(await visit.page.locator('[data-row="order"] .value').innerText()).toContain('<b>עברית</b>')
      expect(await visit.page.locator('main b').count()).toBe(0)
      expect(await visit.page.title()).not.toContain('owned')
      // Right-to-left text stays in its own row.
      expect(await visit.page.locator('[data-row="orderId"] .value').innerText()).toBe(placed.orderId)
      expect(visit.complaints).toEqual([])
    }
  })
})
