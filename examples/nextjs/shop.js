import { createLandfall } from '@landfall/client'

/** Opened at the first call: a build has no key. */
export const landfall = () => createLandfall({ url: process.env.LANDFALL_URL, key: process.env.LANDFALL_KEY })

/**
 * A real shop keeps both in its database: what it shipped, and the secret of each order's cookie. Routes are separate modules, so they hang on
 * the process.
 */
export const shipped = (globalThis.shippedOrders ??= new Set())
export const secrets = (globalThis.orderSecrets ??= new Map())

/** Each order has a cookie of its own: two tabs are two orders. */
export const isOwn = (orderId, cookies) =>
  secrets.has(orderId) && cookies.get(orderId)?.value === secrets.get(orderId)

/** What the thank-you page shows; null unless this browser ordered. */
export async function stateOf(orderId, cookies) {
  if (!isOwn(orderId, cookies)) return null
  const { status, balance, payments } = await landfall().get(orderId)
  const account = payments.find((payment) => payment.status === 'awaiting_deposit')?.account ?? null
  return { status, lastTry: payments.at(-1)?.status, balance, account, shipped: shipped.has(orderId) }
}
