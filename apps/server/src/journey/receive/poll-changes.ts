import {
  claimFromList,
  firstGateway,
  GatewayName,
  isBelow,
  retryDelayMs,
  type Claim,
} from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import type { ChangedPayment, ChangedWindow } from '../../gateway/gateway.ts'
import { readPayment } from '../../store/payments.ts'
import { insertListedClaims, keepRound, settleRound, type PollCursor } from '../../store/poll-cursors.ts'

const statuses = ['paid', 'cancelled'] as const

/** The names of the lists that are polled, which their cursors bear. Earlier versions had V1's alone. */
export const polledLists = (gateways: readonly GatewayName[]): string[] =>
  gateways.flatMap((gateway) => statuses.map((status) => listName(gateway, status)))

const listName = (gateway: GatewayName, status: string): string =>
  gateway === firstGateway ? status : `${gateway} ${status}`

type List = { readonly gateway: GatewayName; readonly status: ChangedWindow['status'] }
const listOf = ({ status: name }: PollCursor): List => ({
  gateway: GatewayName.options.find((each) => name.startsWith(`${each} `)) ?? firstGateway,
  status: name.endsWith('cancelled') ? 'cancelled' : 'paid',
})

/** The overlap of two windows: pages shift while they are read, clocks differ, and gateways book late (G-15). */
const OVERLAP_MS = 10 * 60_000
/** The most rows in one window. A longer window is divided, so the watermark advances step by step after an outage of days. */
const ROWS_MAX = 500
/** The most windows in one round, including empty and divided ones. The next round starts at once for the rest. */
const STEPS_MAX = 500

/**
 * Reads the gateway's list of payments that were paid or cancelled since the last poll, and stores them as claims. It finds deposits without a
 * webhook (V-08), cancels made in the gateway's console (M-10), late payments and orphans (M-17).
 */
export async function pollChanges(deps: Deps, row: PollCursor): Promise<void> {
  const list = listOf(row)
  const { changedLimits } = deps.gateways.of(list.gateway)
  const untilMs = deps.clock.nowMs()
  // A watermark in the future means that the clock has jumped back (K-03).
  let fromMs = Math.max(Math.min(row.readUntilMs, untilMs) - OVERLAP_MS, untilMs - changedLimits.reachMs)
  let spanMs = untilMs - fromMs
  let readUntilMs = Math.min(row.readUntilMs, untilMs)
  for (let step = 0; step < STEPS_MAX && fromMs < untilMs; step += 1) {
    const toMs = Math.min(untilMs, fromMs + spanMs)
    const read = await readWindow(deps, list.gateway, { status: list.status, fromMs, toMs })
    if (read === 'failed') return scheduleNext(deps, row, { readUntilMs, attempts: row.attempts + 1 })
    if (read === 'too_long') spanMs = Math.ceil((toMs - fromMs) / 2)
    else {
      fromMs = toMs
      spanMs *= 2
      readUntilMs = Math.max(readUntilMs, read.untilMs)
      const leaseUntilMs = deps.clock.nowMs() + deps.config.workLeaseMs
      if ((await keepRound(deps.store, row, { readUntilMs, leaseUntilMs })) === 'stale') return
    }
  }
  await scheduleNext(deps, row, { readUntilMs, attempts: 0, hasMore: fromMs < untilMs })
}

/** The next round is due after the usual interval, at once when windows remain, or after a growing delay while the gateway does not answer. */
async function scheduleNext(
  deps: Deps,
  row: PollCursor,
  to: { readonly readUntilMs: number; readonly attempts: number; readonly hasMore?: boolean },
): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const usualMs = to.hasMore === true ? 0 : deps.config.sweep.listEveryMs
  const waitMs = to.attempts === 0 ? usualMs : retryDelayMs(row.attempts, deps.random.fraction())
  const { readUntilMs, attempts } = to
  await settleRound(deps.store, row, { readUntilMs, attempts, dueAtMs: nowMs + waitMs })
}

/**
 * Reads one window and stores its claims. `untilMs` is the new watermark: all claims before it are on stable storage. It is never later than the
 * gateway's own time, because the list cannot contain later payments even when our clock is ahead (K-03).
 */
async function readWindow(
  deps: Deps,
  name: GatewayName,
  window: ChangedWindow,
): Promise<{ readonly untilMs: number } | 'too_long' | 'failed'> {
  const gateway = deps.gateways.of(name)
  const divisible = window.toMs - window.fromMs > gateway.changedLimits.windowMinMs
  const found: ChangedPayment[] = []
  let total: number | null = null
  let untilMs = window.toMs
  for (let page: number | null = 1; page !== null;) {
    const answer = await gateway.changed(window, page)
    if (!answer.ok) {
      deps.log.warn(
        { gateway: name, status: window.status, problem: answer.problem },
        'the list could not be read',
      )
      return 'failed'
    }
    found.push(...answer.value.payments)
    untilMs = Math.min(untilMs, answer.value.atMs ?? untilMs)
    // A list that changes between two pages shifts its rows, and a row can be missed. Shorter windows have fewer pages (G-15).
    const shifted = total !== null && total !== answer.value.total
    total = answer.value.total
    if (divisible && (shifted || total > ROWS_MAX)) return 'too_long'
    page = answer.value.nextPage
  }
  const claims = await claimsOf(deps, found)
  await insertListedClaims(deps.store, claims, deps.clock.nowMs())
  deps.metrics.count('claims', 'list', claims.length)
  return { untilMs }
}

async function claimsOf(deps: Deps, found: readonly ChangedPayment[]): Promise<Claim[]> {
  const claims: Claim[] = []
  for (const payment of found) {
    if (await isKnown(deps, payment)) continue
    const { gateway, paymentId, orderId, facts } = payment
    const { status = 'unreadable', cancelledAmount = 0, deposited = 0 } = facts ?? {}
    const read = claimFromList({ gateway, paymentId, orderId, status, cancelledAmount, deposited })
    if (read.ok) claims.push(read.value)
    else deps.log.warn({ paymentId }, 'the list names a payment by an id we cannot look up')
  }
  return claims
}

/** Whether the stored payment is at least as far: a lookup would change nothing. */
async function isKnown(deps: Deps, { paymentId, facts }: ChangedPayment): Promise<boolean> {
  const held = (await readPayment(deps.store, paymentId))?.payment
  if (held === undefined || facts === null) return false
  const isAsFar = held.cancelledAmount >= facts.cancelledAmount && held.deposited >= facts.deposited
  return isAsFar && !isBelow(held.status, facts.status)
}
