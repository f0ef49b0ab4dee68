import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Log } from './log/log.ts'
import type { Config } from './config/config.ts'
import type { Gateways } from './gateway/gateways.ts'
import type { Http } from './gateway/http.ts'
import type { Metrics } from './log/metrics.ts'
import type { Secrets } from './config/secrets.ts'
import type { Database } from './store/engines/open.ts'

/** The server's only source of time. The simulation supplies its own. */
export type Clock = {
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /**
   * Whole milliseconds since some moment, for intervals within this process. It never goes back and never leaps: corrections of
   * the clock do not reach it (K-03).
   */
  readonly monotonicMs: () => number
  /** The time `ms` as a Date, for libraries that need one and for RFC 3339 text. */
  readonly date: (ms: number) => Date
  /** Resolves after `ms`, or at once when `signal` aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export type Random = {
  /** 0 ≤ fraction < 1, for jitter. */
  readonly fraction: () => number
  /** An id that cannot be guessed. */
  readonly id: () => string
}

/** Publishes changes of an order to open pages: those of this process, and of other servers when the store distributes changes. */
export type Changes = {
  readonly publish: (orderId: string) => void
  readonly subscribe: (orderId: string, listener: () => void) => () => void
}

/** Everything outside the process's memory. No other code reaches clock, randomness, network or disk. */
export type Deps = {
  readonly config: Omit<Config, 'secrets'>
  /** The live secrets; a reload replaces them while the server runs. */
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: Database
  readonly gateways: Gateways
  /** For notices to the shop. */
  readonly http: Http
  readonly changes: Changes
  readonly metrics: Metrics
}

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => Math.trunc(performance.now()),
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
 * The delay of the event loop over the last half second, in milliseconds: the expected delay at a random moment. The mean over all delays would hide
 * one long stall among many short ones.
 */
export function realLag(): () => number {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  let lagMs = 0
  delay.enable()
  setInterval(() => {
    const expectedMs = (delay.mean + delay.stddev ** 2 / delay.mean) / 1e6
    lagMs = Number.isFinite(expectedMs) ? Math.max(0, expectedMs - LAG_RESOLUTION_MS) : 0
    delay.reset()
  }, LAG_WINDOW_MS).unref()
  return () => lagMs
}

export const realRandom: Random = {
  fraction: () => Math.random(),
  id: () => crypto.randomUUID(),
}

/** Publishes changes within one process. */
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

/** Publishes changes within this process at once, and to other servers through the store when it distributes changes. */
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
