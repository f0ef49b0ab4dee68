import { PaymentClient, Webhook } from '@portone/server-sdk'
import { startSandbox } from '../src/start.ts'
import type { Sandbox, SandboxOptions, V2OpenRequest } from '../src/start.ts'
import { DEFAULT_STORE_ID, DEFAULT_V2_SECRET, DEFAULT_WEBHOOK_SECRET } from '../src/v2/state.ts'

/** A shop on V2: the official client, raw calls, and the browser's requests. */
export type TestShopV2 = AsyncDisposable & {
  readonly gateway: Sandbox
  readonly client: ReturnType<typeof PaymentClient>
  /** Opens a window, by default for 14,000 won, and returns the transaction's id. */
  readonly opened: (paymentId: string, change?: Partial<V2OpenRequest>) => string
  readonly paid: (paymentId: string, change?: Partial<V2OpenRequest>) => Promise<string>
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ readonly status: number; readonly body: unknown }>
}

export const CHANNEL_KEY = 'channel-key-inicis'

export const requestOf = (paymentId: string): V2OpenRequest => ({
  storeId: DEFAULT_STORE_ID,
  paymentId,
  orderName: '감귤 3kg',
  totalAmount: 14_000,
  currency: 'CURRENCY_KRW',
  payMethod: 'CARD',
  channelKey: CHANNEL_KEY,
  redirectUrl: 'https://shop.example/complete?cart=7#end',
})

export async function openShopV2(options: SandboxOptions = {}): Promise<TestShopV2> {
  const gateway = await startSandbox(options)
  const client = PaymentClient({
    secret: DEFAULT_V2_SECRET,
    baseUrl: gateway.v2Url,
    storeId: DEFAULT_STORE_ID,
  })
  const opened = (paymentId: string, change: Partial<V2OpenRequest> = {}): string => {
    const answer = gateway.openV2({ ...requestOf(paymentId), ...change })
    if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`)
    return answer.txId
  }
  return {
    gateway,
    client,
    opened,
    async paid(paymentId, change) {
      const txId = opened(paymentId, change)
      await gateway.approve(txId)
      return txId
    },
    async call(method, path, body, headers = {}) {
      const answer = await fetch(`${gateway.v2Url}${path}`, {
        method,
        headers: { authorization: `PortOne ${DEFAULT_V2_SECRET}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.json() }
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}

/** The official verifier, on the machine's clock. Rejects with the reason. */
export const officiallyVerified = (
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  secret = DEFAULT_WEBHOOK_SECRET,
) => Webhook.verify(secret, body, headers)
