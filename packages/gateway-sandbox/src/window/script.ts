/** The window's browser script: tabs, sentinel buttons, validation, loading state. It needs no build. */
export const WINDOW_SCRIPT = `(function () {
  'use strict'
  var form = document.getElementById('pay-form')
  var problem = form.querySelector('.problem')
  var busy = document.querySelector('.busy')
  var button = document.getElementById('pay-button')
  var agree = document.getElementById('agree')
  var tabs = Array.prototype.slice.call(document.querySelectorAll('[role=tab]'))
  var REQUIRED = { card: 'card_code', trans: 'trans_bank', vbank: 'vbank_bank', phone: 'carrier', wallet: 'wallet' }

  var ASK = { card: '카드사를', trans: '은행을', vbank: '입금 은행을', phone: '통신사를', wallet: '결제 수단을' }

  function field(name) { return form.querySelector('[name="' + name + '"]') }
  function choose(method) {
    field('method').value = method
    tabs.forEach(function (tab) {
      var on = tab.dataset.method === method
      tab.setAttribute('aria-selected', String(on))
      tab.tabIndex = on ? 0 : -1
      var panel = document.getElementById('panel-' + tab.dataset.method)
      panel.hidden = !on
      panel.disabled = !on
    })
    complain('')
  }
  function complain(text) {
    problem.textContent = text
    problem.hidden = text === ''
  }
  function pick(name, value) {
    var radio = form.querySelector('[name="' + name + '"][value="' + value + '"]')
    if (radio) radio.checked = true
  }
  function grouped(value) {
    return value.replace(/\\D/g, '').slice(0, 19).replace(/(\\d{4})(?=\\d)/g, '$1 ')
  }
  function missing() {
    var method = field('method').value
    if (!form.querySelector('[name="' + REQUIRED[method] + '"]:checked')) {
      return ASK[method] + ' 선택해 주세요.'
    }
    if (method === 'card' && field('card_number').value.trim() === '') return '카드번호를 입력해 주세요.'
    if (method === 'phone' && field('phone').value.trim() === '') return '휴대폰 번호를 입력해 주세요.'
    if (!agree.checked) return '필수 약관에 동의해 주세요.'
    return ''
  }
  function setBusy(on) {
    busy.hidden = !on
    button.disabled = on
    document.body.setAttribute('aria-busy', String(on))
  }

  tabs.forEach(function (tab, at) {
    tab.addEventListener('click', function () { choose(tab.dataset.method) })
    tab.addEventListener('keydown', function (event) {
      var step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (step === 0) return
      var next = tabs[(at + step + tabs.length) % tabs.length]
      choose(next.dataset.method)
      next.focus()
    })
  })
  field('card_number').addEventListener('input', function (event) {
    event.target.value = grouped(event.target.value)
  })
  document.querySelectorAll('[data-fill]').forEach(function (fill) {
    fill.addEventListener('click', function () {
      var method = fill.dataset.fill
      var value = fill.dataset.value
      choose(method)
      if (method === 'card') {
        if (!form.querySelector('[name="card_code"]:checked')) pick('card_code', '366')
        field('card_number').value = grouped(value)
      } else if (method === 'phone') {
        pick('carrier', 'SKT')
        field('phone').value = value
      } else {
        pick(REQUIRED[method], value)
      }
      agree.checked = true
      document.querySelector('.tabs').scrollIntoView({ behavior: 'smooth', block: 'start' })
    })
  })
  form.addEventListener('change', function () { complain('') })
  form.addEventListener('submit', function (event) {
    var text = missing()
    if (text !== '' || button.disabled) {
      event.preventDefault()
      complain(text)
      return
    }
    setBusy(true)
  })
  // Copy the drawer's switches from the other form, because they apply to closing too.
  document.getElementById('close-form').addEventListener('formdata', function (event) {
    document.querySelectorAll('.drawer .switches [name]').forEach(function (one) {
      event.formData.set(one.name, one.value)
    })
  })
  // A page from the back-forward cache must be usable again.
  window.addEventListener('pageshow', function (event) { if (event.persisted) location.reload() })
  choose(field('method').value)
})()`
