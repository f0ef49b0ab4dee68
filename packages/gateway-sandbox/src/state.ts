import type { CancelRequests } from './v1/cancel-requests.ts'
import type { SandboxClock } from './clock.ts'
import type { Ledger } from './ledger.ts'
import type { MisbehaviourSwitch } from './misbehaviour.ts'
import type { Tokens } from './v1/token.ts'
import type { Webhooks } from './v1/webhooks.ts'

/** One REST request received, so that a test can count look-ups and token requests. `path` is without its query. */
export type ApiCall = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly atMs: number
}

/** Everything one sandbox holds. Two sandboxes in one process share nothing. */
export type State = {
  readonly clock: SandboxClock
  readonly ledger: Ledger
  readonly webhooks: Webhooks
  readonly misbehaviour: MisbehaviourSwitch
  readonly tokens: Tokens
  readonly calls: ApiCall[]
  /** Every cancel requested over the API, refused ones included. */
  readonly cancels: CancelRequests
  /** This sandbox's own origin, known once it listens. */
  readonly origin: () => string
  /** The console's setting: where payments without `notice_url` announce themselves. */
  webhookUrl: string | null
}
