// `npx -y pnpm dev` as a newcomer uses it: the shop of examples/express on an origin of its own.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { setIn } from '../run/environment.ts'
import { buyInBrowser, openBrowser, type Device } from './in-browser.ts'
import { root } from './packing.ts'
import { begin, freePort, type Begun } from './processes-around.ts'

const data = mkdtempSync(join(tmpdir(), 'landfall-dev-'))
let dev: Begun
let browser: Browser
let at: { readonly shop: string; readonly web: string; readonly server: string }

beforeAll(async () => {
  const [shop, server, web, sandbox, sandboxV2] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  at = {
    shop: `http://localhost:${shop}`,
    web: `http://localhost:${web}`,
    server: `http://localhost:${server}`,
  }
  const ports = {
    SHOP_PORT: shop,
    PORT: server,
    WEB_PORT: web,
    SANDBOX_PORT: sandbox,
    SANDBOX_V2_PORT: sandboxV2,
  }
  const asked = Object.entries(ports).map(([name, port]) => [name, String(port)])
  const env = {
    ...setIn(process.env),
    ...Object.fromEntries(asked),
    DATABASE_URL: `file:${data}/landfall.db`,
  }
  const command = { command: process.execPath, args: ['packages/repo-tools/commands/dev.ts'], folder: root }
  dev = await begin({ ...command, answersAt: at.shop }, env)
  await vi.waitUntil(() => dev.said().includes('everything is ready'), 60_000)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await dev?.[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

test.each<Device>(['phone', 'PC'])(
  'on a %s its shop sells, thanks, and ships on the notice',
  async (device) => {
    const { says, complaints } = await buyInBrowser(browser, { shopUrl: at.shop, device, means: 'card' })
    expect(says).toMatch(/^결제가 완료되었습니다/)
    expect(complaints).toEqual([])
    const shipments = device === 'phone' ? 1 : 2
    await expect.poll(() => [...dev.said().matchAll(/ship it/g)].length, { timeout: 30_000 }).toBe(shipments)
    expect(dev.said()).toContain('payment.paid, the order is paid')
  },
)

test('R-01: a thank-you address that somebody types shows nothing paid', async () => {
  const page = await browser.newPage({ locale: 'ko-KR' })
  const paid = /(\S+): paid 14000/.exec(dev.said())?.[1]
  for (const typed of [`order_id=${paid}&imp_success=true&status=paid`, 'order_id=ord-none']) {
    await page.goto(`${at.shop}/thanks?${typed}`)
    await expect.poll(() => page.getByRole('status').innerText()).toBe('주문을 찾을 수 없습니다.')
  }
  await page.close()
})

test('the web’s origin passes the API, its document and its reference on to the server', async () => {
  for (const path of ['/openapi.json', '/docs', '/docs/start.js', '/v1/orders/none']) {
    const [own, passed] = await Promise.all([at.server, at.web].map((origin) => fetch(origin + path)))
    expect([path, passed?.status, passed?.headers.get('content-type')]).toEqual([
      path,
      own?.status,
      own?.headers.get('content-type'),
    ])
    expect((await passed?.text())?.length).toBe((await own?.text())?.length)
  }
})
