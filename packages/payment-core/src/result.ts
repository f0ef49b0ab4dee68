/** The outcome of something that can fail. Failures are values, listed in `problem.ts`. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const fail = <E>(problem: E): { readonly ok: false; readonly problem: E } => ({ ok: false, problem })

/** Throws on an impossible state. Never for anything that a customer, a merchant or the gateway can cause. */
export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new InvariantBroken(`invariant: ${why}`)
}

/** Its message is our own text about kinds and states and quotes nothing, so it may be logged. */
export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken'
}

/** Makes a `switch` exhaustive: a missing case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
