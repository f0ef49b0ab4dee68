import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { checking } from '../src/checking-copy.ts'
import { problems } from '../src/shop-copy.ts'
import { openDesktop, openPhone, type Visit } from './browser.ts'
import { appears, buyByV2, issueAccount, landsOn, orderIdOn, payByCard, type Window } from './paying.ts'
import { RETRIED_WITHIN_MS, until } from './shop.ts'
import { stageOfBoth } from './stage.ts'

const { shop, browser } = stageOfBoth()

const overdrawn = '4000000000000003'

/** On a phone the window is the whole page, and returns by a redirect. On a PC it is a frame, and its promise resolves. */
const devices: ReadonlyArray<[device: string, open: () => Promise<Visit>, windowOn: (page: Page) => Window]> =
  [
    ['a phone', () => openPhone(browser()), (page) => page],
    ['a PC', () => openDesktop(browser()), (page) => page.frameLocator('iframe')],
  ]

const toldPaidOnce = async (orderId: string): Promise<void> => {
  await until('the shop is told', () => shop().toldOf(orderId).includes('payment.paid'))
  expect(
    shop()
      .toldOf(orderId)
      .filter((type) => type === 'payment.paid'),
  ).toHaveLength(1)
  expect(shop().proofs(orderId)).toHaveLength(1)
}
const paymentsOf = (orderId: string) =>
  shop()
    .gateway.payments()
    .filter((each) => each.merchant_uid === orderId)

describe.each(devices)('by V2 on %s', (device, open, windowOn) => {
  test('P-06: shop → switch → window → paid with proof, one notice, and back to the shop, without a policy violation', async () => {
    await using visit = await open()
    const { page } = visit
    const hops: Array<{ path: string; status: number }> = []
    page.on('response', (answer) => {
      if (answer.request().isNavigationRequest())
        hops.push({ path: new URL(answer.url()).pathname, status: answer.status() })
    })
    await buyByV2(page, shop().url)
    await payByCard(windowOn(page))
    await landsOn(page, 'paid')
    const wayOfPhone = hops.find((hop) => hop.path.startsWith('/complete/'))?.status
    expect(wayOfPhone).toBe(device === 'a phone' ? 303 : undefined)
    expect(await page.locator('main').innerText()).toContain('14,000원')
    const orderId = await orderIdOn(page)
    await toldPaidOnce(orderId)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    expect(await shop().order(orderId)).toMatchObject({ status: 'paid', balance: 14_000 })
    await page.locator('html[data-live]').waitFor()
    await page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await appears(page, 'article')
    expect(visit.complaints).toEqual([])
  })

  test('R-25: the customer closes the window, and pays the same order after that', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await windowOn(page).getByRole('button', { name: '닫기' }).click()
    await landsOn(page, 'failed')
    const orderId = await orderIdOn(page)
    await page.getByRole('link', { name: '다시 결제하기' }).click()
    await page.locator('main[data-kind="pay_again"]').getByRole('button', { name: /결제/ }).click()
    await payByCard(windowOn(page))
    await landsOn(page, 'paid')
    expect(await orderIdOn(page)).toBe(orderId)
    await toldPaidOnce(orderId)
    expect(paymentsOf(orderId)).toHaveLength(2)
  })

  test('a refused card shows its reason', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await payByCard(windowOn(page), overdrawn)
    await landsOn(page, 'failed')
    expect(await page.locator('main').innerText()).toMatch(/잔액/)
    expect((await shop().order(await orderIdOn(page))).status).toBe('open')
  })

  test('R-06: a window that cannot open leaves the customer in the shop, which says so, and nothing is charged', async () => {
    shop().gateway.misbehave({ noWindow: true })
    await using visit = await open()
    const { page } = visit
    const before = shop().gateway.payments().length
    await buyByV2(page, shop().url)
    await page.getByRole('status').getByText(problems.window.ko).waitFor()
    expect(
      shop()
        .gateway.payments()
        .slice(before)
        .filter((each) => each.paid_at),
    ).toEqual([])
    expect(visit.complaints).toEqual([])
  })

  test('V-01, V-02: a virtual account is shown, and a deposit changes the open page to paid without a reload', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await issueAccount(windowOn(page))
    await landsOn(page, 'awaiting_deposit')
    const orderId = await orderIdOn(page)
    const [payment] = paymentsOf(orderId)
    const text = await page.locator('main').innerText()
    expect(text).toContain('신한은행')
    expect(text.replaceAll(/\D/g, '')).toContain((payment?.vbank_num ?? 'none').replaceAll('-', ''))
    await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''))
    await shop().gateway.deposit(payment?.imp_uid ?? '')
    await landsOn(page, 'paid')
    expect(await page.evaluate(() => document.documentElement.hasAttribute('data-not-reloaded'))).toBe(true)
    await toldPaidOnce(orderId)
    expect(shop().toldOf(orderId)).toEqual(['payment.awaiting_deposit', 'payment.paid'])
  })

  test('M-01: another amount than the order’s is refused before the window opens, because the gateway holds the order’s', async () => {
    await using visit = await open()
    const { page } = visit
    await page.goto(shop().url)
    const { orderId, refusal } = await payLess(page, 1_000)
    expect(refusal).toContain('AmountNotEqualToPredefined')
    expect(paymentsOf(orderId).filter((each) => each.paid_at)).toEqual([])
    expect(await shop().order(orderId)).toMatchObject({ status: 'open', balance: 0 })
  })

  test('R-01, R-05: a forged return that claims success of an unpaid window pays nothing', async () => {
    await using visit = await open()
    const { page } = visit
    await buyByV2(page, shop().url)
    await windowOn(page).getByLabel('카드번호').waitFor()
    const [payment] = shop().gateway.payments()
    const { returnUrl } = await shop().order(payment?.merchant_uid ?? '')
    const forged = {
      paymentId: payment?.merchant_uid ?? '',
      transactionType: 'PAYMENT',
      txId: payment?.imp_uid ?? '',
    }
    await page.goto(`${returnUrl}?${new URLSearchParams(forged).toString()}`)
    await landsOn(page, 'checking')
    await shop().advance(SETTLE_FAILURE_MS + 1_000)
    await page.reload()
    await page.locator('main[data-kind]').waitFor()
    expect(await page.locator('main').getAttribute('data-kind')).not.toBe('paid')
    expect(await shop().order(forged.paymentId)).toMatchObject({ status: 'open', balance: 0 })
    expect(shop().proofs(forged.paymentId)).toEqual([])
  })
})

