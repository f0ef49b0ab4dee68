import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { restCall, tokenOf } from '../../testing/test-merchant.ts'

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148'
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64)'
type RequestPay = (params: object, callback?: (result: unknown) => void) => void

/** Runs the script as a page does, against the running sandbox. Resolves after a navigation or a callback. */
async function page(gateway: Sandbox, userAgent: string, params: object, withCallback: boolean) {
  const script = await (await fetch(`${gateway.url}/v1/iamport.js`)).text()
  return new Promise<{ href?: string; result?: unknown }>((resolve) => {
    const location = {
      origin: 'https://shop.example',
      set href(href: string) {
        resolve({ href })
      },
    }
    const window: { IMP?: { init: (code: string) => void; request_pay: RequestPay } } = {}
    const document = { currentScript: { src: `${gateway.url}/v1/iamport.js` } }
    runInNewContext(script, { window, document, location, navigator: { userAgent }, fetch, URL })
    window.IMP?.init('imp00000000')
    window.IMP?.request_pay(params, withCallback ? (result) => resolve({ result }) : undefined)
  })
}
const ORDER = {
  merchant_uid: 'ord-1',
  amount: 14_000,
  name: '감귤',
  m_redirect_url: 'https://shop.example/c',
}

test('on a phone the page navigates to the window', async () => {
  await using gateway = await startSandbox()
  const { href } = await page(gateway, PHONE, ORDER, true)
  expect(href).toBe(`${gateway.url}/window/${gateway.payments()[0]?.imp_uid}`)
  expect(gateway.payments()[0]).toMatchObject({ merchant_uid: 'ord-1', channel: 'mobile', sandbox: false })
})

test('an amount given as a string opens no window, and only the callback gets the error', async () => {
  await using gateway = await startSandbox()
  const told = await page(gateway, PHONE, { ...ORDER, amount: '14000' }, true)
  const SandboxRefusal = z.object({ success: z.literal(false), imp_uid: z.null(), error_msg: z.string() })
  expect(SandboxRefusal.parse(told.result).error_msg).toContain('amount')
  expect(told.href).toBeUndefined()
  expect(gateway.payments()).toHaveLength(0)
})

test('the callback gets F1002 for a paid order', async () => {
  await using gateway = await startSandbox()
  const opened = gateway.open({ merchantUid: 'ord-1', amount: 14_000 })
  await gateway.approve(opened.impUid ?? '')
  const { result } = await page(gateway, DESKTOP, ORDER, true)
  expect(result).toEqual({
    success: false,
    imp_uid: null,
    merchant_uid: 'ord-1',
    error_code: 'F1002',
    error_msg: '이미 결제가 이루어진 거래건입니다.',
  })
})

test('without a callback a refusal redirects to m_redirect_url with a flag, an empty imp_uid and no error_code', async () => {
  await using gateway = await startSandbox()
  const { href } = await page(gateway, PHONE, { ...ORDER, name: 'no-window' }, false)
  const query = Object.fromEntries(new URL(href ?? '').searchParams)
  expect(query).toEqual({
    imp_uid: '',
    merchant_uid: 'ord-1',
    imp_success: 'false',
    error_msg: '결제창을 열 수 없습니다. 채널 정보를 찾을 수 없습니다.',
  })
})

test('as in the real script, two query parameters of the shop break imp_uid', async () => {
  await using gateway = await startSandbox()
  const m_redirect_url = 'https://shop.example/c?a=1&b=2#top'
  const { href } = await page(gateway, PHONE, { ...ORDER, name: 'no-window', m_redirect_url }, false)
  const url = new URL(href ?? '')
  expect(href).toContain('?a=1&b=2imp_uid=&merchant_uid=ord-1')
  expect([url.searchParams.has('imp_uid'), url.hash]).toEqual([false, '#top'])
})

test("without a callback and m_redirect_url the browser shows the gateway's failure page", async () => {
  await using gateway = await startSandbox()
  const { href } = await page(gateway, PHONE, { merchant_uid: 'ord-1', amount: 0 }, false)
  expect(href).toContain(`${gateway.url}/sdk/fail?imp_uid=&success=false`)
})

test('PGs that redirect on the desktop redirect there', async () => {
  await using gateway = await startSandbox()
  const { href } = await page(gateway, DESKTOP, { ...ORDER, pg: 'naverpay', naverPopupMode: false }, true)
  expect(href).toContain('/window/imp_')
})

test("a channel key or MID that contains «test» makes a test-channel payment, from any shop's page", async () => {
  await using gateway = await startSandbox()
  const answer = await fetch(`${gateway.url}/sdk/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://shop.example' },
    body: JSON.stringify({ params: { ...ORDER, pg: 'html5_inicis.INIpayTest' }, returnBy: 'callback' }),
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(gateway.payments()[0]).toMatchObject({ sandbox: true, pg_provider: 'html5_inicis' })
})

test("the tax-free amount of the shop's page applies to the cancel", async () => {
  await using gateway = await startSandbox()
  for (const [merchant_uid, tax_free] of [
    ['ord-1', 4_000],
    ['ord-2', null],
  ] as const) {
    await page(gateway, PHONE, { ...ORDER, merchant_uid, pg: 'kcp', tax_free }, true)
    const impUid = gateway.payments()[0]?.imp_uid ?? ''
    await gateway.approve(impUid)
    const authorization = await tokenOf(gateway.url)
    await restCall(gateway.url, 'POST', '/payments/cancel', { authorization, body: { imp_uid: impUid } })
  }
  expect(gateway.cancels().map(({ state }) => state)).toEqual(['refused', 'booked'])
})
