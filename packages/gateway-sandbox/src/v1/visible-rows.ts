import type { LedgerRow, SandboxPayment } from '../ledger.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { State } from '../state.ts'

/** Returns the row in the configured shape. Every REST answer with a payment calls this function. */
export const writtenRow = (state: State, { payment, row }: VisibleRow): WrittenRow =>
  shapedRow(row, state.misbehaviour.of(payment.misbehaviour))

type WrittenRow = Readonly<Record<string, unknown>>

/** The fields that the gateway's schema requires; all others may be null or missing (docs/gateway/portone-v1.md §4.4). */
const REQUIRED = [
  'imp_uid',
  'merchant_uid',
  'amount',
  'cancel_amount',
  'currency',
  'status',
  'sandbox',
] as const
const TIMES = ['started_at', 'paid_at', 'failed_at', 'cancelled_at', 'vbank_date', 'vbank_issued_at'] as const
/** From a published answer: `paid_at: 1648344363.25`. */
const FRACTION = 0.25

/** Returns the row in one of the shapes that real gateways send. */
function shapedRow(row: LedgerRow, how: Pick<Misbehaviour, 'rowShape' | 'rowFields'>): WrittenRow {
  return { ...inShape(row, how.rowShape), ...how.rowFields }
}

function inShape(row: LedgerRow, shape: Misbehaviour['rowShape']): WrittenRow {
  const required = Object.fromEntries(REQUIRED.map((field) => [field, row[field]] as const))
  switch (shape) {
    case 'full':
    case 'recorded':
      return row
    case 'required':
      return required
    case 'nulls':
      return { ...Object.fromEntries(Object.keys(row).map((field) => [field, null] as const)), ...required }
    case 'extra':
      return { ...row, risk_grade: 'B', settlement: { due: [1, null], fee: { rate: '0.029' } }, is_new: true }
    case 'fractional':
      return { ...row, ...fractionalTimes(row) }
    case 'no_sandbox':
      return without(row, 'sandbox')
    case 'no_started_at':
      return without(row, 'started_at')
    case 'zero_started_at':
      return { ...row, started_at: 0 }
  }
}

/** A time of 0 means that the event has not happened, and stays 0. */
const fractionalTimes = (row: LedgerRow): WrittenRow =>
  Object.fromEntries(
    TIMES.filter((field) => row[field] > 0).map((field) => [field, row[field] + FRACTION] as const),
  )

const without = (row: LedgerRow, field: keyof LedgerRow): WrittenRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== field))

/** A payment and the version of its row that a look-up returns. */
export type VisibleRow = { readonly payment: SandboxPayment; readonly row: LedgerRow }

/**
 * Returns the row versions that a look-up returns for these payments. The look-up reads a replica, which may lag behind or return an
 * older version once. A payment that the replica does not hold yet is left out.
 */
export function seenOf(state: State, payments: readonly SandboxPayment[]): readonly VisibleRow[] {
  return payments.flatMap((payment) => {
    const row = replicaRow(state, payment)
    return row === null ? [] : [{ payment, row }]
  })
}

function replicaRow(state: State, payment: SandboxPayment): LedgerRow | null {
  const how = state.misbehaviour.of(payment.misbehaviour)
  switch (how.lookups) {
    case 'fresh':
      return payment.row
    case 'lagging': {
      const asOfMs = state.clock.nowMs() - how.lookupsLagMs
      return payment.versions.findLast(({ sinceMs }) => sinceMs <= asOfMs)?.row ?? null
    }
    case 'flickering':
      return answersSince(payment) === 2 ? rowBefore(payment) : payment.row
    case 'behind':
      return answersSince(payment) <= how.lookupsBehind ? rowBefore(payment) : payment.row
  }
}

/** Counts this answer and returns the count; a change of the state starts it again. */
function answersSince(payment: SandboxPayment): number {
  const state = stateOf(payment.row)
  const times = payment.told.state === state ? payment.told.times + 1 : 1
  payment.told = { state, times }
  return times
}

const rowBefore = (payment: SandboxPayment): LedgerRow =>
  payment.versions.findLast(({ row }) => stateOf(row) !== stateOf(payment.row))?.row ?? payment.row

const stateOf = (row: LedgerRow): string => `${row.status} ${row.cancel_amount} ${row.vbank_num}`
