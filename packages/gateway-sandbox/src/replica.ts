import type { SandboxPayment, LedgerRow } from './ledger.ts'
import type { State } from './state.ts'

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
      return isSecondAnswer(payment) ? rowBefore(payment) : payment.row
  }
}

/** Counts this answer; a change of the state starts the count again. */
function isSecondAnswer(payment: SandboxPayment): boolean {
  const state = stateOf(payment.row)
  const times = payment.told.state === state ? payment.told.times + 1 : 1
  payment.told = { state, times }
  return times === 2
}

const rowBefore = (payment: SandboxPayment): LedgerRow =>
  payment.versions.findLast(({ row }) => stateOf(row) !== stateOf(payment.row))?.row ?? payment.row

const stateOf = (row: LedgerRow): string => `${row.status} ${row.cancel_amount} ${row.vbank_num}`
