import type { Request } from 'autocannon'
import { numbered, orderId, paymentId } from './books.ts'
import { merchantKey } from './site.ts'

/** Makes the request about one order. */
export type Make = (index: number) => Request

// New for each request: autocannon writes into them.
const json = () => ({ 'content-type': 'application/json' })
const claimed = (index: number): string =>
  JSON.stringify({ imp_uid: paymentId(index), merchant_uid: orderId(index), status: 'paid' })

export const postTo =
  (path: string): Make =>
  (index) => ({ method: 'POST', path, headers: json(), body: claimed(index) })

export const webhook = postTo('/webhooks/portone')

export const comeBack: Make = (index) => ({
  method: 'GET',
  path: `/complete?imp_uid=imp_${numbered(index)}&merchant_uid=ord-${numbered(index)}&imp_success=true`,
})

/** What the completion screen asks. The bare server takes the same by its own path. */
export const verify: Make = (index) => ({
  method: 'POST',
  path: '/trpc/payments.verify',
  headers: json(),
  body: JSON.stringify({ imp_uid: paymentId(index), merchant_uid: orderId(index), imp_success: 'true' }),
})

export const register: Make = (index) => ({
  method: 'POST',
  path: '/trpc/orders.register',
  headers: { ...json(), authorization: `Bearer ${merchantKey}` },
  body: JSON.stringify({ orderId: orderId(index), name: 'bench', amount: 14_000 }),
})
