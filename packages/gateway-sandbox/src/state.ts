import type { CancelRequests } from './v1/cancel-requests.ts'
import type { SandboxClock } from './clock.ts'
import type { Ledger } from './ledger.ts'
import type { MisbehaviourSwitch } from './misbehaviour.ts'
import type { Tokens } from './v1/token.ts'
import type { V2State } from './v2/state.ts'
import type { Webhooks } from './webhooks.ts'

/** One received REST request. Tests count look-ups and token requests. `path` has no query. */
export type ApiCall = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly atMs: number
}

/** The state of one sandbox. Two sandboxes in one process share nothing. */
export type State = {
  readonly clock: SandboxClock
  readonly ledger: Ledger
  readonly webhooks: Webhooks
  readonly misbehaviour: MisbehaviourSwitch
  readonly tokens: Tokens
  readonly calls: ApiCall[]
  /** Every cancel requested over the API, refused ones included. */
  readonly cancels: CancelRequests
  readonly v2: V2State
  /** The sandbox's origin, which is known once it listens. */
  readonly origin: () => string
  /** The console's setting: the webhook address of payments without `notice_url`. */
  webhookUrl: string | null
}

/** The connection of a request. `breakOff` closes it before the first byte of the answer. */
type Connection = { readonly breakOff: () => void }
export type SandboxEnv = { Bindings: Connection }
