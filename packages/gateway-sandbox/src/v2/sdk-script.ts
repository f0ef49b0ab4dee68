/**
 * `window.PortOne` with the behaviour of the V2 script (docs/gateway/portone-v2.md §2, §3). On a phone the page navigates to the window;
 * otherwise the promise gets the result of an overlay or a pop-up. An error before the window rejects the promise and redirects nowhere.
 * A pop-up closed by hand asks the gateway how the payment stands. The same keys stand in the redirect and in the result.
 */
export const SDK_SCRIPT = `(function () {
  'use strict'
  var ORIGIN = new URL(document.currentScript.src).origin
  var MOBILE = /iPhone|iPad|iPod|Android|Mobile/i
  var LOOK_EVERY_MS = 500
  var overlay = null

  function paymentError(told) {
    var error = new Error(told.message)
    error.name = 'PaymentError'
    error.__portOneErrorType = 'PaymentError'
    error.transactionType = 'PAYMENT'
    var keys = ['code', 'message', 'paymentId', 'txId', 'pgCode', 'pgMessage']
    keys.forEach(function (key) { if (told[key] !== undefined) error[key] = told[key] })
    return error
  }
  function post(path, body) {
    return fetch(ORIGIN + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      .then(function (answer) { return answer.json() })
  }

  function requestPayment(request) {
    if (request === null || typeof request !== 'object') {
      return Promise.reject(paymentError({ code: 'BadRequest', message: '결제 요청 파라미터가 없습니다.' }))
    }
    var device = MOBILE.test(navigator.userAgent) ? 'mobile' : 'pc'
    return post('/v2/sdk/open', { request: request, device: device, pageOrigin: location.origin }).then(
      function (opened) {
        if (!opened.ok) throw paymentError(opened)
        if (opened.window === 'REDIRECTION') {
          location.href = windowAt(opened)
          return undefined
        }
        return show(opened)
      },
      function () { throw paymentError({ code: 'UnknownError', message: '결제 서버에 연결할 수 없습니다.', paymentId: request.paymentId }) },
    )
  }

  // At the script's own origin: 127.0.0.1 and localhost are two, and a message from the other would not be heard.
  function windowAt(opened) { return ORIGIN + '/window/' + opened.txId }

  function show(opened) {
    return new Promise(function (resolve, reject) {
      var inside = opened.window === 'POPUP' ? popup(opened) : frame(opened)
      if (inside === null) {
        reject(paymentError({ code: 'UnknownError', message: '팝업이 차단되어 결제창을 열 수 없습니다.', paymentId: opened.paymentId }))
        return
      }
      var isDone = false
      var timer = null
      function finish(told) {
        if (isDone) return
        isDone = true
        if (timer !== null) clearInterval(timer)
        window.removeEventListener('message', listen)
        inside.close()
        overlay = null
        if (told.redirectUrl) {
          location.href = told.redirectUrl
          resolve(undefined)
        } else resolve(told.result)
      }
      function left() {
        var unknown = { code: 'UnknownError', message: '결제 상태를 확인할 수 없습니다.', paymentId: opened.paymentId, txId: opened.txId }
        post('/v2/sdk/left', { txId: opened.txId }).then(
          function (told) { finish(told.result ? told : { result: Object.assign({ transactionType: 'PAYMENT' }, unknown) }) },
          function () { finish({ result: Object.assign({ transactionType: 'PAYMENT' }, unknown) }) },
        )
      }
      function listen(event) {
        if (event.origin !== ORIGIN || event.source !== inside.window()) return
        var message = parse(event.data)
        if (message !== null && message.from === 'portone-sdk' && message.txId === opened.txId) finish(message)
      }
      if (overlay !== null) overlay()
      overlay = left
      window.addEventListener('message', listen)
      if (inside.isClosed) timer = setInterval(function () {
        if (!inside.isClosed()) return
        clearInterval(timer)
        left()
      }, LOOK_EVERY_MS)
    })
  }

  function popup(opened) {
    var child = window.open(windowAt(opened), 'portone-' + opened.txId, 'popup,width=480,height=720')
    if (!child) return null
    return {
      window: function () { return child },
      isClosed: function () { return child.closed },
      close: function () { child.close() },
    }
  }
  function frame(opened) {
    var element = document.createElement('iframe')
    element.src = windowAt(opened)
    element.title = '결제창'
    element.className = 'portone-frame'
    element.style.cssText =
      'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:transparent;color-scheme:normal'
    var bodyOverflow = document.body.style.overflow
    document.body.style.overflow = 'hidden'
    document.body.appendChild(element)
    element.focus()
    return {
      window: function () { return element.contentWindow },
      close: function () {
        element.remove()
        document.body.style.overflow = bodyOverflow
      },
    }
  }
  function parse(text) {
    try { return typeof text === 'string' ? JSON.parse(text) : null } catch (error) { return null }
  }

  var PortOne = { requestPayment: requestPayment }
  var OTHERS = ['loadPaymentUI', 'updateLoadPaymentUIRequest', 'requestIssueBillingKey', 'requestIssueBillingKeyAndPay',
    'loadIssueBillingKeyUI', 'updateLoadIssueBillingKeyUIRequest', 'requestIdentityVerification']
  OTHERS.forEach(function (name) {
    PortOne[name] = function () {
      return Promise.reject(paymentError({ code: 'Unimplemented', message: '샌드박스에 없는 기능입니다: ' + name }))
    }
  })
  window.PortOne = PortOne
})()
`
