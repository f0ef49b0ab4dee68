import { z } from 'zod'
import { UNTIL_TOLD } from '../habit-labels.ts'
import { Misbehaviour } from '../misbehaviour.ts'
import type { Means } from '../scenarios.ts'

const blankAs = <T>(schema: z.ZodType<T>) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional()
const { shape } = Misbehaviour
const delay = blankAs(
  z.union([z.literal(UNTIL_TOLD).transform(() => null), z.coerce.number().pipe(shape.cancelLateMs.unwrap())]),
)
const sum = blankAs(z.coerce.number().positive())

/** The payment method of the window's form. */
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
})
export type WindowForm = z.infer<typeof WindowForm>

/** The drawer's switches. A blank field leaves its switch as it is. */
export const WindowSwitches = z.object({
  redirect: blankAs(shape.redirect),
  webhook: blankAs(shape.webhook),
  closeLeaves: blankAs(shape.closeLeaves),
  forgedAmount: sum,
  approval: blankAs(shape.approval),
  approvalLateMs: delay,
  promotionDiscount: sum,
  cancel: blankAs(shape.cancel),
  cancelLateMs: delay,
  cancelReturns: sum,
  cancelRefusal: blankAs(shape.cancelRefusal),
  lookups: blankAs(shape.lookups),
  lookupsLagMs: blankAs(z.coerce.number().pipe(shape.lookupsLagMs)),
  rowShape: blankAs(shape.rowShape),
  account: blankAs(shape.account),
  accountClosing: blankAs(shape.accountClosing),
  returnKeys: blankAs(shape.returnKeys),
  shownTry: blankAs(shape.shownTry),
  transactions: blankAs(shape.transactions),
  webhookVersion: blankAs(shape.webhookVersion),
  webhookSigning: blankAs(shape.webhookSigning),
  webhookNoise: blankAs(shape.webhookNoise),
  confirm: blankAs(shape.confirm),
})

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
