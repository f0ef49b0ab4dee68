import { randomInt } from 'node:crypto'
import type { PaymentAnnotation } from '@landfall/payment-core'
import type { SandboxClock } from './clock.ts'
import type { Ending } from './v1/ending.ts'
import type { PaymentMisbehaviour } from './misbehaviour.ts'
import type { V2Details } from './v2/details.ts'

/** A row of the gateway's ledger. Unlike in answers, `paid_at` is always present. */
export type LedgerRow = PaymentAnnotation & { readonly paid_at: number }

/** One version of a payment's row. A replica that lags behind returns an older version. */
export type RowVersion = { readonly sinceMs: number; readonly row: LedgerRow }

/** One payment of the ledger: its public row and the gateway's internal data. */
export type SandboxPayment = NewPayment & {
  /** The versions of the row, oldest first. Only the newest `VERSIONS_KEPT_MAX` are kept. */
  readonly versions: readonly RowVersion[]
  misbehaviour: PaymentMisbehaviour
  /** The window's result. A reload of the window returns it again. */
  ending: Ending | null
  /** An expired or erased account: the bank takes no deposit for it. */
  accountClosed: boolean
  /** How many look-ups have returned the current state. */
  told: { readonly state: string; readonly times: number }
}

/** A payment before the ledger keeps versions of its row. */
export type NewPayment = {
  readonly paymentId: string
  readonly orderId: string
  /** The payment's row as the REST API answers it. It is replaced, never mutated, so that earlier answers stay unchanged. */
  row: LedgerRow
  readonly returnBy: 'redirect' | 'callback'
  readonly mRedirectUrl: string | null
  /** The origin of the page that opened the window. The result is posted to this origin only. */
  readonly openerOrigin: string | null
  /** Set when the payment is created. A later change of the address does not affect it (docs/gateway/portone-v1.md §3.3). */
  readonly noticeUrls: readonly string[]
  /** The requested `vbank_due` in unix seconds. null: the PG's default. */
  readonly accountDueAtSeconds: number | null
  /** A fixed account: the bank takes deposits into it at any time, and the row lists each (docs/gateway/portone-v1.md §4.4). */
  readonly fixedAccount: boolean
  /** The tax-free part of the amount, as the shop requested it. */
  readonly taxFree: number
  /** Present when V2 opened the payment. */
  readonly v2?: V2Details
}

/** An amount that is fixed for an order number before its window opens. V2 also fixes the tax-free part. */
export type Prepared = {
  readonly amount: number
  readonly currency: string
  readonly taxFree?: number | undefined
}

/** A payment id is `imp_` and 12 digits (docs/gateway/portone-v1.md §2.1). */
const PAYMENT_ID_DIGITS = 12
/** A payment changes only a few times. */
const VERSIONS_KEPT_MAX = 100

export type Ledger = ReturnType<typeof createLedger>

export function createLedger(clock: SandboxClock) {
  const payments = new Map<string, SandboxPayment>()
  const orders = new Map<string, SandboxPayment[]>()
  const newestFirst = () => [...payments.values()].reverse()
  const byOrder = (orderId: string) => [...(orders.get(orderId) ?? [])].reverse()

  return {
    add(made: NewPayment) {
      const payment = withVersions(made, clock)
      payments.set(payment.paymentId, payment)
      orders.set(payment.orderId, [...(orders.get(payment.orderId) ?? []), payment])
      return payment
    },
    find: (paymentId: string) => payments.get(paymentId),
    /** Newest first. Several payments may share an order id (docs/gateway/portone-v1.md §4.5). */
    byOrder,
    /** Newest first. */
    all: newestFirst,
    /** True if the order number was ever paid, even if the payment was cancelled. Such a number is refused (F1002). */
    everPaid: (orderId: string) =>
      byOrder(orderId).some(({ row }) => row.paid_at > 0 || row.status === 'paid'),
    /** By order id. */
    prepared: new Map<string, Prepared>(),
    freshPaymentId() {
      let id = `imp_${digits(PAYMENT_ID_DIGITS)}`
      while (payments.has(id)) id = `imp_${digits(PAYMENT_ID_DIGITS)}`
      return id
    },
  }
}

function withVersions(made: NewPayment, clock: SandboxClock): SandboxPayment {
  const versions: RowVersion[] = [{ sinceMs: clock.nowMs(), row: made.row }]
  return {
    ...made,
    misbehaviour: {},
    ending: null,
    accountClosed: false,
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
