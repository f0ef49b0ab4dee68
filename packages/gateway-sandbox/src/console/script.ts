/** The console's browser script. It polls the state once a second and redraws changed payments. It needs no build. */
export const CONSOLE_SCRIPT = `(function () {
  'use strict'
  var LOOK_EVERY_MS = 1000
  var drawn = {}
  var list = document.getElementById('payments')
  var switches = document.getElementById('switches')
  var urlForm = document.getElementById('webhook-url')
  var METHODS = { card: '신용카드', trans: '계좌이체', vbank: '가상계좌', phone: '휴대폰', point: '간편결제' }
  var CANCEL_STATES = { refused: '거절', pending: '처리 중', booked: '반영', denied: '반영 안 됨' }

  function el(tag, className, text) {
    var node = document.createElement(tag)
    if (className) node.className = className
    if (text !== undefined) node.textContent = text
    return node
  }
  function price(row, amount) {
    // Browsers differ from ISO 4217 in a currency's digits: show every digit that the amount has.
    return new Intl.NumberFormat('ko-KR', { style: 'currency', currency: row.currency, maximumFractionDigits: 4 }).format(amount)
  }
  function time(seconds) {
    return new Date(seconds * 1000).toLocaleString('ko-KR', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Seoul' })
  }
  function toast(text) {
    var node = document.getElementById('toast')
    node.textContent = text
    node.hidden = false
    clearTimeout(toast.timer)
    toast.timer = setTimeout(function () { node.hidden = true }, 4000)
  }
  function call(method, path, body) {
    return fetch('/control' + path, {
      method: method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
    }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) toast(told.error || String(answer.status))
        return look()
      })
    }).catch(function () { toast('샌드박스에 연결할 수 없습니다.') })
  }
  function button(text, path, body, kind) {
    var node = el('button', kind || '', text)
    node.type = 'button'
    node.addEventListener('click', function () { call('POST', path, typeof body === 'function' ? body() : body || {}) })
    return node
  }

  function statusOf(row) {
    if (row.status === 'cancelled' && row.cancel_amount < row.amount) return ['partial', '부분 취소']
    if (row.status === 'ready' && row.vbank_num) return ['waiting', '입금 대기']
    return { paid: ['paid', '결제 완료'], ready: ['ready', '진행 중'], failed: ['failed', '실패'], cancelled: ['cancelled', '취소'] }[row.status]
  }
  function pendingOf(entry) {
    return entry.cancels.filter(function (one) { return one.state === 'pending' })
  }
  function askedText(row, one) {
    var taxFree = one.asked.taxFree === null ? '' : ', 면세 ' + price(row, one.asked.taxFree)
    return '취소 요청 ' + price(row, one.amount) + ' · ' + CANCEL_STATES[one.state] + taxFree + (one.told ? ' · ' + one.told : '')
  }
  function facts(row, entry) {
    var parts = [entry.version, METHODS[row.pay_method] || row.pay_method, row.sandbox ? '테스트 채널' : '실연동', time(row.started_at)]
    var node = el('div', 'facts')
    node.appendChild(el('p', '', parts.join(' · ')))
    if (row.vbank_num) {
      var due = entry.accountClosed ? '만료됨' : time(row.vbank_date) + '까지'
      node.appendChild(el('p', '', row.vbank_name + ' ' + row.vbank_num + ' · ' + due))
    }
    if (row.fail_reason) node.appendChild(el('p', 'bad', row.fail_reason))
    if (entry.isHeld && row.status === 'ready' && !row.vbank_num) node.appendChild(el('p', '', '쇼핑몰의 수동 승인 대기'))
    entry.cancels.slice(-4).forEach(function (one) { node.appendChild(el('p', one.state === 'pending' ? 'bad' : '', askedText(row, one))) })
    if (row.cancel_amount > 0) node.appendChild(el('p', '', '취소 금액 ' + price(row, row.cancel_amount)))
    var sent = entry.deliveries.map(function (one) {
      return (one.status || (one.state === 'in_flight' ? '전송 중' : '연결 실패')) + (one.attempt > 1 ? ' (' + one.attempt + '번째)' : '')
    })
    node.appendChild(el('p', '', '웹훅: ' + (sent.length ? sent.slice(-6).join(', ') : entry.hasWebhook ? '없음' : '주소 없음')))
    return node
  }
  function sumField(label, value) {
    var sum = el('input')
    sum.type = 'number'
    sum.min = '0'
    sum.step = 'any'
    sum.value = String(value)
    sum.setAttribute('aria-label', label)
    return sum
  }
  function actions(row, entry) {
    var at = '/payments/' + entry.paymentId
    var node = el('div', 'actions')
    var isWaiting = row.status === 'ready' && row.vbank_num
    if (row.status === 'ready' && !isWaiting) {
      var link = el('a', 'button', '결제창')
      link.href = '/window/' + entry.paymentId
      link.target = '_blank'
      node.appendChild(link)
      node.appendChild(button('승인', at + '/approve'))
    }
    if (row.status === 'failed' && !row.vbank_num) node.appendChild(button('늦은 승인', at + '/approve'))
    if (isWaiting && !entry.accountClosed) {
      var paidIn = entry.fixedAccount ? node.appendChild(sumField('입금액', row.amount)) : null
      node.appendChild(button('입금', at + '/deposit', function () { return paidIn ? { amount: Number(paidIn.value) } : {} }, 'primary'))
      node.appendChild(button('만료', at + '/expire'))
      node.appendChild(button('입금 전 취소', at + '/cancel', {}, 'danger'))
    }
    if (pendingOf(entry).length > 0) {
      node.appendChild(button('취소 반영', at + '/book-cancel'))
      node.appendChild(button('취소 거절', at + '/deny-cancel'))
    }
    if (row.paid_at > 0 && row.cancel_amount < row.amount) {
      var sum = node.appendChild(sumField('취소 금액', Number((row.amount - row.cancel_amount).toFixed(4))))
      node.appendChild(button('취소', at + '/cancel', function () { return { amount: Number(sum.value) } }, 'danger'))
    }
    if (entry.version === 'V2' && row.paid_at > 0) {
      var isOpen = entry.disputes.some(function (one) { return one.status === 'UNRESOLVED' })
      node.appendChild(isOpen ? button('이의제기 종결', at + '/resolve-dispute') : button('이의제기', at + '/dispute'))
      if (row.cancel_amount < row.amount) node.appendChild(button('차지백', at + '/charge-back', {}, 'danger'))
    }
    if (entry.hasWebhook && (row.paid_at > 0 || row.vbank_num)) node.appendChild(button('웹훅 재전송', at + '/resend-webhook'))
    return node
  }
  function draw(entry) {
    var row = entry.row
    var card = el('article', 'payment')
    card.setAttribute('aria-label', entry.orderId)
    var status = statusOf(row)
    var head = el('div', 'head')
    var names = el('div', 'names')
    names.appendChild(el('p', 'name', row.name || '—'))
    names.appendChild(el('p', 'ids', entry.orderId + ' · ' + entry.paymentId))
    var sums = el('div', 'sums')
    sums.appendChild(el('p', 'amount', price(row, row.amount)))
    sums.appendChild(el('span', 'status ' + status[0], status[1]))
    head.appendChild(names)
    head.appendChild(sums)
    card.appendChild(head)
    card.appendChild(facts(row, entry))
    card.appendChild(actions(row, entry))
    return card
  }
  function redraw(entries) {
    document.getElementById('count').textContent = String(entries.length)
    document.getElementById('empty').hidden = entries.length > 0
    entries.forEach(function (entry, at) {
      var text = JSON.stringify(entry)
      var old = drawn[entry.paymentId]
      if (old && old.text === text) return
      var card = draw(entry)
      if (old) old.card.replaceWith(card)
      else list.insertBefore(card, list.children[at] || null)
      drawn[entry.paymentId] = { text: text, card: card }
    })
  }
  function show(misbehaviour, webhookUrl) {
    Object.keys(misbehaviour).forEach(function (name) {
      var field = switches.elements[name]
      if (!field || field === document.activeElement) return
      if (field.type === 'checkbox') field.checked = misbehaviour[name]
      else field.value = misbehaviour[name] === null ? '' : misbehaviour[name]
    })
    if (document.activeElement !== urlForm.elements.webhookUrl) urlForm.elements.webhookUrl.value = webhookUrl || ''
  }
  function look() {
    var connection = document.getElementById('connection')
    return fetch('/control/state').then(function (answer) { return answer.json() }).then(function (state) {
      connection.textContent = '연결됨'
      connection.className = ''
      document.getElementById('clock').textContent = time(state.nowMs / 1000)
      redraw(state.payments)
      show(state.misbehaviour, state.webhookUrl)
    }, function () {
      connection.textContent = '연결 끊김'
      connection.className = 'bad'
    })
  }

  switches.addEventListener('change', function (event) {
    var field = event.target
    var value = field.type === 'checkbox' ? field.checked : field.value === '' ? null : field.type === 'number' ? Number(field.value) : field.value
    var change = {}
    change[field.name] = value
    if (document.activeElement === field) field.blur()
    call('PUT', '/misbehaviour', change)
  })
  switches.addEventListener('submit', function (event) { event.preventDefault() })
  document.getElementById('behave').addEventListener('click', function () { call('DELETE', '/misbehaviour') })
  document.getElementById('advance').addEventListener('click', function (event) {
    if (event.target.dataset.ms) call('POST', '/advance', { ms: Number(event.target.dataset.ms) })
  })
  urlForm.addEventListener('submit', function (event) {
    event.preventDefault()
    document.activeElement.blur()
    call('PUT', '/webhook-url', { webhookUrl: urlForm.elements.webhookUrl.value || null })
  })
  function given(form) {
    var fields = {}
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.name && field.value !== '') fields[field.name] = field.type === 'number' ? Number(field.value) : field.value
    })
    return fields
  }
  document.getElementById('add-row').addEventListener('submit', function (event) {
    event.preventDefault()
    var asked = given(event.target)
    if (asked.startedAt) asked.startedAt = Math.floor(Date.parse(asked.startedAt + ':00+09:00') / 1000)
    call('POST', '/rows', asked)
  })
  document.getElementById('prepare').addEventListener('submit', function (event) {
    event.preventDefault()
    call('PUT', '/prepared', given(event.target))
  })
  setInterval(look, LOOK_EVERY_MS)
  look()
})()`
