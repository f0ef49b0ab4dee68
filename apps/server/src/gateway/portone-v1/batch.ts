import {
  fail,
  ok,
  readPaymentV1,
  type GatewayProblem,
  type Observation,
  type Result,
} from '@landfall/payment-core'
import { z } from 'zod'
import { readResponse, type V1Answer, type Caller } from './answer.ts'

/** Look-ups by payment that are on the wire at once. What comes meanwhile waits, and then goes together. */
const CALLS_MAX = 16
/** A call that has had no answer for so long hardly stands for a busy gateway: it no longer keeps others waiting. */
const STUCK_MS = 1_000
/** The gateway takes 100; their address would then be longer than some proxies take. */
const IDS_MAX = 50
/** Who has a smaller part of the time-out left is told so at once: a call that ends so early would take the others of its batch down with it. */
const LEFT_LEAST = 0.05

type QueuedLookup = Result<readonly Observation[], GatewayProblem>
type QueuedCall = {
  readonly paymentId: string
  readonly endsAtMs: number
  readonly resolve: (look: QueuedLookup) => void
  readonly reject: (error: unknown) => void
}

type BatchWays = {
  readonly nowMs: () => number
  readonly timeoutMs: number
  /** Makes the calls of a question that has until then. */
  readonly callerUntil: (endsAtMs: number) => Caller
  readonly lookupOne: (call: Caller, paymentId: string) => Promise<QueuedLookup>
}

/**
 * Look-ups of different payments, several in one call when several wait (`GET /payments?imp_uid[]=…`, docs/gateway/portone-v1.md §4.3). None waits for
 * company: only what came while all calls were on the wire goes together. Each row is matched by its own id and judged by itself; a payment
 * that is missing, or whose row cannot be read, is asked for alone, so that one odd row harms nobody else.
 */
export function batchedLookups(ways: BatchWays): (id: string) => Promise<QueuedLookup> {
  const { nowMs, timeoutMs } = ways
  const queue: QueuedCall[] = []
  /** Asked for together with others in vain. */
  const solo: QueuedCall[] = []
  const wire = new Wire(nowMs)
  const hasTime = ({ endsAtMs, resolve }: QueuedCall): boolean => {
    if (endsAtMs - nowMs() >= timeoutMs * LEFT_LEAST) return true
    resolve(fail({ kind: 'gateway_unreachable', cause: 'deadline' }))
    return false
  }
  const carry = (batch: readonly QueuedCall[]): void => {
    const work = batch.length === 1 ? lookAlone(ways, batch) : lookTogether(ways, batch)
    const ended = (rest: readonly QueuedCall[]): void => {
      solo.push(...rest)
      begin()
    }
    wire.carry(work).then(ended, (error: unknown) => {
      for (const { reject } of batch) reject(error)
      begin()
    })
  }
  const begin = (): void => {
    while (solo.length + queue.length > 0 && wire.hasRoom()) {
      const batch = (solo.length > 0 ? solo.splice(0, 1) : queue.splice(0, IDS_MAX)).filter(hasTime)
      if (batch.length > 0) carry(batch)
    }
  }
  return (paymentId) =>
    new Promise((resolve, reject) => {
      queue.push({ paymentId, endsAtMs: nowMs() + timeoutMs, resolve, reject })
      begin()
    })
}

async function lookAlone(
  { callerUntil, lookupOne }: BatchWays,
  one: readonly QueuedCall[],
): Promise<readonly QueuedCall[]> {
  for (const { paymentId, endsAtMs, resolve } of one)
    resolve(await lookupOne(callerUntil(endsAtMs), paymentId))
  return []
}

/** Who got no answer of their own. */
async function lookTogether(
  { callerUntil }: BatchWays,
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

/** The calls that are under way. */
class Wire {
  readonly #calls = new Set<{ readonly atMs: number }>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  hasRoom(): boolean {
    const sinceMs = this.#nowMs() - STUCK_MS
    return [...this.#calls].filter(({ atMs }) => atMs > sinceMs).length < CALLS_MAX
  }

  async carry<T>(work: Promise<T>): Promise<T> {
    const call = { atMs: this.#nowMs() }
    this.#calls.add(call)
    return await work.finally(() => this.#calls.delete(call))
  }
}

/** The payments the gateway tells of in one call, by id; a problem only when it told nothing about any of them. */
async function lookupMany(call: Caller, ids: readonly string[]): V1Answer<ReadonlyMap<string, Observation>> {
  const query = ids.map((id) => `imp_uid%5B%5D=${encodeURIComponent(id)}`).join('&')
  const answer = await call({ method: 'GET', path: `/payments?${query}` })
  if (!answer.ok) return isTooLarge(answer.problem) ? ok(new Map()) : answer
  // 404: none of them is there, or all were paid in a test channel, which this call may not show. 400: it does not take the list.
  if (answer.value.status === 404 || answer.value.status === 400) return ok(new Map())
  const rows = readResponse(answer.value, z.array(z.unknown()))
  if (!rows.ok) return rows.problem.kind === 'gateway_unreadable' ? ok(new Map()) : rows
  const seen = rows.value.flatMap((row) => {
    const read = readPaymentV1(row)
    return read.ok ? [[read.value.paymentId, read.value] as const] : []
  })
  // Two rows of one payment in one answer: which is true is asked of the gateway again.
  const twice = new Set(seen.map(([id]) => id).filter((id, index, all) => all.indexOf(id) !== index))
  return ok(new Map(seen.filter(([id]) => !twice.has(id))))
}

const isTooLarge = (problem: GatewayProblem): boolean => problem.kind === 'gateway_unreadable'
