import type { SandboxPayment } from '../ledger.ts'
import type { State } from '../state.ts'
import type { CancelAsked } from '../v1/cancel-requests.ts'
import { toMinor } from './amounts.ts'
import { taxFreeCancelled } from './cancellations.ts'
import type { V2ErrorType } from './problems.ts'

/** The PG's own text, without a type of V2. */
type PgText = `[${string}] ${string}`

const NO_ACCOUNT: PgText = '[CT09] 가상계좌 환불을 위한 환불계좌 정보가 누락되었습니다. (refundAccount)'

/** Returns V2's reason to refuse a cancel on arrival: the type of an error, the PG's text, or null. Amounts are in currency units. */
export const objectionV2 =
  (state: State) =>
  (
    asked: CancelAsked,
    payment: SandboxPayment,
    amount: number,
    left: number,
  ): V2ErrorType | PgText | null => {
    const { row } = payment
    if (row.paid_at === 0) return 'PAYMENT_NOT_PAID'
    if (left <= 0) return 'PAYMENT_ALREADY_CANCELLED'
    if (asked.checksum !== null && asked.checksum !== left) return 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN'
    if (amount > left) return 'CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT'
    const { cancelCountMax } = state.misbehaviour.of(payment.misbehaviour)
    return (
      partsObjection(state, asked, payment, amount, left) ??
      (row.cancel_history.length >= cancelCountMax ? 'MAX_CANCEL_COUNT_REACHED' : null) ??
      (row.pay_method === 'vbank' && asked.refundAccount === null ? NO_ACCOUNT : null)
    )
  }

/** Without a tax-free part the cancel is all taxable, and exceeds the taxable part of mixed goods. */
function partsObjection(
  state: State,
  asked: CancelAsked,
  { row, taxFree }: SandboxPayment,
  amount: number,
  left: number,
): V2ErrorType | null {
  const minor = (units: number) => toMinor(units, row.currency)
  const part = minor(asked.taxFree ?? 0)
  if (part + minor(asked.vatAmount ?? 0) > minor(amount)) return 'SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT'
  const taxFreeLeft = minor(taxFree) - taxFreeCancelled(state, row)
  if (part > taxFreeLeft) return 'CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT'
  // No amount means all that is left, of both kinds.
  if (asked.amount === null && asked.taxFree === null) return null
  return minor(amount) - part > minor(left) - taxFreeLeft
    ? 'CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT'
    : null
}
