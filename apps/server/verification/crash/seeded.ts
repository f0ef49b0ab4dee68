declare module 'vitest' {
  interface ProvidedContext {
    /** Another in each run, unless one is asked for: what the seeds that stay have found is found already. */
    readonly freshSeed: number
  }
}

/** Numbers in 0…1 that the same seed gives again (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
