import { z } from 'zod'
import { UNTIL_TOLD } from '../habit-labels.ts'
import { Misbehaviour } from '../misbehaviour.ts'
import type { PaymentMisbehaviour } from '../misbehaviour.ts'
import type { Means } from '../scenarios.ts'

const blankAs = <T>(schema: z.ZodType<T>) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional()
const { shape } = Misbehaviour
const delay = blankAs(
  z.union([z.literal(UNTIL_TOLD).transform(() => null), z.coerce.number().pipe(shape.cancelLateMs.unwrap())]),
)
const sum = blankAs(z.coerce.number().positive())

/** The window's form: the payment method, and the drawer's switches for this payment. */
export const WindowForm = z.object({
  method: z.enum(['card', 'trans', 'vbank', 'phone', 'wallet']).catch('card'),
  card_code: z.string().optional(),
  card_number: z.string().optional(),
  card_quota: z.coerce.number().int().min(0).max(12).catch(0),
  trans_bank: z.string().optional(),
  vbank_bank: z.string().optional(),
  phone: z.string().optional(),
  wallet: z.string().optional(),
  pg_provider: blankAs(z.string().max(16)),
  redirect: blankAs(shape.redirect),
  webhook: blankAs(shape.webhook),
  close_leaves: blankAs(shape.closeLeaves),
  forged_amount: sum,
  approval: blankAs(shape.approval),
  approval_late: delay,
  promotion_discount: sum,
  cancel: blankAs(shape.cancel),
  cancel_late: delay,
  cancel_returns: sum,
  cancel_refusal: blankAs(shape.cancelRefusal),
  lookups: blankAs(shape.lookups),
  lookups_lag: blankAs(z.coerce.number().pipe(shape.lookupsLagMs)),
  row_shape: blankAs(shape.rowShape),
  account: blankAs(shape.account),
  account_closing: blankAs(shape.accountClosing),
})
export type WindowForm = z.infer<typeof WindowForm>

export function meansOf(form: WindowForm): Means {
  return {
    method: form.method === 'wallet' ? (form.wallet ?? 'kakaopay') : form.method,
    cardCode: form.card_code,
    cardNumber: form.card_number,
    cardQuota: form.card_quota,
    bankCode: form.method === 'vbank' ? form.vbank_bank : form.trans_bank,
    phone: form.phone,
    pgProvider: form.pg_provider,
  }
}

export function switchesOf(form: WindowForm): PaymentMisbehaviour {
  const chosen = {
    redirect: form.redirect,
    webhook: form.webhook,
    closeLeaves: form.close_leaves,
    forgedAmount: form.forged_amount,
    approval: form.approval,
    approvalLateMs: form.approval_late,
    promotionDiscount: form.promotion_discount,
    cancel: form.cancel,
    cancelLateMs: form.cancel_late,
    cancelReturns: form.cancel_returns,
    cancelRefusal: form.cancel_refusal,
    lookups: form.lookups,
    lookupsLagMs: form.lookups_lag,
    rowShape: form.row_shape,
    account: form.account,
    accountClosing: form.account_closing,
  }
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))
}
