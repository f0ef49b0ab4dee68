import type { Checkout, ReturnFields } from '@landfall/payment-core'
import { minorDigits } from '@landfall/payment-core/minor-digits'
import type { Language } from './language.ts'

/** The gateway's browser script (docs/gateway/portone-v1.md §1): loaded when somebody buys, and only on the shop's page. */
type Sdk = {
  init(userCode: string): void
  request_pay(params: PayParams, callback?: (answer: ReturnFields) => void): void
}
declare global {
  interface Window {
    IMP?: Sdk
  }
}

/** What the payment window is opened with. `amount` is a number in the currency's units, as the gateway wants it. */
export type PayParams = {
  pay_method: 'card'
  merchant_uid: string
  name: string
  amount: number
  currency: string
  buyer_name: string
  buyer_tel: string
  buyer_email: string
  m_redirect_url: string
  language: Language
}

/** A real shop knows its customer; this one sells to nobody in particular. */
const demoBuyer = { buyer_name: '홍길동', buyer_tel: '010-0000-0000', buyer_email: 'buyer@example.com' }

export function payParamsOf(checkout: Checkout, language: Language): PayParams {
  const { orderId, name, amount, currency, returnUrl } = checkout
  return {
    pay_method: 'card',
    merchant_uid: orderId,
    name,
    amount: amount / 10 ** minorDigits(currency),
    currency,
    ...demoBuyer,
    m_redirect_url: returnUrl,
    language,
  }
}

/** The gateway's own test of a phone (docs/gateway/portone-v1.md §1.4): there the page is left, and a callback would never run. */
export const leavesThePage = (userAgent: string): boolean =>
  /iPhone|iPad|iPod|Android|Mobile/i.test(userAgent)

/** What of the callback's object is a claim; the rest (names, card numbers) stays in the browser. */
export function returnFieldsOf(answer: ReturnFields): ReturnFields {
  const { imp_uid, merchant_uid, imp_success, success, imp_status, error_code, error_coe, error_msg } = answer
  return { imp_uid, merchant_uid, imp_success, success, imp_status, error_code, error_coe, error_msg }
}

/**
 * Opens the payment window. On a phone without a callback: given one, the script would tell only it of an early failure and would not
 * redirect (docs/gateway/portone-v1.md §1.4). Elsewhere resolves with the callback's object; on a phone never, for the page is gone.
 */
export async function pay(checkout: Checkout, params: PayParams, userAgent: string): Promise<ReturnFields> {
  const sdk = await sdkFrom(checkout.sdkUrl, checkout.userCode)
  return new Promise((resolve) => {
    if (leavesThePage(userAgent)) sdk.request_pay(params)
    else sdk.request_pay(params, resolve)
  })
}

let loaded: Promise<Sdk> | null = null

/** Loads the script and calls `init` once each, as the gateway asks; after a failure the next try loads it again. */
function sdkFrom(sdkUrl: string, userCode: string): Promise<Sdk> {
  loaded ??= load(sdkUrl, userCode).catch((error: unknown) => {
    loaded = null
    throw error
  })
  return loaded
}

function load(sdkUrl: string, userCode: string): Promise<Sdk> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = sdkUrl
    script.onerror = () => {
      script.remove()
      reject(new Error(`the payment script did not load: ${sdkUrl}`))
    }
    script.onload = () => {
      if (window.IMP === undefined) return reject(new Error('the payment script brought no IMP'))
      window.IMP.init(userCode)
      resolve(window.IMP)
    }
    document.head.append(script)
  })
}
