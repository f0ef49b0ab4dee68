import {
  fail,
  ok,
  readPaymentV1,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import { z } from 'zod'
import type { AnswerOf, Caller } from '../call.ts'
import { readResponse } from './answer.ts'

/** Concurrent look-up calls. Look-ups that arrive meanwhile wait and then share a call. */
const CALLS_MAX = 16
/** A call without an answer for this long no longer counts: it is probably lost, and must not delay other look-ups. */
const STUCK_MS = 1_000
/** The gateway accepts 100 ids, but some proxies refuse a URL that long. */
const IDS_MAX = 50
/**
 * The least share of the time-out that a look-up needs when its call begins. With less, it fails at once: its early
 * deadline would end the call for the whole batch.
 */
const TIME_LEFT_MIN = 0.05

type QueuedLookup = Result<readonly Observation[], GatewayProblem>
type QueuedCall = {
  readonly paymentId: string
  readonly endsAtMs: number
  readonly resolve: (look: QueuedLookup) => void
  readonly reject: (error: unknown) => void
}

type BatchDeps = {
  readonly nowMs: () => number
  readonly timeoutMs: number
  /** Returns a caller whose calls end at `endsAtMs`. */
  readonly callerUntil: (endsAtMs: number) => Caller
  readonly lookupOne: (call: Caller, paymentId: string) => Promise<QueuedLookup>
}

/**
 * Batches look-ups of different payments into one call (`GET /payments?imp_uid[]=…`, docs/gateway/portone-v1.md §4.3). No
 * look-up is delayed to fill a batch: only those that wait because all calls are busy share one. Each row is matched by
 * its own id. A payment that is missing from the answer, or whose row is unreadable, is looked up alone, so that one bad
 * row affects no other payment.
 */
export function batchedLookups(deps: BatchDeps): (id: string) => Promise<QueuedLookup> {
  const { nowMs, timeoutMs } = deps
  const queue: QueuedCall[] = []
  /** Look-ups that a batch did not answer; each goes alone. */
  const alone: QueuedCall[] = []
  const calls = new CallsInFlight(nowMs)
  const hasTime = ({ endsAtMs, resolve }: QueuedCall): boolean => {
    if (endsAtMs - nowMs() >= timeoutMs * TIME_LEFT_MIN) return true
    resolve(fail({ kind: 'gateway_unreachable', cause: 'deadline' }))
    return false
  }
  const run = (batch: readonly QueuedCall[]): void => {
    const work = batch.length === 1 ? lookupAlone(deps, batch) : lookupTogether(deps, batch)
    const ended = (rest: readonly QueuedCall[]): void => {
      alone.push(...rest)
      begin()
    }
    calls.run(work).then(ended, (error: unknown) => {
      for (const { reject } of batch) reject(error)
      begin()
    })
  }
  const begin = (): void => {
    while (alone.length + queue.length > 0 && calls.hasRoom()) {
      const batch = (alone.length > 0 ? alone.splice(0, 1) : queue.splice(0, IDS_MAX)).filter(hasTime)
      if (batch.length > 0) run(batch)
    }
  }
  return (paymentId) =>
    new Promise((resolve, reject) => {
      queue.push({ paymentId, endsAtMs: nowMs() + timeoutMs, resolve, reject })
      begin()
    })
}

async function lookupAlone(
  { callerUntil, lookupOne }: BatchDeps,
  one: readonly QueuedCall[],
): Promise<readonly QueuedCall[]> {
  for (const { paymentId, endsAtMs, resolve } of one)
    resolve(await lookupOne(callerUntil(endsAtMs), paymentId))
  return []
}

/** Returns the look-ups that the batch did not answer. */
async function lookupTogether(
  { callerUntil }: BatchDeps,
  batch: readonly QueuedCall[],
): Promise<readonly QueuedCall[]> {
  const endsAtMs = Math.min(...batch.map((each) => each.endsAtMs))
  const ids = [...new Set(batch.map((each) => each.paymentId))]
  const looked = await lookupMany(callerUntil(endsAtMs), ids)
  const rest: QueuedCall[] = []
  for (const each of batch) {
    const seen = looked.ok ? looked.value.get(each.paymentId) : undefined
    if (!looked.ok) each.resolve(looked)
    else if (seen === undefined) rest.push(each)
    else each.resolve(ok([seen]))
  }
  return rest
}

/** Counts the calls in flight. */
class CallsInFlight {
  readonly #calls = new Set<{ readonly atMs: number }>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  hasRoom(): boolean {
    const sinceMs = this.#nowMs() - STUCK_MS
    return [...this.#calls].filter(({ atMs }) => atMs > sinceMs).length < CALLS_MAX
  }

  async run<T>(work: Promise<T>): Promise<T> {
    const call = { atMs: this.#nowMs() }
    this.#calls.add(call)
    return await work.finally(() => this.#calls.delete(call))
  }
}

/**
 * Looks up several payments in one call. Returns those it found, by id; a problem only when the call as a whole failed.
 */
async function lookupMany(call: Caller, ids: readonly string[]): AnswerOf<ReadonlyMap<string, Observation>> {
  const query = ids.map((id) => `imp_uid%5B%5D=${encodeURIComponent(id)}`).join('&')
  const answer = await call({ method: 'GET', path: `/payments?${query}` })
  if (!answer.ok) return isTooLarge(answer.problem) ? ok(new Map()) : answer
  // 404: none exists, or all belong to a test channel, which this call may omit. 400: the gateway does not accept the
  // list.
  if (answer.value.status === 404 || answer.value.status === 400) return ok(new Map())
  const rows = readResponse(answer.value, z.array(z.unknown()))
  if (!rows.ok) return rows.problem.kind === 'gateway_unreadable' ? ok(new Map()) : rows
  const seen = rows.value.flatMap((row) => {
    const read = readPaymentV1(row)
    return read.ok ? [[read.value.paymentId, read.value] as const] : []
  })
  // When one answer has two rows for a payment, look that payment up again, alone.
  const twice = new Set(seen.map(([id]) => id).filter((id, index, all) => all.indexOf(id) !== index))
  return ok(new Map(seen.filter(([id]) => !twice.has(id))))
}

const isTooLarge = (problem: GatewayProblem): boolean => problem.kind === 'gateway_unreadable'
