/**
 * The outcome of something that is expected to fail at times: failures are values, listed in `problem.ts`.
 */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const fail = <E>(problem: E): { readonly ok: false; readonly problem: E } => ({ ok: false, problem })

/** Stops what cannot happen. Never for anything a customer, a merchant or the gateway can cause. */
export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new InvariantBroken(`invariant: ${why}`)
}

/** Its message is a sentence of ours about kinds and states, and quotes nothing else: it may be told to the log. */
export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken'
}

/** Makes a `switch` total: a case left out does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
