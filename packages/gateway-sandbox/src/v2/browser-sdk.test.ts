import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { requestOf } from '../../testing/v2-shop.ts'

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148'
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64)'
const ORDER = requestOf('ord1234')
const CARD = {
  method: 'card',
  card_code: '366',
  card_number: '4242 4242 4242 4242',
  agree: 'yes',
}

type PortOne = Readonly<Record<string, (request?: object) => Promise<unknown>>>
type Listener = (event: { origin: string; source: unknown; data: string }) => void

/** A page that has run the script: where it went, what stands in it, and `PortOne`. */
async function pageOf(gateway: Sandbox, userAgent: string, at = gateway.v2Url) {
  const src = `${at}/v2/browser-sdk.js`
  const script = await (await fetch(src)).text()
  const went: string[] = []
  const shown: string[] = []
  const listeners = new Set<Listener>()
  const child = { closed: false, close: () => undefined }
  const element = {
    set src(url: string) {
      shown.push(url)
    },
    style: {},
    contentWindow: child,
    focus: () => undefined,
    remove: () => undefined,
  }
  const window: Record<string, unknown> & { PortOne?: PortOne } = {
    addEventListener: (_: string, listener: Listener) => listeners.add(listener),
    removeEventListener: (_: string, listener: Listener) => listeners.delete(listener),
    open: (url: string) => {
      shown.push(url)
      return child
    },
  }
  const location = {
    origin: 'https://shop.example',
    set href(href: string) {
      went.push(href)
    },
  }
  const document = {
    currentScript: { src },
    createElement: () => element,
    body: { style: {}, appendChild: () => undefined },
  }
  const timers = { setInterval, clearInterval }
  runInNewContext(script, { window, document, location, navigator: { userAgent }, fetch, URL, ...timers })
  const { PortOne } = window
  if (PortOne === undefined) throw new Error('the script defines no PortOne')
  /** Posts what the window's last page posts to its opener. */
  const hear = (html: string) => {
    const message = /Object\.assign\(\{ origin: location\.origin \}, (\{.*\})\)/.exec(html)?.[1]
    for (const listener of listeners) listener({ origin: gateway.v2Url, source: child, data: message ?? '' })
  }
  return { PortOne, went, shown, child, hear }
}

