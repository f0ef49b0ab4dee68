import { z } from 'zod'
import type { SandboxPayment } from '../ledger.ts'

/** `POST /payments/cancel` (docs/gateway/portone-v1.md §4.6). The schema coerces, because form values are strings. */
const REASON_MAX = 256
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
const Sum = z.union([z.literal('').transform(() => null), z.coerce.number()]).nullish()
const CancelFields = z.object({
  imp_uid: z.string().nullish(),
  merchant_uid: z.string().nullish(),
  amount: Sum,
  /** The balance that the caller expects. A different balance refuses the cancel. null: no check. */
  checksum: Sum,
  tax_free: Sum,
  vat_amount: Sum,
  reason: z.string().max(REASON_MAX).nullish(),
  refund_holder: z.string().nullish(),
  refund_bank: z.string().nullish(),
  refund_account: z.string().nullish(),
  refund_tel: z.string().nullish(),
  enable_webhook: Flag.nullish(),
})

/** The fields as sent, null where one was missing. Amounts are in currency units. */
export const CancelAsked = CancelFields.transform((body) => ({
  impUid: body.imp_uid ?? null,
  merchantUid: body.merchant_uid ?? null,
  amount: body.amount ?? null,
  checksum: body.checksum ?? null,
  taxFree: body.tax_free ?? null,
  vatAmount: body.vat_amount ?? null,
  reason: body.reason ?? null,
  refundHolder: body.refund_holder ?? null,
  refundBank: body.refund_bank ?? null,
  refundAccount: body.refund_account ?? null,
  refundTel: body.refund_tel ?? null,
  enableWebhook: body.enable_webhook ?? false,
}))
export type CancelAsked = z.output<typeof CancelAsked>

/** One `POST /payments/cancel`: its fields and its outcome. */
export type SandboxCancelRequest = {
  readonly id: string
  /** null: the request named no paid payment. */
  readonly impUid: string | null
  readonly askedAtMs: number
  readonly asked: CancelAsked
  /** The requested amount, or the balance on arrival if the request has none. */
  readonly amount: number
  /** `pending`: accepted, but not booked yet. A slow cancel is answered only after this state. */
  readonly state: 'refused' | 'pending' | 'booked' | 'denied'
  /** The text of a refusal or a denial. */
  readonly told: string | null
  readonly settledAtMs: number | null
}

/** Limits the memory of a sandbox that runs for weeks. */
const REQUESTS_KEPT_MAX = 10_000

export type CancelRequests = ReturnType<typeof createCancelRequests>

export function createCancelRequests() {
  const requests = new Map<string, SandboxCancelRequest>()
  const waiting = new Map<string, () => void>()

  return {
    add(request: SandboxCancelRequest) {
      const oldest = requests.keys().next()
      if (requests.size >= REQUESTS_KEPT_MAX && !oldest.done) requests.delete(oldest.value)
      requests.set(request.id, request)
    },
    find: (id: string) => requests.get(id),
    /** Oldest first. `impUid` selects one payment. */
    all: (impUid?: string) =>
      [...requests.values()].filter((request) => impUid === undefined || request.impUid === impUid),
    change(id: string, change: Partial<SandboxCancelRequest>) {
      const request = requests.get(id)
      if (request === undefined) return
      requests.set(id, { ...request, ...change })
      if (change.state === undefined || change.state === 'pending') return
      waiting.get(id)?.()
      waiting.delete(id)
    },
    /** Resolves when it is booked or denied. */
    settled: (id: string) =>
      new Promise<void>((resolve) => {
        if (requests.get(id)?.state === 'pending') waiting.set(id, resolve)
        else resolve()
      }),
  }
}

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
