import { describe, expect, test } from 'vitest'
import { openPhone } from '../browser.ts'
import { place } from '../order.ts'
import { landsOn, payByCard } from '../paying.ts'
import { until } from '../shop.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

describe('a customer who comes back', () => {
  test.each(['success', 'none', 'wrong', 'twice', 'post'] as const)(
    'R-02 R-03 R-04 R-20: a return of the kind «%s» has the same outcome',
    async (redirect) => {
      shop().gateway.misbehave({ redirect })
      await using visit = await openPhone(browser())
      const { orderId, windowUrl } = await place(shop())
      await visit.page.goto(windowUrl)
      await payByCard(visit.page)
      await landsOn(visit.page, 'paid')
      await until('the shop is told', () => shop().toldOf(orderId).length > 0)
      expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    },
  )
})
