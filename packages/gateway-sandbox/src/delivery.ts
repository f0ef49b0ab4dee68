import { inBackground } from './background.ts'
import type { SandboxClock } from './clock.ts'

/** One delivery attempt. `status` is the HTTP status, or null while in flight and without an answer. */
export type Delivery = {
  readonly impUid: string
  readonly url: string
  readonly contentType: string
  readonly body: string
  readonly attempt: number
  readonly atMs: number
  readonly state: 'in_flight' | 'answered' | 'unreachable'
  readonly status: number | null
  readonly error: string | null
}

/** The content of a delivery before its first attempt. */
export type Draft = Pick<Delivery, 'impUid' | 'url' | 'contentType' | 'body'>

/** The outcome of one POST: the answer's status, or the reason for its absence. */
export type DeliveryOutcome = Pick<Delivery, 'state' | 'status' | 'error'>

/** The transport to merchants. It never rejects: an unreachable merchant is an outcome, which the delivery records. */
export type Carrier = {
  readonly post: (draft: Draft) => Promise<DeliveryOutcome>
  readonly close: () => Promise<void>
}

/** The limit of the first attempt's answer (docs/gateway/portone-v1.md §3.3). Node itself limits its connection to 10 s. */
const READ_TIMEOUT_MS = 30_000
/** Retries: at most 5, 1 minute apart, after a network error or a 5xx. A 4xx is not retried. */
const RETRIES_MAX = 5
const RETRY_EVERY_MS = 60_000

export type Courier = ReturnType<typeof createCourier>

export function createCourier(clock: SandboxClock, carrier: Carrier) {
  const deliveries: Delivery[] = []
  const inFlight = new Set<Promise<void>>()
  let closed = false

  const attempt = async (draft: Draft, retries: boolean, number: number): Promise<void> => {
    const started = { ...draft, attempt: number, atMs: clock.nowMs() }
    const at = deliveries.push({ ...started, state: 'in_flight', status: null, error: null }) - 1
    const outcome = await carrier.post(draft)
    deliveries[at] = { ...started, ...outcome }
    const again = outcome.status === null || outcome.status >= 500
    if (!retries || !again || number > RETRIES_MAX) return
    clock.after(RETRY_EVERY_MS, () => inBackground(start(draft, retries, number + 1)))
  }
  const start = (draft: Draft, retries: boolean, number: number): Promise<void> => {
    if (closed) return Promise.resolve()
    const running = attempt(draft, retries, number).finally(() => inFlight.delete(running))
    inFlight.add(running)
    return running
  }
  return {
    /** Resolves after the first attempt. Never rejects. */
    send: (draft: Draft, retries: boolean) => start(draft, retries, 1),
    deliveries: () => [...deliveries],
    settled: async (): Promise<void> => {
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
    close: async (): Promise<void> => {
      closed = true
      await carrier.close()
    },
  }
}

/** Delivers over HTTP. */
export function overHttp(): Carrier {
  const closing = new AbortController()
  return {
    post: (draft) => post(draft, AbortSignal.any([closing.signal, AbortSignal.timeout(READ_TIMEOUT_MS)])),
    async close() {
      closing.abort()
    },
  }
}

async function post(draft: Draft, signal: AbortSignal): Promise<DeliveryOutcome> {
  try {
    const answer = await fetch(draft.url, {
      method: 'POST',
      headers: { 'content-type': draft.contentType, 'user-agent': 'landfall-gateway-sandbox' },
      body: draft.body,
      redirect: 'manual',
      signal,
    })
    await answer.arrayBuffer()
    return { state: 'answered', status: answer.status, error: null }
  } catch (error) {
    return { state: 'unreachable', status: null, error: reasonOf(error) }
  }
}

/** `fetch` itself only says that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
