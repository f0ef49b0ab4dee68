import { randomInt } from 'node:crypto'
import type { PaymentAnnotation } from '@landfall/payment-core'
import type { SandboxClock } from './clock.ts'
import type { Ending } from './v1/ending.ts'
import type { PaymentMisbehaviour } from './misbehaviour.ts'

/** What the gateway's books hold: here it is always known when a payment was paid, or that it was not. */
export type LedgerRow = PaymentAnnotation & { readonly paid_at: number }

/** One version of a payment's row. A replica that lags behind returns an older version. */
export type RowVersion = { readonly sinceMs: number; readonly row: LedgerRow }

/** One payment as the gateway holds it: the row everybody may look up, and what only the gateway knows of it. */
export type SandboxPayment = NewPayment & {
  /** The versions of the row, oldest first. Only the newest `VERSIONS_KEPT_MAX` are kept. */
  readonly versions: readonly RowVersion[]
  /** How many look-ups have returned the present state. */
  told: { readonly state: string; readonly times: number }
}

/** A payment before the ledger keeps versions of its row. */
export type NewPayment = {
  /** As `GET /payments/{imp_uid}` tells it; replaced, never changed in place, so that an answer once read stays what it was. */
  row: LedgerRow
  readonly returnBy: 'redirect' | 'callback'
  readonly mRedirectUrl: string | null
  /** The page that opened the window: the only one the end of the window is posted to. */
  readonly openerOrigin: string | null
  /** Fixed when it was made: changing the address does not move past payments (docs/gateway/portone-v1.md §3.3). */
  readonly noticeUrls: readonly string[]
  /** The `vbank_due` asked for, unix seconds; null: the PG's own default. */
  readonly accountDueAtSeconds: number | null
  misbehaviour: PaymentMisbehaviour
  /** What the browser was told at the end; told again when the window is loaded again. */
  ending: Ending | null
  /** A fixed account: the bank takes deposits into it at any time, and the row lists each (docs/gateway/portone-v1.md §4.4). */
  readonly fixedAccount: boolean
  /** The tax-free part of the amount, as the shop requested it. */
  readonly taxFree: number
  /** An expired or erased account: the bank takes no deposit for it. */
  accountClosed: boolean
}

export type Prepared = { readonly merchant_uid: string; readonly amount: number; readonly currency: string }

export type Ledger = {
  readonly add: (payment: NewPayment) => SandboxPayment
  readonly find: (impUid: string) => SandboxPayment | undefined
  /** Newest first. Several rows may share a merchant_uid (docs/gateway/portone-v1.md §4.5). */
  readonly byOrder: (merchantUid: string) => readonly SandboxPayment[]
  /** Newest first. */
  readonly all: () => readonly SandboxPayment[]
  /** Approved once means refused for ever, also after a cancel (F1002). */
  readonly everPaid: (merchantUid: string) => boolean
  readonly prepared: Map<string, Prepared>
  readonly freshImpUid: () => string
}

/** imp_uid is `imp_` and 12 digits (docs/gateway/portone-v1.md §2.1). */
const IMP_UID_DIGITS = 12
/** A payment changes only a few times in its life. */
const VERSIONS_KEPT_MAX = 100

export function createLedger(clock: SandboxClock): Ledger {
  const payments = new Map<string, SandboxPayment>()
  const newestFirst = () => [...payments.values()].reverse()

  return {
    add(made) {
      const payment = withVersions(made, clock)
      payments.set(payment.row.imp_uid, payment)
      return payment
    },
    find: (impUid) => payments.get(impUid),
    byOrder: (merchantUid) => newestFirst().filter((payment) => payment.row.merchant_uid === merchantUid),
    all: newestFirst,
    everPaid: (merchantUid) =>
      newestFirst().some(
        ({ row }) => row.merchant_uid === merchantUid && (row.paid_at > 0 || row.status === 'paid'),
      ),
    prepared: new Map(),
    freshImpUid() {
      let impUid = `imp_${digits(IMP_UID_DIGITS)}`
      while (payments.has(impUid)) impUid = `imp_${digits(IMP_UID_DIGITS)}`
      return impUid
    },
  }
}

function withVersions(made: NewPayment, clock: SandboxClock): SandboxPayment {
  const versions: RowVersion[] = [{ sinceMs: clock.nowMs(), row: made.row }]
  return {
    ...made,
    versions,
    told: { state: '', times: 0 },
    get row() {
      return versions.at(-1)?.row ?? made.row
    },
    set row(row) {
      versions.push({ sinceMs: clock.nowMs(), row })
      if (versions.length > VERSIONS_KEPT_MAX) versions.shift()
    },
  }
}

export const digits = (length: number): string => Array.from({ length }, () => randomInt(10)).join('')

const UPPER_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const CANCELLATION_ID_LENGTH = 20

/** A 20-character upper-case id (docs/gateway/portone-v1.md §4.4, cancel_history). */
export const freshCancellationId = (): string =>
  Array.from({ length: CANCELLATION_ID_LENGTH }, () => UPPER_CASE.charAt(randomInt(UPPER_CASE.length))).join(
    '',
  )
