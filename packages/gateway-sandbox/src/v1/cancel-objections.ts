import type { CancelAsked } from './cancel-requests.ts'
import type { SandboxPayment } from '../ledger.ts'

/** These PGs cancel tax-free goods only when the request states the tax-free amount (docs/gateway/portone-v1.md §4.6). */
const ASKS_TAX_FREE = new Set(['kcp', 'kcp_quick', 'kicc', 'nice', 'payco'])

/**
 * Returns the gateway's reason to refuse a cancel on arrival, or null. The first two texts are the gateway's
 * (docs/gateway/portone-v1.md §4.1, §4.6). No samples of the others are known.
 */
export function objectionTo(
  asked: CancelAsked,
  payment: SandboxPayment,
  amount: number,
  left: number,
): string | null {
  if (left <= 0) return '이미 전액취소된 주문입니다.'
  if (amount > left)
    return '결제취소에 실패하였습니다.(requested cancel amount is bigger than cancelable amount)'
  if (amount < 0) return '취소 요청금액이 올바르지 않습니다.'
  if (asked.checksum !== null && asked.checksum !== left) {
    return '취소 가능 잔액이 일치하지 않습니다. (checksum)'
  }
  const hasAccount = Boolean(asked.refundBank && asked.refundAccount && asked.refundHolder)
  if (payment.row.pay_method === 'vbank' && !hasAccount) {
    return '가상계좌 환불을 위한 환불계좌 정보가 누락되었습니다. (refund_holder, refund_bank, refund_account)'
  }
  return taxFreeObjection(asked, payment, amount)
}

function taxFreeObjection(
  asked: CancelAsked,
  { row, taxFree }: SandboxPayment,
  amount: number,
): string | null {
  if (taxFree === 0 || !ASKS_TAX_FREE.has(row.pg_provider ?? '')) return null
  if (asked.taxFree === null) {
    return '결제취소에 실패하였습니다.(면세금액 누락: tax_free, vat_amount)'
  }
  const isTooMuch = asked.taxFree < 0 || asked.taxFree > amount || asked.taxFree > taxFree
  return isTooMuch ? '결제취소에 실패하였습니다.(면세금액이 취소금액 또는 결제 면세금액보다 큽니다)' : null
}
