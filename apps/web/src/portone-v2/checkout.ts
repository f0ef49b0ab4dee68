import type { Checkout, ReturnFieldsV2 } from '@landfall/payment-core'
import type { Language } from '../language.ts'
import { loadScript } from '../script.ts'

type CheckoutV2 = Extract<Checkout, { gateway: 'portone-v2' }>

/** The gateway's browser script (docs/gateway/portone-v2.md §2). */
export type SdkV2 = { requestPayment(request: PaymentRequest): Promise<ReturnFieldsV2 | undefined> }

/** The fields of `requestPayment`. `totalAmount` is in minor units. */
export type PaymentRequest = {
  storeId: string
  channelKey: string
  paymentId: string
  orderName: string
  totalAmount: number
  currency: string
  payMethod: 'CARD'
  redirectUrl: string
  customer: { fullName: string; phoneNumber: string; email: string }
  locale: 'KO_KR' | 'EN_US'
}

/** The demo shop has no customer accounts, so it sends placeholder buyer data. */
const demoBuyer = { fullName: '홍길동', phoneNumber: '010-0000-0000', email: 'buyer@example.com' }

export const paymentRequestOf = (checkout: CheckoutV2, language: Language): PaymentRequest => ({
  storeId: checkout.storeId,
  channelKey: checkout.channelKey,
  paymentId: checkout.orderId,
  orderName: checkout.name,
  totalAmount: checkout.amount,
  currency: checkout.currency,
  payMethod: 'CARD',
  redirectUrl: checkout.returnUrl,
  customer: demoBuyer,
  locale: language === 'ko' ? 'KO_KR' : 'EN_US',
})

/** Keeps only the claim's fields of the resolved object. */
export function returnFieldsOfV2(answer: ReturnFieldsV2): ReturnFieldsV2 {
  const { paymentId, txId, transactionType, paymentToken, code, message, pgCode, pgMessage } = answer
  return { paymentId, txId, transactionType, paymentToken, code, message, pgCode, pgMessage }
}

/**
 * Opens the payment window. On a desktop the promise resolves with the result. On a phone it never resolves, because the browser leaves the page
 * for the window and returns by `redirectUrl`. It rejects when no window opens.
 */
export async function payV2(checkout: CheckoutV2, language: Language): Promise<ReturnFieldsV2> {
  const sdk = await sdkFrom(checkout.sdkUrl)
  const answer = await sdk.requestPayment(paymentRequestOf(checkout, language))
  return answer === undefined ? new Promise(() => undefined) : returnFieldsOfV2(answer)
}

/** A script that is there already is not loaded again. */
async function sdkFrom(sdkUrl: string): Promise<SdkV2> {
  if (window.PortOne === undefined) await loadScript(sdkUrl)
  if (window.PortOne === undefined) throw new Error('the payment script brought no PortOne')
  return window.PortOne
}
