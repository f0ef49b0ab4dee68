import { SETTLE_FAILURE_MS } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { problems } from '../../src/shop-copy.ts'
import { openPhone } from '../browser.ts'
import { journeysByV2 } from '../by-v2.ts'
import { buyByV2, landsOn, orderIdOn, payByCard } from '../paying.ts'
import { RETRIED_WITHIN_MS, until } from '../shop.ts'

const { shop, browser, devices, toldPaidOnce, paymentsOf } = journeysByV2()

describe.each(devices)('by V2 on %s', (_device, open, windowOn) => {
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
