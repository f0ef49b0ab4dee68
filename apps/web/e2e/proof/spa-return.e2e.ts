import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createServer } from 'vite'
import { openPhone } from '../browser.ts'
import { landsOn } from '../paying.ts'
import { until } from '../shop.ts'
import { SERVER_PATHS } from '../../vite.config.ts'
import { stage } from '../stage.ts'

const { shop, browser } = stage()

/** Serves the web app from its own origin, as in development. */
async function openOwnOrigin() {
  const vite = await createServer({
    root: join(import.meta.dirname, '../..'),
    logLevel: 'error',
    server: {
      port: 0,
      strictPort: false,
      host: '127.0.0.1',
      hmr: false,
      proxy: { [SERVER_PATHS]: { target: shop().url } },
    },
  })
  await vite.listen()
  const url = vite.resolvedUrls?.local[0]
  if (url === undefined) throw new Error('vite does not listen')
  return { url, [Symbol.asyncDispose]: () => vite.close() }
}

describe('the web app’s own /complete, served from its own origin', () => {
  test('R-01: parses the query, calls payments.verify, and shows the outcome to a caller who names the payment', async () => {
    await using web = await openOwnOrigin()
    await using visit = await openPhone(browser())
    const order = await visit.page.request.post(`${shop().url}/trpc/shop.order`, {
      data: { productId: 'lamp' },
    })
    const { orderId, name, amount } = (await order.json()).result.data
    const opened = shop().gateway.open({
      merchantUid: orderId,
      amount,
      name,
      mRedirectUrl: `${web.url}complete`,
    })
    if (!opened.ok) throw new Error(opened.errorMsg)
    const { redirectUrl } = await shop().gateway.approve(opened.impUid)
    await visit.page.goto(redirectUrl ?? 'no redirect')
    await landsOn(visit.page, 'paid')
    expect(new URL(visit.page.url()).search).toBe('')
    // A caller without a token who names a payment sees its outcome, but nothing of the order.
    expect(await visit.page.locator('main').innerText()).not.toContain(name)
    await until('the shop is told', () => shop().toldOf(orderId).length > 0)
    expect(shop().toldOf(orderId)).toEqual(['payment.paid'])
    expect(visit.complaints).toEqual([])
  })
})
