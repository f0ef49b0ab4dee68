// A customer of an example shop and its staff, over HTTP alone. Every example has the same addresses.

import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Surroundings } from './processes-around.ts'

const WAIT_MS = 30_000
const ASK_EVERY_MS = 100

const Ordered = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  returnUrl: z.string(),
  sdkUrl: z.string(),
  userCode: z.string(),
})
export type Ordered = z.infer<typeof Ordered> & { readonly cookie: string }

const OrderState = z.object({
  status: z.string(),
  balance: z.number(),
  account: z.object({ bank: z.string(), number: z.string(), holder: z.string() }).nullable(),
  shipped: z.boolean(),
})
export type OrderState = z.infer<typeof OrderState>

const Opened = z.object({ impUid: z.string() })
const Ended = z.object({
  redirectUrl: z.string().nullable(),
  callback: z
    .object({ imp_uid: z.string(), merchant_uid: z.string(), success: z.boolean().optional() })
    .nullable(),
})
export type Ended = z.infer<typeof Ended>

async function json(
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; cookie: string }> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { status: response.status, body: isJson ? JSON.parse(text) : text, cookie }
}
const sent = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export function customerOf({ shopUrl, sandboxUrl, staffKey }: Surroundings) {
  const at = (orderId: string): string => `${shopUrl}/orders/${orderId}`
  const control = async (path: string, body: object = {}): Promise<unknown> =>
    (await json(`${sandboxUrl}/control${path}`, sent(body))).body
  const stateOf = async ({ orderId, cookie }: Ordered): Promise<OrderState> =>
    OrderState.parse((await json(at(orderId), { headers: { cookie } })).body)
  return {
    /** With `failed` this customer tries that order again. */
    async order(failed?: Ordered): Promise<Ordered> {
      const again = failed === undefined ? {} : { again: failed.orderId }
      const { body, cookie } = await json(`${shopUrl}/orders`, sent(again, { cookie: failed?.cookie ?? '' }))
      return { ...Ordered.parse(body), cookie }
    },
    /** The gateway's window. With `callback` as on a PC, where it returns to the page's script. */
    async open({ orderId, name, amount, returnUrl }: Ordered, more: object = {}): Promise<string> {
      const asked = { merchantUid: orderId, name, amount, mRedirectUrl: returnUrl, ...more }
      return Opened.parse(await control('/open', asked)).impUid
    },
    pay: async (impUid: string): Promise<Ended> =>
      Ended.parse(await control(`/payments/${impUid}/pay`, { cardNumber: '4242 4242 4242 4242' })),
    act: async (impUid: string, what: string, body: object = {}): Promise<unknown> =>
      control(`/payments/${impUid}/${what}`, body),
    end: async (impUid: string, what: string, body: object = {}): Promise<Ended> =>
      Ended.parse(await control(`/payments/${impUid}/${what}`, body)),
    /** The browser comes back. Returns the status of the answer. */
    async comeBack(url: string | null): Promise<number> {
      if (url === null) throw new Error('the window sends the browser nowhere')
      return (await fetch(url, { redirect: 'manual' })).status
    },
    state: stateOf,
    /** The state once `isSo`. */
    async until(order: Ordered, isSo: (state: OrderState) => boolean): Promise<OrderState> {
      const endsAtMs = Date.now() + WAIT_MS
      for (;;) {
        const state = await stateOf(order)
        if (isSo(state)) return state
        if (Date.now() > endsAtMs) throw new Error(`still ${JSON.stringify(state)}`)
        await pause(ASK_EVERY_MS)
      }
    },
    refund: async ({ orderId }: Ordered, body: object, key = staffKey) =>
      json(`${at(orderId)}/refund`, sent(body, { authorization: `Bearer ${key}` })),
    /** To a browser with these cookies. */
    statusWith: async ({ orderId }: Ordered, cookie: string): Promise<number> =>
      (await json(at(orderId), { headers: { cookie } })).status,
    statusOfForgedNotice: async ({ orderId }: Ordered): Promise<number> =>
      (await json(`${shopUrl}/landfall`, sent(forgedNotice(orderId), forgedHeaders()))).status,
    page: async (path: string): Promise<unknown> => (await json(`${shopUrl}${path}`)).body,
  }
}

const forgedNotice = (orderId: string): object => ({
  type: 'payment.paid',
  timestamp: new Date().toISOString(),
  sequence: 1,
  data: { order: { orderId, status: 'paid', balance: 14_000 }, payment: null },
})
const forgedHeaders = (): Record<string, string> => ({
  'webhook-id': 'forged',
  'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
  'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
})
