import { z } from 'zod'

/**
 * Everything this gateway can be told to do wrong (product.md §4, portone.md §9). Chosen by something visible: for all payments over
 * the handle or the control API, and — the part in `PaymentMisbehaviour` — for one payment, in the window's drawer.
 */
const DAY_MS = 86_400_000
const TIMES_MAX = 20

export const Misbehaviour = z.object({
  /**
   * How the browser comes back. `success`: that key instead of `imp_success`. `none`: no flag. `wrong`: the flag says the opposite.
   * `euc_kr`: error_msg as percent-encoded EUC-KR bytes. `twice`: the URL is requested, then navigated to. `post`: as a form
   * (INICIS in iOS apps, portone.md §2.4). `never`: the browser stays in the window.
   */
  redirect: z.enum(['normal', 'success', 'none', 'wrong', 'euc_kr', 'twice', 'post', 'never']),
  /** `before`: the browser is answered after the merchant has. `late`: `webhookLateMs` later. `times`: `webhookTimes` copies at once. */
  webhook: z.enum(['normal', 'before', 'late', 'times', 'form', 'never']),
  webhookLateMs: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_MS),
  webhookTimes: z.number().int().min(1).max(TIMES_MAX),
  /** Off unless asked for at support: then 5 more tries, a minute apart, on network error or 5xx (portone.md §3.3). */
  webhookRetries: z.boolean(),
  /** The amount a dishonest payer puts in place of the one asked, in currency units. It is what is then paid and reported. */
  forgedAmount: z.number().positive().nullable(),
  /** The PG is set up wrongly: no window ever opens. */
  noWindow: z.boolean(),
  /** What a closed window leaves: html5_inicis says `failed`, other PGs leave `ready` for ever (portone.md §2.3). */
  closeLeaves: z.enum(['failed', 'ready']),
  /** How long after the return a slow approval comes, for the scenarios that have one. */
  approvalLateMs: z.number().int().min(0).max(DAY_MS),
  rest: z.enum([
    'normal',
    'slow',
    'error',
    'truncated',
    'html',
    'wrong_record',
    'too_many',
    'token_revoked',
    'down',
    'cancel_refused',
    'cancel_answer_lost',
  ]),
  /** Which calls the REST fault touches. `wrong_record` touches look-ups alone, `cancel_*` cancels alone, whatever this says. */
  restOn: z.enum(['all', 'token', 'lookup', 'cancel', 'prepare']),
  /** How many calls it touches before it goes away; null: until `behave()`. */
  restTimes: z.number().int().min(1).nullable(),
  restMs: z.number().int().min(0).max(120_000),
  restStatus: z.number().int().min(500).max(599),
  restRetryAfterSeconds: z.number().int().min(0).max(3600),
})
export type Misbehaviour = z.infer<typeof Misbehaviour>

export const PaymentMisbehaviour = Misbehaviour.pick({
  redirect: true,
  webhook: true,
  webhookLateMs: true,
  webhookTimes: true,
  forgedAmount: true,
  closeLeaves: true,
  approvalLateMs: true,
}).partial()
export type PaymentMisbehaviour = z.infer<typeof PaymentMisbehaviour>

const GOOD_BEHAVIOUR: Misbehaviour = {
  redirect: 'normal',
  webhook: 'normal',
  webhookLateMs: 5_000,
  webhookTimes: 3,
  webhookRetries: false,
  forgedAmount: null,
  noWindow: false,
  closeLeaves: 'failed',
  approvalLateMs: 5_000,
  rest: 'normal',
  restOn: 'all',
  restTimes: null,
  restMs: 3_000,
  restStatus: 503,
  restRetryAfterSeconds: 2,
}

/** Absent and `undefined` both leave a switch as it is. */
export type MisbehaviourChange = { readonly [Key in keyof Misbehaviour]?: Misbehaviour[Key] | undefined }

export type MisbehaviourSwitch = {
  readonly now: () => Misbehaviour
  readonly set: (change: MisbehaviourChange) => void
  readonly reset: () => void
  /** What one payment meets: its own switches over those for all. */
  readonly of: (own: PaymentMisbehaviour) => Misbehaviour
  /** One REST call has met the fault. */
  readonly spendRest: () => void
}

export function createMisbehaviourSwitch(): MisbehaviourSwitch {
  let current = GOOD_BEHAVIOUR
  return {
    now: () => current,
    set(change) {
      // A token revoked at every call would leave no call that works; unless a number is asked for, it happens once.
      const restTimes = change.restTimes ?? (change.rest === 'token_revoked' ? 1 : null)
      const counted = change.rest === undefined && change.restTimes === undefined ? {} : { restTimes }
      current = Misbehaviour.parse({ ...current, ...given(change), ...counted })
    },
    reset() {
      current = GOOD_BEHAVIOUR
    },
    of: (own) => Misbehaviour.parse({ ...current, ...given(own) }),
    spendRest() {
      if (current.restTimes === null) return
      const left = current.restTimes - 1
      current = left > 0 ? { ...current, restTimes: left } : { ...current, restTimes: null, rest: 'normal' }
    },
  }
}

const given = (change: MisbehaviourChange): object =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
