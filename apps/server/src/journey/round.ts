import { claimFromList, isBelow, retryDelayMs } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import type { ChangedPayment, ChangedWindow } from '../gateway/gateway.ts'
import { readPayment } from '../store/payments.ts'
import { insertListed } from '../store/receipts.ts'
import { settleRound, type Round } from '../store/rounds.ts'

export const listed = ['paid', 'cancelled'] as const

/** Windows overlap by this much: pages shift while they are read, clocks differ, and gateways book late (G-15). */
const OVERLAP_MS = 10 * 60_000
/** The gateway's lists reach back 90 days (portone.md §4.3). */
const REACH_MS = 89 * 24 * 3_600_000
/** Pages read of one window; a longer list is read in two halves, so that a busy day cannot hide its end. */
const PAGES_MAX = 50
const HALVES_MAX = 12

/**
 * Door 3, for what nobody has spoken of: payments that became paid or were cancelled since the list was last read are taken in as claims.
 * Finds deposits that were never announced (V-08), cancels made in the gateway's console (M-10), late money and orphans (M-17).
 */
export async function round(deps: Deps, row: Round): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const status = row.status === 'cancelled' ? 'cancelled' : 'paid'
  const fromMs = Math.max(row.readUntilMs - OVERLAP_MS, nowMs - REACH_MS)
  const read = await readList(deps, { status, fromMs, toMs: nowMs })
  const dueAtMs =
    nowMs + (read ? deps.config.sweep.listEveryMs : retryDelayMs(row.attempts, deps.random.fraction()))
  const readUntilMs = read ? nowMs : row.readUntilMs
  await settleRound(deps.store, row, { readUntilMs, dueAtMs, attempts: read ? 0 : row.attempts + 1 })
}

/** True when the whole window has been read and every claim in it is on stable storage: only then it moves on. */
async function readList(deps: Deps, window: ChangedWindow, halves = 0): Promise<boolean> {
  for (let page: number | null = 1, pages = 0; page !== null; pages += 1) {
    if (pages === PAGES_MAX) return halves < HALVES_MAX && readHalves(deps, window, halves + 1)
    const answer = await deps.gateway.changed(window, page)
    if (!answer.ok) {
      deps.log.warn({ status: window.status, problem: answer.problem }, 'the list could not be read')
      return false
    }
    for (const payment of answer.value.payments)
      if (!(await isKnown(deps, payment))) await claim(deps, payment)
    page = answer.value.nextPage
  }
  return true
}

async function readHalves(deps: Deps, window: ChangedWindow, halves: number): Promise<boolean> {
  const middleMs = Math.floor((window.fromMs + window.toMs) / 2)
  const first = await readList(deps, { ...window, toMs: middleMs }, halves)
  return first && readList(deps, { ...window, fromMs: middleMs }, halves)
}

/** Already recorded at least as far: a look could only repeat it. */
async function isKnown(deps: Deps, { paymentId, facts }: ChangedPayment): Promise<boolean> {
  const held = (await readPayment(deps.store, paymentId))?.payment
  if (held === undefined || facts === null) return false
  return !isBelow(held.status, facts.status) && held.cancelledAmount >= facts.cancelledAmount
}

async function claim(deps: Deps, { paymentId, orderId, facts }: ChangedPayment): Promise<void> {
  const read = claimFromList({
    paymentId,
    orderId,
    status: facts?.status ?? 'unreadable',
    cancelledAmount: facts?.cancelledAmount ?? 0,
  })
  if (read.ok) await insertListed(deps.store, read.value, deps.clock.nowMs())
  else deps.log.warn({ paymentId }, 'the list names a payment by an id we cannot look up')
}
