import { describe, expect, test } from 'vitest'
import { openAs } from './browser.ts'
import { place } from './order.ts'
import { bring, firstResponse, kinds } from './roads.ts'
import { stage } from './stage.ts'

const { shop, browser } = stage()

describe('the recorded outcome is in the first response', () => {
  test.each(kinds)(
    '%s: with the real server, in Korean and in English, before and after hydration',
    async (kind) => {
      const placed = await bring(shop(), kind)
      for (const language of ['ko', 'en'] as const) {
        const { text, markup } = await firstResponse(placed.resultUrl, { 'accept-language': language })
        expect(/<html[^>]* lang="(\w+)"/.exec(text)?.[1]).toBe(language)
        expect(markup).toContain(placed.orderId)
      }
      await using visit = await openAs(browser(), { width: 390 })
      await visit.page.goto(placed.resultUrl)
      await visit.page.locator('html[data-live]').waitFor()
      expect(await visit.page.locator('main').getAttribute('data-kind')).toBe(kind)
      expect(await visit.page.locator('main').innerText()).toContain(placed.orderId)
      expect(visit.complaints).toEqual([])
    },
  )

  test('R-11: a damaged, shortened or invented token gets the same neutral page, with 404 and without script', async () => {
    const { token, returnUrl } = await place(shop())
    const bad = [
      'x',
      token.slice(0, -2),
      `${token}x`,
      'a.b.c',
      encodeURIComponent('<script>alert(1)</script>'),
    ]
    const pages = await Promise.all(bad.map((each) => firstResponse(`${shop().url}/result/${each}`)))
    for (const page of pages) {
      expect([page.status, page.kind]).toEqual([404, 'not_found'])
      expect(page.text).toBe(pages[0]?.text)
    }
    expect(returnUrl).toContain(token)
    await using visit = await openAs(browser(), { width: 390, locale: 'en-US' })
    await visit.page.goto(`${shop().url}/result/x`)
    expect(await visit.page.getByRole('link', { name: 'Back to the shop' }).getAttribute('href')).toBe(
      `${shop().url}/`,
    )
    await visit.page.getByRole('link', { name: '한국어' }).click()
    expect(await visit.page.getByRole('heading', { level: 1 }).innerText()).toBe('결제 내역을 찾을 수 없어요')
  })

  test('P-02 P-06: the page is not cached, names nobody, refuses frames, and allows only its own script and style', async () => {
    const { headers, text } = await firstResponse((await place(shop())).resultUrl)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'sha256-[\w+/=]+';/)
    expect(policy).toMatch(/frame-ancestors 'none'/)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    for (const [name, value] of [
      ['cache-control', 'no-store'],
      ['referrer-policy', 'no-referrer'],
      ['x-content-type-options', 'nosniff'],
      ['x-frame-options', 'DENY'],
    ] as const)
      expect([name, headers.get(name)]).toEqual([name, value])
    expect(headers.get('set-cookie')).toBeNull()
    expect(text.match(/<style/g)).toHaveLength(1)
  })
})
