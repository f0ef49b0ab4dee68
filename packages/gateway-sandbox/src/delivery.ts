import { Agent, request } from 'undici'
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

export type Courier = {
  /** Resolves after the first attempt. Never rejects. */
  readonly send: (draft: Draft, retries: boolean) => Promise<void>
  readonly deliveries: () => readonly Delivery[]
  /** Resolves when no delivery is in flight. Scheduled deliveries are not in flight. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The limits of the first attempt: connect 10 s, read 30 s (docs/gateway/portone-v1.md §3.3). */
const CONNECT_TIMEOUT_MS = 10_000
const READ_TIMEOUT_MS = 30_000
/** Retries: at most 5, 1 minute apart, after a network error or a 5xx. A 4xx is not retried. */
const RETRIES_MAX = 5
const RETRY_EVERY_MS = 60_000

export function createCourier(clock: SandboxClock, carrier: Carrier): Courier {
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
    send: (draft, retries) => start(draft, retries, 1),
    deliveries: () => [...deliveries],
    async settled() {
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
    async close() {
      closed = true
      await carrier.close()
    },
  }
}

/** Delivers over HTTP. */
export function overHttp(): Carrier {
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: READ_TIMEOUT_MS,
    bodyTimeout: READ_TIMEOUT_MS,
  })
  return { post: (draft) => post(agent, draft), close: () => agent.destroy() }
}

async function post(agent: Agent, draft: Draft): Promise<DeliveryOutcome> {
  try {
    const answer = await request(draft.url, {
      method: 'POST',
      headers: { 'content-type': draft.contentType, 'user-agent': 'landfall-gateway-sandbox' },
      body: draft.body,
      dispatcher: agent,
    })
    await answer.body.dump()
    return { state: 'answered', status: answer.statusCode, error: null }
  } catch (error) {
    return {
      state: 'unreachable',
      status: null,
      error: error instanceof Error ? error.message : String(error),
    }
  }
}
