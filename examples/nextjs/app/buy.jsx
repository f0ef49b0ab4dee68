'use client'

import { useState } from 'react'

/** The buttons that open the window. `again` is the order of a failed try. */
export default function Buy({ again }) {
  const [says, setSays] = useState('')
  const buy = (payMethod) => () =>
    pay(payMethod, again).catch(() => setSays('지금은 주문할 수 없습니다. 잠시 후 다시 시도해 주세요.'))
  return (
    <>
      <p role="alert">{says}</p>
      <button onClick={buy('card')}>카드로 결제</button>{' '}
      <button onClick={buy('vbank')}>가상계좌로 결제</button>
    </>
  )
}

async function pay(payMethod, again) {
  // The shop's server opens an unpaid order again, and registers a new one otherwise.
  const answer = await fetch('/orders', { method: 'POST', body: JSON.stringify({ again }) })
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
