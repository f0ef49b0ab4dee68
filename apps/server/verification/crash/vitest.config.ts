import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { freshSeed } from './fresh-seed.config.ts'
import { drizzleAliases } from '../../testing/drizzle-aliases.ts'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''
const longest = ['kill.test.ts', 'silence.test.ts', 'stopped.test.ts', 'power.test.ts']

/** Nobody waits at the end for one that took long and began last. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/${name}`))
      return place < 0 ? longest.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

// Two files at a time: these start, stop and kill real processes.
export default defineConfig({
  resolve: { alias: drizzleAliases },
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['verification/crash/**/*.test.ts'],
    // A net for what hangs: the longest takes half a minute.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    provide: { freshSeed, ...(postgresUrl === '' ? {} : { postgresUrl }) },
  },
})
