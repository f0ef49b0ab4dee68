import { encloseSandbox, type Carrier, type EnclosedSandbox } from '@landfall/gateway-sandbox'
import type { TestClock } from './clock.ts'
import { newOrigin, openHost, send } from './network.ts'
import { canary } from './written.ts'

/** The sandbox of one world. Its customer's name, address and card are canaries unless a test sets them. */
export function gatewayOf(clock: TestClock, key = canary('gateway key')): EnclosedSandbox {
  const [url, v2Url] = [newOrigin(), newOrigin()]
  const sandbox = encloseSandbox({
    url,
    v2Url,
    nowMs: clock.nowMs,
    schedule: (delayMs, task) => void clock.after(delayMs, task),
    carrier,
    key,
    secret: canary('gateway secret'),
    v2Secret: canary('V2 secret'),
    v2WebhookSecrets: [canary('webhook secret')],
    tokensBegin: canary('gateway access token'),
  })
  const hosts = [url, v2Url].map((origin) => openHost(origin, sandbox.fetch, clock))
  const buyer = {
    buyerName: canary('buyer’s name'),
    buyerEmail: canary('buyer’s e-mail'),
    buyerTel: canary('buyer’s phone'),
  }
  return {
    ...sandbox,
    open: (request) => sandbox.open({ ...buyer, ...request }),
    approve: (impUid, means) => sandbox.approve(impUid, { cardNumber: '9410120000000008', ...means }),
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]()
      for (const host of hosts) host[Symbol.dispose]()
    },
  }
}

/** Delivers webhooks within the world. */
const carrier: Carrier = {
  post: async ({ url, contentType, headers: signed, body }) => {
    try {
      const headers = { 'content-type': contentType, ...signed }
      const { status } = await send(url, { method: 'POST', headers, body })
      return { state: 'answered', status, error: null }
    } catch (error) {
      return { state: 'unreachable', status: null, error: String(error) }
    }
  },
  close: async () => undefined,
}
