import type { Observation, Order, Payment } from '../src/index.ts'

/** What the store holds of the order: everything that one guarded write covers, except the intents. */
export type Stored = {
  readonly order: Order | null
  readonly payments: readonly Payment[]
  /** The ids of all notices ever written. */
  readonly told: readonly string[]
  /** The payment whose look-up is stored as the proof (S-01). */
  readonly proof: string | null
}

/** An answered look-up: what it asked for, what it saw, and when it began. */
export type AnsweredLookup = {
  readonly by: 'order' | 'payment'
  readonly beganAt: number
  readonly seen: readonly Observation[]
}