describe('by V2', () => {
  test('M-01, M-22: money of another amount is neither kept nor promised back: a person decides', async () => {
    shop().gateway.misbehave({ rest: 'error', restOn: 'prepare' })
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.goto(shop().url)
    await payLess(page, 1_000)
    await page.waitForURL('**/window/**')
    shop().gateway.behave()
    await payByCard(page)
    await landsOn(page, 'checking')
    await page.getByRole('heading', { name: checking.review.heading.ko }).waitFor()
    expect(await page.getByRole('link', { name: '다시 결제하기' }).count()).toBe(0)
    const orderId = await orderIdOn(page)
    expect(shop().proofs(orderId)).toEqual([])
    expect(paymentsOf(orderId)).toMatchObject([{ amount: 1_000, cancel_amount: 0 }])
  })

  test('R-09: a customer who never returns is recorded as paid all the same, through the signed webhook', async () => {
    shop().gateway.misbehave({ redirect: 'never' })
    await using visit = await openPhone(browser())
    const { page } = visit
    await buyByV2(page, shop().url)
    await payByCard(page)
    await until('paid', () => shop().gateway.payments()[0]?.status === 'paid')
    await toldPaidOnce(shop().gateway.payments()[0]?.merchant_uid ?? '')
  })

  test.each(['none', 'wrong', 'twice'] as const)(
    'R-02, R-03, R-04, W-04: a return of the kind «%s» beside doubled webhooks has one outcome',
    async (redirect) => {
      shop().gateway.misbehave({ redirect, webhook: 'times', webhookTimes: 2 })
      await using visit = await openPhone(browser())
      const { page } = visit
      await buyByV2(page, shop().url)
      await payByCard(page)
      await landsOn(page, 'paid')
      await shop().gateway.settled()
      await toldPaidOnce(await orderIdOn(page))
    },
  )

  test('a payment of a channel with manual confirm is charged once its customer is back', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await page.route('**/trpc/shop.order', async (route) => {
      const answer = await route.fetch()
      const text = (await answer.text()).replace('channel-key-live', 'channel-key-manual-confirm')
      await route.fulfill({ response: answer, body: text })
    })
    await buyByV2(page, shop().url)
    await payByCard(page)
    await landsOn(page, 'paid')
    const orderId = await orderIdOn(page)
    await toldPaidOnce(orderId)
    const confirmed = shop()
      .gateway.calls()
      .filter(({ path }) => path === `/payments/${orderId}/confirm`)
    expect(confirmed).toHaveLength(1)
  })

  test('G-03: while the gateway does not answer the screen says checking, and then paid', async () => {
    await using visit = await openPhone(browser())
    const { page } = visit
    await buyByV2(page, shop().url)
    await page.waitForURL('**/window/**')
    shop().gateway.misbehave({ rest: 'down' })
    await payByCard(page)
    await landsOn(page, 'checking')
    const orderId = await orderIdOn(page)
    await shop().gateway.settled()
    shop().gateway.behave()
    await shop().advance(RETRIED_WITHIN_MS)
    await landsOn(page, 'paid')
    await toldPaidOnce(orderId)
  })
})

/** What a dishonest buyer enters in the browser's console: the shop's order with another amount. The window's refusal, empty when it opens. */
function payLess(page: Page, amount: number): Promise<{ orderId: string; refusal: string }> {
  return page.evaluate(async (asked) => {
    const answer = await fetch('/trpc/shop.order', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ productId: 'coffee', gateway: 'portone-v2' }),
    })
    const checkout = (await answer.json()).result.data
    const script = document.createElement('script')
    script.src = checkout.sdkUrl
    await new Promise((resolve) => {
      script.onload = resolve
      document.head.append(script)
    })
    const opening = Reflect.get(window, 'PortOne').requestPayment({
      storeId: checkout.storeId,
      channelKey: checkout.channelKey,
      paymentId: checkout.orderId,
      orderName: checkout.name,
      totalAmount: asked,
      currency: checkout.currency,
      payMethod: 'CARD',
      redirectUrl: checkout.returnUrl,
    })
    // A window that opens on a PC answers only when it is closed.
    const late = new Promise((resolve) => setTimeout(resolve, 1_000, { code: '' }))
    const said = await Promise.race([opening, late]).catch((error: unknown) => error)
    return { orderId: String(checkout.orderId), refusal: String(Reflect.get(Object(said), 'code') ?? '') }
  }, amount)
}
