import { z } from 'zod'

/**
 * The switches for the habits of real PGs: when money moves, how cancels end, how look-ups lag, and which shapes rows and errors have.
 * Amounts are in currency units.
 */
const WEEK_MS = 7 * 86_400_000
const CANCELS_MAX = 1_000
const TEXT_MAX = 500
const ANSWERS_MAX = 1_000
const delayMs = z.number().int().min(0).max(WEEK_MS)
const amount = z.number().positive().nullable()

export const APPROVAL_HABITS = {
  /**
   * When a payment that the sentinels approve becomes paid. `late`: the return claims success while the row is `ready` (paypal_v2,
   * wechat, alipay); with `redirect: 'none'` the return has only the ids. `after_failure`: the return claims failure and the row is
   * `failed`. `after_claimed_failure`: the return claims failure while the row is `ready` (daou, docs/gateway/portone-v1.md §2.1).
   */
  approval: z.enum(['normal', 'late', 'after_failure', 'after_claimed_failure']),
  /** The delay of a late approval after the return, for habits and sentinels. null: until `approve` is called. */
  approvalLateMs: delayMs.nullable(),
  /** The discount of a promotion. The row's amount plus the discount is the requested amount (docs/gateway/portone-v1.md §4.4). */
  promotionDiscount: amount,
}

export const CANCEL_HABITS = {
  /**
   * How a cancel over the API ends after it passed the gateway's own checks. `pending`: code 0 at once, booked `cancelLateMs` later.
   * `denied`: code 0 at once, denied `cancelLateMs` later, never booked. `slow`: the balance is compared on arrival; the cancel is
   * executed and answered `cancelLateMs` later. `over`: the PG returns `cancelReturns` instead of the requested amount. `refused`: HTTP 200
   * with code 1 and `cancelRefusal`. `doubled`: the record has the cancel twice. A cancel reserves nothing before it is booked: the
   * gateway accepts a second one that fits the record.
   */
  cancel: z.enum(['normal', 'pending', 'denied', 'slow', 'over', 'refused', 'doubled']),
  /** null: until `bookCancel` or `denyCancel` is called. */
  cancelLateMs: delayMs.nullable(),
  /** How many cancels the habit applies to; null: all. */
  cancelTimes: z.number().int().min(1).max(CANCELS_MAX).nullable(),
  /** How long the habit lasts from now; null: until it is changed. */
  cancelForMs: delayMs.nullable(),
  /** When `cancelForMs` ends, in epoch ms of the sandbox's clock. */
  cancelUntilMs: z.number().int().nullable(),
  cancelRefusal: z.string().min(1).max(TEXT_MAX),
  /** null: the whole remaining balance. */
  cancelReturns: amount,
  /** Which field of the row holds the text of a denial. */
  cancelDenialIn: z.enum(['nowhere', 'fail_reason', 'cancel_reason']),
}

export const LOOKUP_HABITS = {
  /**
   * Which version of a row the look-ups return, lists included. `lagging`: the version of `lookupsLagMs` ago; a younger payment is not
   * found. `flickering`: after each change, the second answer alone returns the version before the change (`paid`, `ready`, `paid`).
   * `behind`: after each change, the first `lookupsBehind` answers return that version.
   */
  lookups: z.enum(['fresh', 'lagging', 'flickering', 'behind']),
  lookupsLagMs: delayMs,
  lookupsBehind: z.number().int().min(0).max(ANSWERS_MAX),
  /**
   * Which fields an answer has. `required`: only the seven fields the schema requires. `nulls`: the optional fields are null. `extra`:
   * additional undocumented fields. `fractional`: times with a fraction. `no_sandbox`, `no_started_at`: the field is missing.
   * `zero_started_at`: the field is 0. `recorded`: V2's answers as integrators recorded them, without `origin` and other required fields.
   */
  rowShape: z.enum([
    'full',
    'required',
    'nulls',
    'extra',
    'fractional',
    'no_sandbox',
    'no_started_at',
    'zero_started_at',
    'recorded',
  ]),
  /** Field values that replace the row's own in answers. */
  rowFields: z.record(z.string(), z.unknown()),
}

export const ACCOUNT_HABITS = {
  /** `unknown`: `vbank_num` is «unknown»; bank, holder and due time are missing (eximbay). */
  account: z.enum(['normal', 'unknown']),
  /** `needs_key`: INICIS closes an account only with `pg_api_key`. `unsupported`: the PG closes none. */
  accountClosing: z.enum(['normal', 'needs_key', 'unsupported']),
}

export const REST_HABITS = {
  /** The body of an error: `envelope` has code, message and response; `with_data` has `data` in place of `response`. */
  errorBody: z.enum(['envelope', 'no_response', 'with_data', 'code_only']),
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
    'answer_lost',
    'hang',
    'oversize',
  ]),
  /** The calls that the REST fault affects. `wrong_record` always affects only look-ups, `cancel_*` only cancels. */
  restOn: z.enum(['all', 'token', 'lookup', 'cancel', 'prepare', 'confirm']),
  /** How many calls the fault affects. null: until `behave()`. */
  restTimes: z.number().int().min(1).nullable(),
  restMs: z.number().int().min(0).max(120_000),
  restStatus: z.number().int().min(500).max(599),
  restRetryAfterSeconds: z.number().int().min(0).max(3600),
}
