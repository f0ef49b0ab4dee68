import { z } from 'zod'
import { ACCOUNT_HABITS, APPROVAL_HABITS, CANCEL_HABITS, LOOKUP_HABITS, REST_HABITS } from './habits.ts'
import { GOOD_V2, V2_HABITS } from './v2/habits.ts'

/**
 * The switches for the gateway's faults (docs/gateway/portone-v1.md §9). The handle and the control API set them for all payments. The
 * window's drawer sets those in `PaymentMisbehaviour` for one payment.
 */
const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
const TIMES_MAX = 20

export const Misbehaviour = z.object({
  /**
   * How the browser returns. `success`: this key names the flag. `none`: no flag. `wrong`: the flag says the opposite.
   * `euc_kr`: error_msg as percent-encoded EUC-KR bytes. `twice`: the URL is requested, then navigated to. `post`: as a form
   * (INICIS in iOS apps, docs/gateway/portone-v1.md §2.4). `never`: the browser stays in the window.
   */
  redirect: z.enum(['normal', 'success', 'none', 'wrong', 'euc_kr', 'twice', 'post', 'never']),
  /** `before`: the webhook precedes the browser's answer. `late`: `webhookLateMs` later. `times`: `webhookTimes` copies at once. */
  webhook: z.enum(['normal', 'before', 'late', 'times', 'form', 'never']),
  webhookLateMs: z.number().int().min(0).max(WEEK_MS),
  webhookTimes: z.number().int().min(1).max(TIMES_MAX),
  /** Off by default. PortOne's support enables 5 retries, a minute apart, after a network error or a 5xx (docs/gateway/portone-v1.md §3.3). */
  webhookRetries: z.boolean(),
  /** The amount that a dishonest payer substitutes, in currency units. The gateway charges and reports this amount. */
  forgedAmount: z.number().positive().nullable(),
  /** The PG is misconfigured: no window opens. */
  noWindow: z.boolean(),
  /** The status after a closed window: html5_inicis sets `failed`, other PGs leave `ready` (docs/gateway/portone-v1.md §2.3). */
  closeLeaves: z.enum(['failed', 'ready']),
  ...APPROVAL_HABITS,
  ...CANCEL_HABITS,
  ...LOOKUP_HABITS,
  ...ACCOUNT_HABITS,
  ...REST_HABITS,
  ...V2_HABITS,
})
export type Misbehaviour = z.infer<typeof Misbehaviour>

export const PaymentMisbehaviour = Misbehaviour.omit({
  webhookRetries: true,
  noWindow: true,
  errorBody: true,
  rest: true,
  restOn: true,
  restTimes: true,
  restMs: true,
  restStatus: true,
  restRetryAfterSeconds: true,
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
  approval: 'normal',
  approvalLateMs: 5_000,
  promotionDiscount: null,
  cancel: 'normal',
  cancelLateMs: 6_000,
  cancelTimes: null,
  cancelForMs: null,
  cancelUntilMs: null,
  cancelRefusal: '결제취소에 실패하였습니다.([8178] 정산금액 부족)',
  cancelReturns: null,
  cancelDenialIn: 'nowhere',
  lookups: 'fresh',
  lookupsLagMs: 5_000,
  lookupsBehind: 2,
  rowShape: 'full',
  rowFields: {},
  account: 'normal',
  accountClosing: 'normal',
  errorBody: 'envelope',
  rest: 'normal',
  restOn: 'all',
  restTimes: null,
  restMs: 3_000,
  restStatus: 503,
  restRetryAfterSeconds: 2,
  ...GOOD_V2,
}

/** A missing or `undefined` switch stays unchanged. */
export type MisbehaviourChange = { readonly [Key in keyof Misbehaviour]?: Misbehaviour[Key] | undefined }

export type MisbehaviourSwitch = ReturnType<typeof createMisbehaviourSwitch>

export function createMisbehaviourSwitch(nowMs: () => number) {
  let current = GOOD_BEHAVIOUR
  return {
    now: () => current,
    set(change: MisbehaviourChange) {
      // Without a given number the token is revoked once: with a revocation at every call, no call would work.
      const restTimes = change.restTimes ?? (change.rest === 'token_revoked' ? 1 : null)
      const counted = change.rest === undefined && change.restTimes === undefined ? {} : { restTimes }
      current = Misbehaviour.parse({ ...current, ...withCancelEnd(change, nowMs()), ...counted })
    },
    reset() {
      current = GOOD_BEHAVIOUR
    },
    /** Returns the switches of one payment: its own override those for all payments. */
    of: (own: PaymentMisbehaviour) =>
      Object.keys(own).length === 0 ? current : { ...current, ...given(own) },
    /** Counts one REST call against the fault's limit. */
    spendRest() {
      if (current.restTimes === null) return
      const left = current.restTimes - 1
      current = left > 0 ? { ...current, restTimes: left } : { ...current, restTimes: null, rest: 'normal' }
    },
    /** Counts one cancel against `cancelTimes`. */
    spendCancel() {
      current = { ...current, ...afterOneCancel(current) }
    },
  }
}

/** Returns a payment's own switches after a change. */
export const ownMisbehaviour = (
  own: PaymentMisbehaviour,
  change: PaymentMisbehaviour,
  nowMs: number,
): PaymentMisbehaviour => PaymentMisbehaviour.parse({ ...own, ...withCancelEnd(change, nowMs) })

/** A new cancel habit drops the limits of the previous one. `cancelForMs` becomes a time of the sandbox's clock. */
function withCancelEnd(change: MisbehaviourChange, nowMs: number): MisbehaviourChange {
  const anew =
    change.cancel === undefined ? {} : { cancelTimes: null, cancelForMs: null, cancelUntilMs: null }
  const { cancelForMs } = change
  const end =
    cancelForMs === undefined ? {} : { cancelUntilMs: cancelForMs === null ? null : nowMs + cancelForMs }
  return { ...anew, ...end, ...given(change) }
}

type SpentHabit = { readonly cancel?: 'normal'; readonly cancelTimes?: number | null }

/** Returns what changes in the switches after one more cancel. */
export function afterOneCancel({ cancelTimes }: Pick<PaymentMisbehaviour, 'cancelTimes'>): SpentHabit {
  if (cancelTimes === undefined || cancelTimes === null) return {}
  return cancelTimes > 1 ? { cancelTimes: cancelTimes - 1 } : { cancelTimes: null, cancel: 'normal' }
}

const given = (change: object): object =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
