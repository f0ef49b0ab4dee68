import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { openPhone } from '../browser.ts'
import { place } from '../order.ts'
import { buy, landsOn, payByCard } from '../paying.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

/** `../failure.e2e.ts` tests a card over its limit. */
const refusals = [
  { card: '4000000000000003', ko: /잔액/, en: /balance|funds/i },
  { card: '4000000000000004', ko: /카드/, en: /card/i },
] as const

describe('a failed payment', () => {
  test.each(refusals)(
    'a refused card ($card) shows its reason in Korean and in English',
    async ({ card, ko, en }) => {
      await using visit = await openPhone(browser())
      const { page } = visit
      const { orderId, windowUrl } = await place(shop())
      await page.goto(windowUrl)
      await payByCard(page, card)
      await landsOn(page, 'failed')
      expect(await page.locator('main').innerText()).toMatch(ko)
      await page.getByRole('link', { name: 'English' }).click()
      expect(await page.locator('main').innerText()).toMatch(en)
      expect((await shop().order(orderId)).status).toBe('open')
    },
  )

  test('R-06: a misconfigured PG opens no window: the screen says checking, then failed, and is never an error page', async () => {
    shop().gateway.misbehave({ noWindow: true })
    await using visit = await openPhone(browser())
    const { page } = visit
    await buy(page, shop().url)
    await landsOn(page, 'checking')
    await shop().advance(SETTLE_FAILURE_MS + 1_000)
    await landsOn(page, 'failed')
    expect(await page.getByRole('link', { name: '다시 결제하기' }).isVisible()).toBe(true)
    expect(visit.complaints).toEqual([])
  })

  test('R-14: markup in the gateway’s message stays text', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    const { orderId, impUid, returnUrl } = await place(shop())
    const message = '<img src=x onerror="document.title=1"><script>document.title="owned"</script>'
    const query = new URLSearchParams({
      imp_uid: impUid,
      merchant_uid: orderId,
      imp_success: 'false',
      error_msg: message,
    })
    await page.goto(`${returnUrl}?${query.toString()}`)
    await landsOn(page, 'checking')
    await shop().advance(SETTLE_FAILURE_MS + 1_000)
    await landsOn(page, 'failed')
    expect(await page.locator('main').innerText()).toContain('<img src=x')
    expect(await page.locator('main img[src="x"]').count()).toBe(0)
    expect(await page.title()).not.toContain('owned')
  })
})
