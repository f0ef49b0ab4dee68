import { describe, expect, test } from 'vitest'
import { openPhone } from '../browser.ts'
import { place } from '../order.ts'
import { buy, landsOn, orderIdOn, payByCard } from '../paying.ts'
import { RETRIED_WITHIN_MS, until } from '../shop.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

describe('G-03: the gateway does not answer when the customer comes back', () => {
  test('the screen says checking, never failed, and becomes paid when the gateway recovers', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await buy(page, shop().url)
    await page.waitForURL('**/window/**')
    shop().gateway.misbehave({ rest: 'down' })
    await payByCard(page)
    await landsOn(page, 'checking')
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    const orderId = await orderIdOn(page)
    await shop().gateway.settled()
    expect(
      shop()
        .gateway.webhooks()
        .map((delivery) => delivery.status),
    ).toContain(200)
    shop().gateway.behave()
    await shop().advance(RETRIED_WITHIN_MS)
    await landsOn(page, 'paid')
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
  })

  test('a customer who never returned is recorded as paid all the same, through the webhook', async () => {
    shop().gateway.misbehave({ redirect: 'never' })
    await using visit = await openPhone(browser())
    const { orderId, windowUrl } = await place(shop())
    await visit.page.goto(windowUrl)
    await payByCard(visit.page)
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
  })
})
