import { randomUUID } from 'node:crypto'
import type { Shop } from './shop.ts'
import { canary, given } from './written.ts'

export type Placed = {
  readonly orderId: string
  readonly impUid: string
  readonly returnUrl: string
  /** The gateway's payment window. */
  readonly windowUrl: string
  readonly token: string
  /** The address of the result page. */
  readonly resultUrl: string
}
type Wish = {
  readonly name?: string
  readonly amount?: number
  readonly pays?: number
  readonly expiresInMs?: number
  readonly appScheme?: string
  readonly returnTo?: string
}

/** Registers an order as the shop's backend does and opens a payment window without a browser. `pays` is the window's amount. */
export async function place(shop: Shop, wish: Wish = {}): Promise<Placed> {
  const { name = '등대 머그컵', amount = 14_000, pays = amount, expiresInMs, appScheme, returnTo } = wish
  const orderId = `shop-${randomUUID().slice(0, 13)}`
  const expires = expiresInMs === undefined ? {} : { expiresAt: shop.nowMs() + expiresInMs }
  const { returnUrl } = await shop.ask('orders.register', {
    orderId,
    name,
    amount,
    appScheme,
    returnTo,
    ...expires,
  })
  if (typeof returnUrl !== 'string') throw new Error('no return address')
  const buyer = {
    buyerName: canary('buyer’s name'),
    buyerEmail: canary('buyer’s e-mail'),
    buyerTel: canary('buyer’s phone'),
  }
  given('an order', JSON.stringify(buyer))
  const opened = shop.gateway.open({
    ...buyer,
    merchantUid: orderId,
    amount: pays,
    name,
    mRedirectUrl: returnUrl,
  })
  if (!opened.ok) throw new Error(opened.errorMsg)
  const token = returnUrl.slice(returnUrl.lastIndexOf('/') + 1)
  const { impUid, windowUrl } = opened
  return { orderId, impUid, returnUrl, windowUrl, token, resultUrl: `${shop.url}/result/${token}` }
}