async function press(
  windowUrl: string | undefined,
  button: 'pay' | 'close',
  fields: Record<string, string> = CARD,
) {
  const answer = await fetch(`${windowUrl}/${button}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  return { status: answer.status, location: answer.headers.get('location'), html: await answer.text() }
}

async function thrownBy(gateway: Sandbox, request?: object): Promise<unknown> {
  const { PortOne, went } = await pageOf(gateway, PHONE)
  const thrown = await PortOne['requestPayment']?.(request).then(
    () => 'nothing',
    (error: unknown) => error,
  )
  expect(went).toEqual([])
  return thrown
}

describe('before the window', () => {
  const wrong: readonly [what: string, change: object, code: string][] = [
    ['no amount', { totalAmount: undefined }, 'BadRequest'],
    ['an amount as text', { totalAmount: '14000' }, 'BadRequest'],
    ['a fraction', { totalAmount: 14_000.5 }, 'BadRequest'],
    ['an unknown method', { payMethod: 'card' }, 'BadRequest'],
    ['no channel', { channelKey: undefined }, 'BadRequest'],
    ['two channels', { channelGroupId: 'group' }, 'BadRequest'],
    ['another store', { storeId: 'store-other' }, 'StoreNotFound'],
    ['an unknown channel', { channelKey: 'channel-key-no-channel' }, 'ChannelNotFound'],
    ['a PG out of order', { orderName: 'no-window' }, 'PGProviderError'],
    [
      'a window that the PG has not',
      { channelKey: 'channel-key-kakaopay', windowType: { mobile: 'POPUP' } },
      'BadRequest',
    ],
    ['the window of PayPal', { channelKey: 'channel-key-paypal_v2' }, 'BadRequest'],
    ['an id that the PG refuses', { paymentId: 'ord 1', channelKey: 'channel-key-kcp_v2' }, 'BadRequest'],
    ['more tax-free than all', { taxFreeAmount: 20_000 }, 'BadRequest'],
  ]
  test.each(wrong)(
    '%s is thrown, also with forceRedirect, and nothing opens',
    async (_what, change, code) => {
      await using gateway = await startSandbox()
      const thrown = await thrownBy(gateway, { ...ORDER, forceRedirect: true, ...change })
      expect(thrown).toMatchObject({
        __portOneErrorType: 'PaymentError',
        transactionType: 'PAYMENT',
        code,
        message: expect.stringMatching(/./),
      })
      expect(gateway.payments()).toEqual([])
    },
  )

  test('no request at all is thrown', async () => {
    await using gateway = await startSandbox()
    expect(await thrownBy(gateway)).toMatchObject({ __portOneErrorType: 'PaymentError', code: 'BadRequest' })
  })

  test('a paid order and another amount than the registered one are thrown with their codes', async () => {
    await using gateway = await startSandbox()
    gateway.prepare({ merchantUid: 'ord1234', amount: 9_000 })
    const differs = await thrownBy(gateway, ORDER)
    gateway.prepare({ merchantUid: 'ord1234' })
    const opened = gateway.openV2(ORDER)
    await gateway.approve(opened.ok ? opened.txId : '')
    const paid = await thrownBy(gateway, ORDER)
    expect([differs, paid]).toMatchObject([
      { code: 'AmountNotEqualToPredefined' },
      { code: 'PaymentAlreadyPaid', paymentId: 'ord1234' },
    ])
  })

  test('a method that the sandbox does not have says so', async () => {
    await using gateway = await startSandbox()
    const { PortOne } = await pageOf(gateway, DESKTOP)
    await expect(PortOne['requestIssueBillingKey']?.({})).rejects.toMatchObject({
      code: 'Unimplemented',
      __portOneErrorType: 'PaymentError',
    })
  })
})

describe('the window', () => {
  test('on a phone the page goes to the window, and comes back with the keys after its own query and before its hash', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, PHONE)
    expect(await page.PortOne['requestPayment']?.(ORDER)).toBeUndefined()
    const txId = gateway.payments()[0]?.imp_uid
    expect(page.went).toEqual([`${gateway.v2Url}/window/${txId}`])
    const { status, location } = await press(page.went[0], 'pay')
    expect([status, location]).toEqual([
      302,
      `https://shop.example/complete?cart=7&paymentId=ord1234&transactionType=PAYMENT&txId=${txId}#end`,
    ])
  })

  test('on the desktop an overlay opens, and the promise gets the result', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, DESKTOP)
    const asked = page.PortOne['requestPayment']?.(ORDER)
    await expect.poll(() => page.shown.length).toBe(1)
    page.hear((await press(page.shown[0], 'pay')).html)
    const txId = gateway.payments()[0]?.imp_uid
    expect(await asked).toEqual({ paymentId: 'ord1234', transactionType: 'PAYMENT', txId })
    expect(page.went).toEqual([])
  })

  test('with forceRedirect the overlay ends in a redirect, and the promise in undefined', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, DESKTOP)
    const asked = page.PortOne['requestPayment']?.({ ...ORDER, forceRedirect: true })
    await expect.poll(() => page.shown.length).toBe(1)
    page.hear((await press(page.shown[0], 'pay')).html)
    expect(await asked).toBeUndefined()
    expect(page.went).toMatchObject([expect.stringContaining('complete?cart=7&paymentId=ord1234&')])
  })

  test('without redirectUrl there is the promise alone, with forceRedirect too', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, DESKTOP)
    const asked = page.PortOne['requestPayment']?.({ ...ORDER, redirectUrl: undefined, forceRedirect: true })
    await expect.poll(() => page.shown.length).toBe(1)
    page.hear((await press(page.shown[0], 'close')).html)
    expect(await asked).toMatchObject({ paymentId: 'ord1234', code: 'FAILURE_TYPE_PG' })
    expect(page.went).toEqual([])
  })

  test('the window stands at the origin of the script, whichever name of the machine the page uses', async () => {
    await using gateway = await startSandbox()
    const local = gateway.v2Url.replace('127.0.0.1', 'localhost')
    const [pc, phone] = [await pageOf(gateway, DESKTOP, local), await pageOf(gateway, PHONE, local)]
    const asked = [pc, phone].map((page) => page.PortOne['requestPayment']?.(ORDER))
    expect(await asked[1]).toBe(undefined)
    await expect
      .poll(() => [...pc.shown, ...phone.went].map((url) => new URL(url).origin))
      .toEqual([local, local])
  })

  test('a pop-up closed by hand makes the payment FAILED, and the promise says so', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, DESKTOP)
    const asked = page.PortOne['requestPayment']?.({ ...ORDER, channelKey: 'channel-key-naverpay' })
    await expect.poll(() => page.shown.length).toBe(1)
    page.child.closed = true
    expect(await asked).toMatchObject({
      code: 'FAILURE_TYPE_PG',
      pgMessage: '사용자가 결제를 취소하셨습니다',
    })
    expect(gateway.payments()[0]?.status).toBe('failed')
  })

  test('a pop-up closed after the payment tells of the payment', async () => {
    await using gateway = await startSandbox()
    const page = await pageOf(gateway, DESKTOP)
    const asked = page.PortOne['requestPayment']?.({ ...ORDER, windowType: { pc: 'POPUP' } })
    await expect.poll(() => page.shown.length).toBe(1)
    const txId = gateway.payments()[0]?.imp_uid ?? ''
    await gateway.approve(txId)
    page.child.closed = true
    expect(await asked).toEqual({ paymentId: 'ord1234', transactionType: 'PAYMENT', txId })
  })
})
