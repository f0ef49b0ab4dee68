'use client'

import { useState } from 'react'

export default function Shop() {
  const [says, setSays] = useState('14,000원')
  const buy = (payMethod) => () =>
    pay(payMethod).catch(() => setSays('지금은 주문할 수 없습니다. 잠시 후 다시 시도해 주세요.'))
  return (
    <main>
      <h1>제주 한라봉 드립백</h1>
      <p role="status">{says}</p>
      <button onClick={buy('card')}>카드로 결제</button>{' '}
      <button onClick={buy('vbank')}>가상계좌로 결제</button>
    </main>
  )
}

async function pay(payMethod) {
  const answer = await fetch('/orders', { method: 'POST' })
  const { orderId, name, amount, returnUrl, sdkUrl, userCode } = await answer.json()
  await load(sdkUrl)
  window.IMP.init(userCode)
  const asked = { merchant_uid: orderId, name, amount, pay_method: payMethod, m_redirect_url: returnUrl }
  // A phone leaves this page and comes back to returnUrl. On a PC the script calls back: take its answer there.
  window.IMP.request_pay(asked, ({ imp_uid, merchant_uid, success, error_msg }) => {
    const said = Object.entries({ imp_uid, merchant_uid, imp_success: success, error_msg })
    location.assign(`${returnUrl}?${new URLSearchParams(said.filter(([, value]) => value != null))}`)
  })
}

const load = (src) =>
  new Promise((resolve, reject) => {
    document.head.append(
      Object.assign(document.createElement('script'), { src, onload: resolve, onerror: reject }),
    )
  })
