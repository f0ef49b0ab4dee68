import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { openDesktop, openPhone, type Visit } from './browser.ts'
import type { Window } from './paying.ts'
import { until, type Shop } from './shop.ts'
import { stageOfBoth } from './stage.ts'

/** What the tests by V2 share: the devices, and what the shop and the gateway must say of an order. */
export function journeysByV2() {
  const { shop, browser } = stageOfBoth()
  /** On a phone the window is the whole page, and returns by a redirect. On a PC it is a frame, and its promise resolves. */
  const devices: ReadonlyArray<
    [device: string, open: () => Promise<Visit>, windowOn: (page: Page) => Window]
  > = [
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
  const paymentsOf = (orderId: string): ReturnType<Shop['gateway']['payments']> =>
    shop()
      .gateway.payments()
      .filter((each) => each.merchant_uid === orderId)
  return { shop, browser, devices, toldPaidOnce, paymentsOf }
}
