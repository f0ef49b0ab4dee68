import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { orderAnew } from '../../src/copy.ts'
import { openPhone } from '../browser.ts'
import { place, type Placed } from '../order.ts'
import { approvedCard, landsOn } from '../paying.ts'
import { bringTo, firstResponse, shows } from '../roads.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

/** Opens another window for the same order, as a second tab does. */
function anotherTry({ orderId, returnUrl }: Placed): string {
  const opened = shop().gateway.open({
    merchantUid: orderId,
    amount: 14_000,
    name: '등대 머그컵',
    mRedirectUrl: returnUrl,
  })
  if (!opened.ok) throw new Error(opened.errorMsg)
  return opened.impUid
}

describe('two payments of one order', () => {
  test('R-25, S-22: one claims success and waits, the other is refused: the screen says checking without «pay again», then paid', async () => {
    const placed = await place(shop())
    const other = anotherTry(placed)
    shop().gateway.misbehave({ approval: 'late', approvalLateMs: null })
    const first = await shop().gateway.pay(placed.impUid, { cardNumber: approvedCard })
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(first.redirectUrl ?? 'no redirect')
    await landsOn(page, 'checking')
    const second = await shop().gateway.refuse(other, 'limit')
    await page.goto(second.redirectUrl ?? 'no redirect')
    await landsOn(page, 'checking')
    await shop().advance(SETTLE_FAILURE_MS + 1_000)
    await page.reload()
    await landsOn(page, 'checking')
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    await shop().gateway.approve(placed.impUid)
    await landsOn(page, 'paid')
  })

  test('M-32: after a refunded payment, a refused one with the same order number tells the customer to order again', async () => {
    shop().gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    const placed = await place(shop())
    const other = anotherTry(placed)
    shop().gateway.behave()
    await firstResponse((await shop().gateway.approve(placed.impUid, { amount: 1_000 })).redirectUrl ?? '')
    await shows(placed, 'cancelled')
    const { redirectUrl } = await shop().gateway.refuse(other, 'limit')
    await using visit = await openPhone(browser())
    await visit.page.goto(redirectUrl ?? 'no redirect')
    await landsOn(visit.page, 'failed')
    expect(await visit.page.locator('main').innerText()).toContain(orderAnew.ko)
    expect(await visit.page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
  })
})

describe('an expired order, without script', () => {
  test('P-10, R-26: an expired page reloads by itself', async () => {
    const placed = await place(shop(), { expiresInMs: 5_000 })
    await bringTo(shop(), placed, 'expired')
    expect((await firstResponse(placed.resultUrl)).text).toMatch(
      /<meta http-equiv="refresh" content="30;url=\/result\/[^"]+since=\d+">/,
    )
  })
})
