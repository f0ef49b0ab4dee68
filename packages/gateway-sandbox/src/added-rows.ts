import { fail, ok, type Result } from '@landfall/payment-core'
import { z } from 'zod'
import { freshCancellationId } from './ledger.ts'
import type { SandboxPayment, LedgerRow } from './ledger.ts'
import { OpenFields, paymentOf } from './v1/opening.ts'
import { accountRow, cancelledRow, depositedRow, failedRow, paidRow } from './v1/payment-row.ts'
import type { SandboxRefusal } from './refused.ts'
import type { State } from './state.ts'

const seconds = z.number().int().nonnegative().optional()

/**
 * A payment row without a window, with the field names of `open`: for example another shop's payment under the same order number. Times
 * are unix seconds. `paidAt` defaults to `startedAt`. A cancelled row keeps `paid_at`. `paidAt: 0` makes the row a virtual account that
 * was cancelled before any deposit.
 */
export const RowRequest = OpenFields.omit({
  mRedirectUrl: true,
  vbankDue: true,
  buyerAddr: true,
  buyerPostcode: true,
  returnBy: true,
  openerOrigin: true,
}).extend({
  status: z.enum(['ready', 'paid', 'cancelled', 'failed']).default('paid'),
  paidAt: seconds,
  failedAt: seconds,
  cancelledAt: seconds,
  /** For `status: 'cancelled'`; the whole amount by default. */
  cancelAmount: z.number().nonnegative().optional(),
  reason: z.string().default('다른 쇼핑몰에서 처리'),
  /** For `payMethod: 'vbank'`. */
  bankCode: z.string().default('088'),
})
export type RowRequest = z.input<typeof RowRequest>
type ParsedRowRequest = z.output<typeof RowRequest>

/** Adds the row without a webhook, because another shop receives the webhooks of its payments. */
export function addRow(state: State, request: RowRequest): Result<SandboxPayment, SandboxRefusal> {
  const parsed = RowRequest.safeParse(request)
  if (!parsed.success) return fail(z.prettifyError(parsed.error))
  const made = paymentOf(state, { ...parsed.data, returnBy: 'callback' })
  const row = rowOf(made.row, parsed.data, state.clock.nowSeconds())
  return ok(state.ledger.add({ ...made, row }))
}

function rowOf(opened: LedgerRow, asked: ParsedRowRequest, nowSeconds: number): LedgerRow {
  const startedAt = opened.started_at
  const due = startedAt + ACCOUNT_LIFE_SECONDS
  const begun =
    asked.payMethod === 'vbank' ? accountRow(opened, asked.bankCode, due, asked.amount, startedAt) : opened
  switch (asked.status) {
    case 'ready':
      return begun
    case 'failed':
      return failedRow(begun, asked.reason, asked.failedAt ?? nowSeconds)
    case 'paid':
      return paidOf(begun, asked)
    case 'cancelled': {
      const returned = {
        amount: asked.cancelAmount ?? asked.amount,
        reason: asked.reason,
        cancellationId: freshCancellationId(),
      }
      return cancelledRow(paidOf(begun, asked), returned, asked.cancelledAt ?? nowSeconds)
    }
  }
}

const ACCOUNT_LIFE_SECONDS = 7 * 86_400

function paidOf(row: LedgerRow, asked: ParsedRowRequest): LedgerRow {
  const paidAt = asked.paidAt ?? row.started_at
  return asked.payMethod === 'vbank'
    ? depositedRow(row, paidAt)
    : paidRow(row, { method: asked.payMethod }, asked.amount, paidAt)
}
