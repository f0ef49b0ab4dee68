import type { Request } from 'autocannon'
import { createHmac } from 'node:crypto'
import { numbered, orderId, paymentId, transactionId } from './books.ts'
import { merchantKey, storeId, webhookSecret } from './site.ts'

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

const signingKey = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64')

/** The same by V2, signed. */
export const webhookV2: Make = (index) => {
  const at = new Date()
  const body = JSON.stringify({
    type: 'Transaction.Paid',
    timestamp: at.toISOString(),
    data: { storeId, paymentId: orderId(index), transactionId: transactionId(index) },
  })
  const id = `msg_${numbered(index)}`
  const seconds = String(Math.floor(at.getTime() / 1_000))
  const signature = createHmac('sha256', signingKey).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    method: 'POST',
    path: '/webhooks/portone',
    headers: {
      ...json(),
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  }
}

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
