/** Up to six items: all 720 orders. More: a sample of 720. */
const ALL_MAX = 6
const DRAWN = 720

export function* orders<T>(items: readonly T[], random: () => number): Generator<readonly T[]> {
  if (items.length <= ALL_MAX) yield* permutations(items)
  else for (let drawn = 0; drawn < DRAWN; drawn += 1) yield shuffled(items, random)
}

export function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items
  else
    for (const [at, first] of items.entries())
      for (const rest of permutations(items.filter((_, other) => other !== at))) yield [first, ...rest]
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
