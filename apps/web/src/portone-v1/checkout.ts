import type { Checkout, ReturnFields } from '@landfall/payment-core'
import { minorDigits } from '@landfall/payment-core/minor-digits'
import type { Language } from '../language.ts'
import { loadScript } from '../script.ts'

type CheckoutV1 = Extract<Checkout, { gateway: 'portone-v1' }>

/** The gateway's browser script (docs/gateway/portone-v1.md §1). The shop's page alone loads it, at the first purchase. */
export type SdkV1 = {
  init(userCode: string): void
  request_pay(params: PayParams, callback?: (answer: ReturnFields) => void): void
}

/** The parameters of `request_pay`. `amount` is in currency units, as the gateway requires. */
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

/** The demo shop has no customer accounts, so it sends placeholder buyer data. */
const demoBuyer = { buyer_name: '홍길동', buyer_tel: '010-0000-0000', buyer_email: 'buyer@example.com' }

export function payParamsOf(checkout: CheckoutV1, language: Language): PayParams {
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

/** The gateway's own test for a phone (docs/gateway/portone-v1.md §1.4). On a phone the browser leaves the page, so a callback never runs. */
export const leavesThePage = (userAgent: string): boolean =>
  /iPhone|iPad|iPod|Android|Mobile/i.test(userAgent)

/** Keeps only the claim's fields of the callback object. Names and card numbers stay in the browser. */
export function returnFieldsOf(answer: ReturnFields): ReturnFields {
  const { imp_uid, merchant_uid, imp_success, success, imp_status, error_code, error_coe, error_msg } = answer
  return { imp_uid, merchant_uid, imp_success, success, imp_status, error_code, error_coe, error_msg }
}

/**
 * Opens the payment window. On a phone it passes no callback: with one, the script reports an early failure to the callback and does not
 * redirect (docs/gateway/portone-v1.md §1.4). On a desktop the promise resolves with the callback object. On a phone it never resolves,
 * because the browser leaves the page.
 */
export async function payV1(
  checkout: CheckoutV1,
  language: Language,
  userAgent: string,
): Promise<ReturnFields> {
  const params = payParamsOf(checkout, language)
  const sdk = await sdkFrom(checkout.sdkUrl, checkout.userCode)
  return new Promise((resolve) => {
    if (leavesThePage(userAgent)) sdk.request_pay(params)
    else sdk.request_pay(params, (answer) => resolve(returnFieldsOf(answer)))
  })
}

let loaded: Promise<SdkV1> | null = null

/** Loads the script and calls `init`, each once, as the gateway requires. After a failed load the next call loads the script again. */
function sdkFrom(sdkUrl: string, userCode: string): Promise<SdkV1> {
  loaded ??= load(sdkUrl, userCode).catch((error: unknown) => {
    loaded = null
    throw error
  })
  return loaded
}

async function load(sdkUrl: string, userCode: string): Promise<SdkV1> {
  await loadScript(sdkUrl)
  if (window.IMP === undefined) throw new Error('the payment script brought no IMP')
  window.IMP.init(userCode)
  return window.IMP
}
