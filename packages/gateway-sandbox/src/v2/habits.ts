import { z } from 'zod'

/** The habits that V2 alone has. The others are V1's too and keep their names. */
const WEEK_MS = 7 * 86_400_000
const CANCELS_MAX = 1_000
const STORE_ID_MAX = 100

/** How a webhook is signed. All but `normal` and `extra_versions` must be refused, or come from a secret that another setting accepts. */
export const SIGNINGS = [
  'normal',
  'unsigned',
  'wrong_secret',
  'extra_versions',
  'doubled_header',
  'url_safe',
  'another_body',
  'stale',
  'future',
] as const

export const V2_HABITS = {
  /** The keys of the return (docs/gateway/portone-v2.md §3.1). `snake_case`: `payment_id`. `another_tx`: the id of no payment. */
  returnKeys: z.enum(['all', 'payment_id_only', 'snake_case', 'no_tx', 'another_tx']),
  /** The store that answers and webhooks name, as if the payment were another store's. */
  namedStore: z.string().min(1).max(STORE_ID_MAX).nullable(),
  /** Which try of a payment id `GET /payments/{id}` shows. Not documented (docs/gateway/portone-v2.md §17). */
  shownTry: z.enum(['paid', 'latest', 'first']),
  /** `off`: the unstable endpoint of a payment's tries does not exist. */
  transactions: z.enum(['normal', 'off']),
  webhookVersion: z.enum(['2024-04-25', '2024-01-01']),
  /**
   * `extra_versions`: signatures of other versions stand beside the right one. `doubled_header`: two headers, as proxies join them.
   * `url_safe`: URL-safe base64. `another_body`: the body is written anew after it was signed. `stale`, `future`: ten minutes off.
   */
  webhookSigning: z.enum(SIGNINGS),
  /** `money_only`: no Ready, Failed or pending events. `unknown_types`: a webhook of an unknown type precedes each one. */
  webhookNoise: z.enum(['normal', 'money_only', 'unknown_types']),
  /** Sends each webhook again that much later, byte for byte. null: never. */
  webhookReplayMs: z.number().int().min(0).max(WEEK_MS).nullable(),
  /** Scales the times between retries: 1 is the gateway's 1, 4, 16, 64 and 256 minutes. */
  webhookRetryScale: z.number().min(0).max(1),
  /** The PG's limit of cancels for one payment. */
  cancelCountMax: z.number().int().min(0).max(CANCELS_MAX),
  /** How the PG takes a manual confirm. */
  confirm: z.enum(['normal', 'refused']),
  /** How long the PG waits for a manual confirm. */
  confirmWithinMs: z.number().int().min(0).max(WEEK_MS),
}

export const GOOD_V2 = {
  returnKeys: 'all',
  namedStore: null,
  shownTry: 'paid',
  transactions: 'normal',
  webhookVersion: '2024-04-25',
  webhookSigning: 'normal',
  webhookNoise: 'normal',
  webhookReplayMs: null,
  webhookRetryScale: 1,
  cancelCountMax: 100,
  confirm: 'normal',
  confirmWithinMs: 600_000,
} as const
