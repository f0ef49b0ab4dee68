import { PaymentAnnotation } from '@landfall/payment-core'
import { startSandbox, type OpenRequest, type Sandbox } from '../src/start.ts'
import { restCall, tokenOf, type RestAnswer } from './test-merchant.ts'

/** The sandbox's time until a test advances the clock. */
export const NOW_MS = 1_793_500_000_000
export const NOW_SECONDS = NOW_MS / 1000

export type TestShop = AsyncDisposable & {
  readonly gateway: Sandbox
  readonly call: (method: string, path: string, body?: unknown) => Promise<RestAnswer>
  /** Opens a window, by default for 14,000. */
  readonly opened: (merchantUid: string, change?: Partial<OpenRequest>) => string
  readonly paid: (merchantUid: string, change?: Partial<OpenRequest>) => Promise<string>
  /** The answer of `GET /payments/{imp_uid}`. */
  readonly row: (impUid: string) => Promise<PaymentAnnotation>
  readonly cancel: (impUid: string, body?: object) => Promise<RestAnswer>
  readonly control: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ readonly status: number; readonly told: unknown }>
}

export async function openShop(): Promise<TestShop> {
  const gateway = await startSandbox({ nowMs: () => NOW_MS })
  // Request a token for each call, because tests advance the clock past a token's life.
  const call = async (method: string, path: string, body?: unknown) =>
    restCall(gateway.url, method, path, {
      authorization: await tokenOf(gateway.url),
      ...(body === undefined ? {} : { body }),
    })
  const opened = (merchantUid: string, change: Partial<OpenRequest> = {}): string => {
    const answer = gateway.open({ merchantUid, amount: 14_000, channel: 'live', ...change })
    if (!answer.ok) throw new Error(answer.errorMsg)
    return answer.impUid
  }
  return {
    gateway,
    call,
    opened,
    async paid(merchantUid, change) {
      const impUid = opened(merchantUid, change)
      await gateway.approve(impUid)
      return impUid
    },
    row: async (impUid) => PaymentAnnotation.parse((await call('GET', `/payments/${impUid}`)).response),
    cancel: (impUid, body = {}) => call('POST', '/payments/cancel', { imp_uid: impUid, ...body }),
    async control(method, path, body) {
      const answer = await fetch(`${gateway.url}/control${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, told: await answer.json() }
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}
