import type { Observation, Order, Payment } from '../src/index.ts'

/** What our store holds of the order: all that one guarded write touches, but the intents. */
export type Stored = {
  readonly order: Order | null
  readonly payments: readonly Payment[]
  /** Ids of all notices ever written. */
  readonly told: readonly string[]
  /** The payment whose look-up is stored as the proof (S-01). */
  readonly proof: string | null
}

/** A look-up that has been answered: what it saw, what it asked for, and the time at which it began. */
export type Sight = {
  readonly by: 'order' | 'payment'
  readonly beganAt: number
  readonly seen: readonly Observation[]
}
