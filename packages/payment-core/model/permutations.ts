/** Up to six are put into all their 720 orders; of more, as many are drawn. */
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
