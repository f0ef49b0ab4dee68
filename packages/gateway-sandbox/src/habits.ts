import { z } from 'zod'

/**
 * What real PGs do and a tidy stand-in would not, as switches of the misbehaviour: when money moves, how cancels end, how look-ups lag,
 * what rows and errors look like. Amounts are in currency units.
 */
const WEEK_MS = 7 * 86_400_000
const CANCELS_MAX = 1_000
const TEXT_MAX = 500
const delayMs = z.number().int().min(0).max(WEEK_MS)
const amount = z.number().positive().nullable()

export const APPROVAL_HABITS = {
  /**
   * When money moves, for what the sentinels would approve at once. `late`: the return claims success while the row is `ready`
   * (paypal_v2, wechat, alipay; with `redirect: 'none'` it has ids alone). `after_failure`: the return claims failure, the row is
   * `failed`. `after_claimed_failure`: the return claims failure while the row is `ready` (daou, portone.md §2.1).
   */
  approval: z.enum(['normal', 'late', 'after_failure', 'after_claimed_failure']),
  /** How long after the return a slow approval comes, for these and for the scenarios that have one. null: when `approve` is called. */
  approvalLateMs: delayMs.nullable(),
  /** What the PG's promotion takes off: the row's amount is what is left, and the two add up to what was asked (portone.md §4.4). */
  promotionDiscount: amount,
}

export const CANCEL_HABITS = {
  /**
   * How a cancel over the API ends, once the gateway's own checks let it pass. `pending`: code 0, booked `cancelLateMs` later.
   * `denied`: code 0, denied then, never booked. `slow`: compared on arrival, executed and answered `cancelLateMs` later. `over`:
   * `cancelReturns` comes back instead. `refused`: HTTP 200 with code 1 and `cancelRefusal`. `doubled`: booked twice.
   * Until it is booked a cancel reserves nothing: another one that fits the record is accepted as well.
   */
  cancel: z.enum(['normal', 'pending', 'denied', 'slow', 'over', 'refused', 'doubled']),
  /** null: when `bookCancel` or `denyCancel` is called. */
  cancelLateMs: delayMs.nullable(),
  /** How many cancels meet the habit before it goes away; null: all. */
  cancelTimes: z.number().int().min(1).max(CANCELS_MAX).nullable(),
  /** How long from now the habit lasts; null: until told. */
  cancelForMs: delayMs.nullable(),
  /** The moment that `cancelForMs` means, by the sandbox's clock. */
  cancelUntilMs: z.number().int().nullable(),
  cancelRefusal: z.string().min(1).max(TEXT_MAX),
  /** null: everything that is left. */
  cancelReturns: amount,
  /** Where a denial can be read in the row. */
  cancelDenialIn: z.enum(['nowhere', 'fail_reason', 'cancel_reason']),
}

export const LOOKUP_HABITS = {
  /**
   * Which row look-ups tell, one by one and in lists. `lagging`: the one of `lookupsLagMs` ago, and a payment younger than that is not
   * there. `flickering`: after each change the second answer alone tells the row before it (`paid`, `ready`, `paid`).
   */
  lookups: z.enum(['fresh', 'lagging', 'flickering']),
  lookupsLagMs: delayMs,
  /**
   * What of a row is told. `required`: the seven fields the schema requires, and no other. `nulls`: the others are null. `extra`: with
   * fields nobody has heard of. `fractional`: times with a fraction. `no_sandbox`, `no_started_at`: without that field.
   * `zero_started_at`: 0.
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
  ]),
  /** Told instead of what the row holds, by field. */
  rowFields: z.record(z.string(), z.unknown()),
}

export const ACCOUNT_HABITS = {
  /** `unknown`: the PG issues an account whose number reads «unknown», without bank, holder and due time (eximbay). */
  account: z.enum(['normal', 'unknown']),
  /** `needs_key`: INICIS closes an account only with `pg_api_key`. `unsupported`: the PG closes none. */
  accountClosing: z.enum(['normal', 'needs_key', 'unsupported']),
}

export const REST_HABITS = {
  /** What an error's body is made of: all three parts, `code` and `message`, these two and `data`, or `code` alone. */
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
  ]),
  /** Which calls the REST fault touches. `wrong_record` touches look-ups alone, `cancel_*` cancels alone, whatever this says. */
  restOn: z.enum(['all', 'token', 'lookup', 'cancel', 'prepare']),
  /** How many calls it touches before it goes away; null: until `behave()`. */
  restTimes: z.number().int().min(1).nullable(),
  restMs: z.number().int().min(0).max(120_000),
  restStatus: z.number().int().min(500).max(599),
  restRetryAfterSeconds: z.number().int().min(0).max(3600),
}
