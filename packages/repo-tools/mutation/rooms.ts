import { fileURLToPath } from 'node:url'

/** The repository's own folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What is mutated together, by the tests that stand beside it. */
export type Room = {
  readonly name: string
  /** The package, from the repository's folder. */
  readonly folder: string
  /** Globs inside the package: everything that is not a test. */
  readonly mutated: readonly string[]
  /** How its tests are run for one mutant. */
  readonly settings: string
  /** Files that hold types and lists of exports and nothing that runs: they have no mutant, and it is a fault if they come to have one. */
  readonly withoutLogic: readonly string[]
  /** About how many mutants of what has changed are tried in every `proof ci`: each takes half a second, or several with a database. */
  readonly changedMutantsMax: number
}

export const rooms: readonly Room[] = [
  {
    name: 'core',
    folder: 'packages/payment-core',
    mutated: ['src/**/*.ts', '!src/**/*.test.ts'],
    settings: 'packages/repo-tools/mutation/core.vitest.config.ts',
    withoutLogic: ['src/index.ts', 'src/screen/built-page.ts', 'src/story/story-sentence.ts'],
    changedMutantsMax: 45,
  },
  {
    name: 'store',
    folder: 'apps/server',
    mutated: ['src/store/**/*.ts', '!src/store/**/*.test.ts', '!src/store/**/*.contract.ts'],
    settings: 'packages/repo-tools/mutation/store.vitest.config.ts',
    withoutLogic: [],
    changedMutantsMax: 15,
  },
]
