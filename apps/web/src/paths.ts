import type { VerifyInput } from '@landfall/payment-core'

/** All addresses of this app. On the server's origin the server itself answers `/complete`. */
export type PagePlace =
  | { readonly kind: 'shop'; readonly orderId: string | null }
  | { readonly kind: 'result'; readonly token: string }
  | { readonly kind: 'complete'; readonly token: string | null; readonly query: string }
  | { readonly kind: 'unknown' }

export function placeOf(pathname: string, search: string): PagePlace {
  const [first = '', second = '', ...rest] = pathname.replace(/\/+$/, '').split('/').slice(1)
  if (rest.length > 0) return { kind: 'unknown' }
  const token = readable(second)
  if (first === '' && second === '')
    return { kind: 'shop', orderId: orderToPayAgain(new URLSearchParams(search)) }
  if (first === 'result' && token !== null && token !== '') return { kind: 'result', token }
  if (first === 'complete' && token !== null) {
    return { kind: 'complete', token: token === '' ? null : token, query: search.replace(/^\?/, '') }
  }
  return { kind: 'unknown' }
}

/** *Pay again* leads here with the order's number (`shop-address.ts` of the server). */
const orderToPayAgain = (query: URLSearchParams): string | null =>
  query.get('again') === '1' ? query.get('order_id') : null

/** Decodes a path segment. Null: its percent-encoding is invalid. */
function readable(piece: string): string | null {
  if (/%(?![0-9a-f]{2})/i.test(piece)) return null
  const text = new URLSearchParams(`piece=${piece.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get(
    'piece',
  )
  return text === null || text.includes('\uFFFD') ? null : text
}

export const shopPath = '/'
export const resultPath = (token: string): string => `/result/${encodeURIComponent(token)}`
export const calendarPath = (token: string): string => `${resultPath(token)}/deadline.ics`

/** The return's address, the same that a redirect uses. The page goes there when `payments.verify` fails after a callback. */
export function completePath(token: string, fields: Omit<VerifyInput, 'token'>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined) query.set(name, String(value))
  }
  return `/complete/${encodeURIComponent(token)}?${query.toString()}`
}
