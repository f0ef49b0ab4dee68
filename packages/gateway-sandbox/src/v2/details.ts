import type { Means } from '../scenarios.ts'

/** What the promise of `requestPayment` resolves to. A redirect has the same keys in its query (docs/gateway/portone-v2.md §3). */
export type ResultV2 = Readonly<Record<string, string>>

/** What the ledger knows of a payment that V2 opened, beyond its row. */
export type V2Details = {
  readonly storeId: string
  readonly channel: V2Channel
  readonly window: V2Window
  /** Ends IFRAME and POPUP windows in a redirect too. */
  readonly forceRedirect: boolean
  /** In minor units. null: computed. */
  readonly vatAmount: number | null
  readonly isCulturalExpense: boolean
  readonly customerId: string
  readonly products: readonly unknown[]
  readonly country: string | null
  /** The address that is asked before an approval (docs/gateway/portone-v2.md §11). */
  readonly confirmUrl: string | null
  readonly userAgent: string | null
  /** The window ended well, but the PG has not approved the payment yet. */
  isPending: boolean
  /** A manual confirm that waits for the shop. */
  held: AwaitingConfirm | null
  disputes: readonly V2Dispute[]
}

export type V2Window = 'IFRAME' | 'POPUP' | 'REDIRECTION'

export type V2Channel = {
  readonly key: string
  readonly type: 'LIVE' | 'TEST'
  /** The PG in lower case, as V1 names it. */
  readonly pg: string
  readonly isManualConfirm: boolean
  /** The group that chose this channel. */
  readonly groupId: string | null
}

export type AwaitingConfirm = {
  readonly paymentToken: string
  readonly means: Means
  readonly heldAtMs: number
}

export type V2Dispute = {
  readonly status: 'UNRESOLVED' | 'RESOLVED'
  readonly reason: string
  readonly createdAtMs: number
  readonly resolvedAtMs: number | null
}
