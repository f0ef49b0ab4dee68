import { inBackground } from './background.ts'
import type { SandboxClock } from './clock.ts'

/** One delivery attempt. `status` is the HTTP status, or null while in flight and without an answer. */
export type Delivery = {
  readonly impUid: string
  readonly url: string
  readonly contentType: string
  /** The headers besides `content-type`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly attempt: number
  readonly atMs: number
  readonly state: 'in_flight' | 'answered' | 'unreachable'
  readonly status: number | null
  readonly error: string | null
}

/** The content of one attempt. */
export type Draft = Pick<Delivery, 'impUid' | 'url' | 'contentType' | 'headers' | 'body'>

/**
 * The content of a delivery before its first attempt. `sign` returns the signature headers for an attempt at the given time. `note` is called when an
 * attempt starts and when it ends.
 */
export type Parcel = Omit<Draft, 'headers'> & {
  readonly sign?: (atMs: number) => Readonly<Record<string, string>>
  readonly note?: (delivery: Delivery) => void
}

/** When a failed delivery is repeated: `delaysMs` are counted from the attempt before. A network error always repeats. */
export type Retries = {
  readonly delaysMs: readonly number[]
  readonly isError: (status: number) => boolean
}
export const NO_RETRIES: Retries = { delaysMs: [], isError: () => false }

/** The outcome of one POST: the answer's status and body, or the reason for its absence. */
export type DeliveryOutcome = Pick<Delivery, 'state' | 'status' | 'error'> & { readonly answer?: string }

/** The transport to merchants. It never rejects: an unreachable merchant is an outcome, which the delivery records. */
export type Carrier = {
  readonly post: (draft: Draft) => Promise<DeliveryOutcome>
  readonly close: () => Promise<void>
}

/** The limit of the first attempt's answer (docs/gateway/portone-v1.md §3.3). Node itself limits its connection to 10 s. */
const READ_TIMEOUT_MS = 30_000

export type Courier = ReturnType<typeof createCourier>

export function createCourier(clock: SandboxClock, carrier: Carrier) {
  const deliveries: Delivery[] = []
  const inFlight = new Set<Promise<DeliveryOutcome>>()
  let closed = false

  const attempt = async (parcel: Parcel, retries: Retries, number: number): Promise<DeliveryOutcome> => {
    const { sign, note, ...content } = parcel
    const atMs = clock.nowMs()
    const draft = { ...content, headers: sign?.(atMs) ?? {} }
    const started: Delivery = {
      ...draft,
      attempt: number,
      atMs,
      state: 'in_flight',
      status: null,
      error: null,
    }
    const at = deliveries.push(started) - 1
    note?.(started)
    const outcome = await carrier.post(draft)
    const { state, status, error } = outcome
    const ended = { ...started, state, status, error }
    deliveries[at] = ended
    note?.(ended)
    const delayMs = retries.delaysMs[number - 1]
    const again = status === null || retries.isError(status)
    if (delayMs === undefined || !again) return outcome
    clock.after(delayMs, () => inBackground(start(parcel, retries, number + 1)))
    return outcome
  }
  const start = (parcel: Parcel, retries: Retries, number: number): Promise<DeliveryOutcome | null> => {
    if (closed) return Promise.resolve(null)
    const running = attempt(parcel, retries, number).finally(() => inFlight.delete(running))
    inFlight.add(running)
    return running
  }
  return {
    /** Resolves after the first attempt, with its outcome. Never rejects. null: the sandbox is closed. */
    send: (parcel: Parcel, retries: Retries) => start(parcel, retries, 1),
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
      headers: {
        'content-type': draft.contentType,
        'user-agent': 'landfall-gateway-sandbox',
        ...draft.headers,
      },
      body: draft.body,
      redirect: 'manual',
      signal,
    })
    return { state: 'answered', status: answer.status, error: null, answer: await answer.text() }
  } catch (error) {
    return { state: 'unreachable', status: null, error: reasonOf(error) }
  }
}

/** `fetch` itself only says that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
