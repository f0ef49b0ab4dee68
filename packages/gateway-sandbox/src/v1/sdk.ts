import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { html } from 'hono/html'
import { z } from 'zod'
import type { SandboxEnv, State } from '../state.ts'
import { parseJson } from '@landfall/payment-core'
import { openPayment } from './opening.ts'

/** The parameters of `request_pay` as the shop's page passes them. Unknown ones are ignored, as by the real script. */
const Params = z.record(z.string(), z.unknown())
const Opening = z.object({
  params: Params,
  returnBy: z.enum(['redirect', 'callback']),
  pageOrigin: z.string().optional(),
})

/** Serves the browser script and its two endpoints, which accept requests from every origin. */
export function createSdk(state: State): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/v1/iamport.js', cors(), (c) =>
    c.body(SDK_SCRIPT, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  )
  app.use('/sdk/open', cors())
  app.post('/sdk/open', async (c) => {
    const opening = Opening.safeParse(parseJson(await c.req.text()))
    if (!opening.success)
      return c.json({ ok: false, errorCode: null, errorMsg: '결제 요청 파라미터가 올바르지 않습니다.' })
    const { params, returnBy, pageOrigin } = opening.data
    // Prefer the browser's Origin header to the script's value. With a false value, the result reaches no page.
    const origin = c.req.header('origin') ?? pageOrigin
    const openerOrigin = origin === 'null' ? undefined : origin
    return c.json(openPayment(state, { ...askedOf(params), returnBy, openerOrigin }))
  })
  app.get('/sdk/fail', (c) =>
    c.html(
      html`<!doctype html>
        <html lang="ko">
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>결제 실패</title>
          <body style="font:16px/1.5 system-ui;padding:48px 24px;text-align:center">
            <h1 style="font-size:20px">결제에 실패했습니다</h1>
            <p>${c.req.query('error_msg') ?? ''}</p>
          </body>
        </html>`,
    ),
  )
  return app
}

/** A shop's page may send text, null or nothing. An invalid amount counts as 0. */
const TaxFree = z.coerce.number().nonnegative().catch(0)

/** Shop pages send null or an empty string for a missing value. */
function askedOf(params: z.infer<typeof Params>): Record<string, unknown> {
  const named = {
    merchantUid: params.merchant_uid,
    amount: params.amount,
    name: params.name,
    currency: params.currency,
    payMethod: params.pay_method,
    pg: params.pg,
    channelKey: params.channelKey,
    mRedirectUrl: params.m_redirect_url,
    noticeUrl: params.notice_url,
    vbankDue: params.vbank_due,
    taxFree: TaxFree.parse(params.tax_free),
    buyerName: params.buyer_name,
    buyerTel: params.buyer_tel,
    buyerEmail: params.buyer_email,
    buyerAddr: params.buyer_addr,
    buyerPostcode: params.buyer_postcode,
    customData: params.custom_data,
  }
  const isGiven = (value: unknown) => value !== undefined && value !== null && value !== ''
  return Object.fromEntries(Object.entries(named).filter(([, value]) => isGiven(value)))
}

/**
 * `window.IMP` with the behaviour of the legacy script (docs/gateway/portone-v1.md §1.4). On a phone the page navigates to the window, and
 * no callback runs. On the desktop an overlay ends in the callback. A failure before the window calls the callback, or without one
 * redirects. The redirect repeats the real script's errors: values are not escaped, and the separator is missing when the shop's query
 * already contains `&`. Some PGs redirect on the desktop too (§2.4: paypal, naverpay without pop-up).
 */
const SDK_SCRIPT = `(function () {
  'use strict'
  var ORIGIN = new URL(document.currentScript.src).origin
  var MOBILE = /iPhone|iPad|iPod|Android|Mobile/i
  var userCode = null
  var overlay = null

  function init(code) {
    if (typeof code !== 'string' || code === '') throw new Error('IMP.init: 가맹점 식별코드가 필요합니다.')
    userCode = code
  }
  function requestPay(params, callback) {
    var asked = Object.assign({ merchant_uid: 'nobody_' + Date.now(), pay_method: 'card' }, params)
    if (userCode === null) return refuse(asked, callback, { errorCode: null, errorMsg: 'IMP.init을 먼저 호출해 주세요.' })
    var isMobile = MOBILE.test(navigator.userAgent)
    var pg = String(asked.pg || '').split('.')[0]
    var redirects = isMobile || pg === 'paypal' || asked.naverPopupMode === false
    var body = JSON.stringify({ params: asked, returnBy: redirects ? 'redirect' : 'callback', pageOrigin: location.origin })
    fetch(ORIGIN + '/sdk/open', { method: 'POST', headers: { 'content-type': 'application/json' }, body: body })
      .then(function (answer) { return answer.json() })
      .then(
        function (opened) {
          if (!opened.ok) return refuse(asked, callback, opened)
          var windowUrl = ORIGIN + '/window/' + opened.impUid
          if (redirects) location.href = windowUrl
          else openOverlay(windowUrl, callback)
        },
        function () { refuse(asked, callback, { errorCode: null, errorMsg: '결제 서버에 연결할 수 없습니다.' }) },
      )
  }

  function openOverlay(windowUrl, callback) {
    closeOverlay()
    var frame = document.createElement('iframe')
    frame.src = windowUrl
    frame.title = '결제창'
    frame.className = 'imp-frame'
    frame.style.cssText =
      'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:transparent;color-scheme:normal'
    var bodyOverflow = document.body.style.overflow
    function listen(event) {
      if (event.origin !== ORIGIN || event.source !== frame.contentWindow) return
      var message = parse(event.data)
      if (message === null || message.from !== 'iamport-sdk' || message.action !== 'done') return
      closeOverlay()
      if (typeof callback === 'function') callback(message.data)
    }
    overlay = function () {
      window.removeEventListener('message', listen)
      frame.remove()
      document.body.style.overflow = bodyOverflow
    }
    window.addEventListener('message', listen)
    document.body.style.overflow = 'hidden'
    document.body.appendChild(frame)
    frame.focus()
  }
  function closeOverlay() {
    if (overlay !== null) overlay()
    overlay = null
  }
  function parse(text) {
    try { return typeof text === 'string' ? JSON.parse(text) : null } catch (error) { return null }
  }

  function refuse(asked, callback, refusal) {
    if (typeof callback === 'function') {
      var result = { success: false, imp_uid: null, merchant_uid: asked.merchant_uid, error_msg: refusal.errorMsg }
      if (refusal.errorCode) result.error_code = refusal.errorCode
      callback(result)
      return
    }
    var url = asked.m_redirect_url
    location.href = url
      ? failureUrl(url, { imp_uid: null, merchant_uid: asked.merchant_uid, imp_success: false, error_msg: refusal.errorMsg })
      : failureUrl(ORIGIN + '/sdk/fail', { imp_uid: null, success: false, error_msg: refusal.errorMsg })
  }
  function failureUrl(url, fields) {
    var at = url.indexOf('#')
    var hash = at < 0 ? '' : url.slice(at)
    var base = at < 0 ? url : url.slice(0, at)
    var query = Object.keys(fields)
      .map(function (key) { return key + '=' + (fields[key] === null ? '' : fields[key]) })
      .join('&')
    var joint = base.indexOf('?') < 0 ? '?' : base.indexOf('&') < 0 ? '&' : ''
    return encodeURI(base + joint + query + hash)
  }

  window.IMP = { init: init, agency: init, request_pay: requestPay, close: closeOverlay }
})()
`
