import { stringsOf, type Order } from '@landfall/payment-core'
import type { Config } from '../../config/config.ts'

/** The settings that decide which of the shop's addresses a screen leads to. */
type Where = Pick<Config, 'shopUrl' | 'sandboxMode'> & {
  readonly shop: Pick<Config['shop'], 'returnOrigins'>
}
type Destination = Pick<Order, 'orderId' | 'returnTo' | 'reference'>

/** Why customers are not sent to this address; null if they are. */
export function returnToFault(returnTo: string, { shop, sandboxMode }: Where): string | null {
  const { origin, protocol } = new URL(returnTo)
  if (!shop.returnOrigins.includes(origin)) return 'its origin is not on RETURN_ORIGINS'
  return protocol === 'https:' || sandboxMode ? null : 'plain http is for a sandbox alone'
}

/**
 * The way back to the shop: the order's `returnTo` with `order_id` added, and nothing that a page could believe; else the shop's own address.
 * The list of origins may have changed since the order was registered.
 */
export function wayBack(order: Destination | null, where: Where): string | null {
  const returnTo = followedReturnTo(order, where)
  return order === null || returnTo === null
    ? where.shopUrl
    : withParameters(returnTo, [['order_id', order.orderId]])
}

/** The order's `returnTo`; null if it has none, or one that is not followed. */
export const followedReturnTo = (order: Destination | null, where: Where): string | null =>
  order?.returnTo == null || returnToFault(order.returnTo, where) !== null ? null : order.returnTo

/** The shop's address for another payment: the way back, with `again=1` and the shop's own references. docs/operations.md describes it. */
export function payAgainAt(order: Destination, where: Where): string | null {
  const address = followedReturnTo(order, where) ?? where.shopUrl
  if (address === null) return null
  const references = stringsOf(order.reference).map((text) => ['reference', text] as const)
  return withParameters(address, [['order_id', order.orderId], ['again', '1'], ...references])
}

/** Sets parameters, and keeps the others exactly as the shop wrote them. */
function withParameters(address: string, added: ReadonlyArray<readonly [string, string]>): string {
  const url = new URL(address)
  const names = new Set(added.map(([name]) => name))
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((piece) => piece !== '' && !names.has([...new URLSearchParams(piece).keys()][0] ?? ''))
  url.search = [...kept, ...added.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join('&')
  return url.href
}
