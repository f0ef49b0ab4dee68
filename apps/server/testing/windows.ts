import { toUnits } from '@landfall/payment-core'
import type { Sandbox, V2OpenRequest } from '@landfall/gateway-sandbox'

/** The sandbox's store of V2. */
export const sandboxStoreId = 'store-00000000-0000-0000-0000-000000000000'

/** An order as the shop's page asks for its window; the amount is in minor units. */
export type WindowRequest = {
  readonly orderId: string
  readonly amount: number
  readonly currency?: string
  readonly channel?: 'live' | 'test'
}

/** Opens a window of V1 and returns the id of its payment; null when the gateway refuses. */
export function openV1Window(
  sandbox: Sandbox,
  { orderId, amount, currency = 'KRW', channel = 'live' }: WindowRequest,
): string | null {
  const window = sandbox.open({
    merchantUid: orderId,
    amount: toUnits(amount, currency),
    currency,
    name: '드립백',
    ...(channel === 'test' ? { channel } : {}),
  })
  return window.ok ? window.impUid : null
}

/** The same with V2. */
export function openV2Window(sandbox: Sandbox, asked: WindowRequest): string | null {
  const window = sandbox.openV2(v2Request(asked))
  return window.ok ? window.txId : null
}

/** What a shop's page gives to V2's `requestPayment`, on a phone. */
export const v2Request = (
  { orderId, amount, currency = 'KRW', channel = 'live' }: WindowRequest,
  more: Partial<V2OpenRequest> = {},
): V2OpenRequest => ({
  storeId: sandboxStoreId,
  channelKey: `channel-key-${channel}`,
  paymentId: orderId,
  orderName: '드립백',
  totalAmount: amount,
  currency,
  payMethod: 'CARD',
  ...more,
})
