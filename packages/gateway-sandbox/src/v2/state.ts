import type { SandboxClock } from '../clock.ts'
import type { Delivery, Parcel } from '../delivery.ts'
import { createSessions } from './sessions.ts'
import type { Sessions } from './sessions.ts'

export type V2Settings = {
  /** V2's API secret. */
  readonly v2Secret?: string
  readonly v2StoreId?: string
  /** The live secrets of signed webhooks; at most two, as in the gateway's console. */
  readonly v2WebhookSecrets?: readonly string[]
}

export const DEFAULT_V2_SECRET = 'sandbox-v2-secret'
export const DEFAULT_STORE_ID = 'store-00000000-0000-0000-0000-000000000000'
export const DEFAULT_WEBHOOK_SECRET = `whsec_${Buffer.from('sandbox webhook secret of V2').toString('base64')}`
const MERCHANT_ID = 'merchant-00000000-0000-0000-0000-000000000000'

/** What V2 keeps beside the ledger. */
export type V2State = {
  /** The origin of V2's browser script, window and REST API, which is known once it listens. */
  readonly origin: () => string
  readonly storeId: string
  readonly merchantId: string
  readonly sessions: Sessions
  /** The answers to requests with an `Idempotency-Key`. */
  readonly answers: Map<string, KeptAnswer>
  /** The webhooks sent, by transaction, oldest first. */
  readonly webhooks: Map<string, SentWebhook[]>
  /** The ids of cancels that a card company made. */
  readonly chargebacks: Set<string>
  /** Up to two live secrets, each of which signs every webhook. */
  webhookSecrets: readonly string[]
}

/** `answer` is null while the first request under the key runs. */
export type KeptAnswer = {
  readonly request: string
  readonly atMs: number
  answer: { readonly status: number; readonly body: string } | null
}

export type SentWebhook = {
  readonly id: string
  readonly parcel: Parcel
  readonly paymentStatus: string
  readonly trigger: string | null
  readonly triggeredAtMs: number
  executions: number
  /** The last attempt. */
  last: Delivery | null
  /** How often the shop asked for it again. */
  resends: number
}

export const createV2State = (
  { v2StoreId, v2Secret, v2WebhookSecrets }: V2Settings,
  clock: SandboxClock,
  origin: () => string,
): V2State => ({
  origin,
  storeId: v2StoreId ?? DEFAULT_STORE_ID,
  merchantId: MERCHANT_ID,
  sessions: createSessions(clock, v2Secret ?? DEFAULT_V2_SECRET),
  answers: new Map(),
  webhooks: new Map(),
  chargebacks: new Set(),
  webhookSecrets: v2WebhookSecrets ?? [DEFAULT_WEBHOOK_SECRET],
})
