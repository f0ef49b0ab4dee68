import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Log } from './log/log.ts'
import type { Config } from './config/config.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { Http } from './gateway/http.ts'
import type { Metrics } from './log/metrics.ts'
import type { Secrets } from './config/secrets.ts'
import type { Database } from './store/engines/open.ts'

/** Time, as the journey knows it. A simulated world brings its own. */
export type Clock = {
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /** An instant as a Date, for libraries that want one and for RFC 3339 text. */
  readonly date: (ms: number) => Date
  /** Resolves after `ms`, or at once when `signal` aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export type Random = {
  /** 0 ≤ fraction < 1, for jitter. */
  readonly fraction: () => number
  /** An id nobody can guess. */
  readonly id: () => string
}

/** Tells open pages that an order's record has changed: those of this process, and of every other where the store carries it. */
export type Changes = {
  readonly publish: (orderId: string) => void
  readonly subscribe: (orderId: string, listener: () => void) => () => void
}

/** Everything outside the process's own memory, in one place: nothing else reaches clock, randomness, network or disk. */
export type Deps = {
  readonly config: Omit<Config, 'secrets'>
  /** What is live now: it can change while the server runs. */
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: Database
  readonly gateway: Gateway
  /** For notices to the shop. */
  readonly http: Http
  readonly changes: Changes
  readonly metrics: Metrics
}

export const realClock: Clock = {
  nowMs: () => Date.now(),
  date: (ms) => new Date(ms),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    }),
}

const LAG_WINDOW_MS = 500
const LAG_RESOLUTION_MS = 10

/**
 * How late the event loop ran over the last half second: the delay that a moment picked at random fell into. The mean over all delays would
 * hide one long stall behind the many short ones around it.
 */
export function realLag(): () => number {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  let lagMs = 0
  delay.enable()
  setInterval(() => {
    const meetMs = (delay.mean + delay.stddev ** 2 / delay.mean) / 1e6
    lagMs = Number.isFinite(meetMs) ? Math.max(0, meetMs - LAG_RESOLUTION_MS) : 0
    delay.reset()
  }, LAG_WINDOW_MS).unref()
  return () => lagMs
}

export const realRandom: Random = {
  fraction: () => Math.random(),
  id: () => crypto.randomUUID(),
}

/** Changes told within one process. */
export function localChanges(): Changes {
  const listeners = new Map<string, Set<() => void>>()
  return {
    publish: (orderId) => {
      for (const listener of listeners.get(orderId) ?? []) listener()
    },
    subscribe: (orderId, listener) => {
      const mine = listeners.get(orderId) ?? new Set()
      mine.add(listener)
      listeners.set(orderId, mine)
      return () => {
        mine.delete(listener)
        if (mine.size === 0) listeners.delete(orderId)
      }
    },
  }
}

/** Changes told within this process at once, and to the other servers through the store when it can. */
export function sharedChanges({ changes }: Database): Changes {
  const local = localChanges()
  if (changes === null) return local
  changes.subscribe(local.publish)
  return {
    subscribe: local.subscribe,
    publish: (orderId) => {
      local.publish(orderId)
      changes.publish(orderId)
    },
  }
}
