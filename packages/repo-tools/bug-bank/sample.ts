/** So many of a list, from a place that the seed names: one seed after another goes through all of them. */
export function windowOf<T>(all: readonly T[], seed: number, count: number): readonly T[] {
  const begin = (seed * count) % all.length
  return [...all, ...all].slice(begin, begin + Math.min(count, all.length))
}

/** The seed of a day: a run a day tries all in as many days as there are windows. */
export const seedOf = (nowMs: number): number => Math.floor(nowMs / 86_400_000)

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
