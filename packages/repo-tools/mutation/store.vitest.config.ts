import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

/** Most mutants fail on either engine, and SQLite says so in a moment. */
class SqliteFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const needsPostgres = ({ moduleId }: TestSpecification): number =>
      Number(/postgres|copy/.test(moduleId.split('/').at(-1) ?? ''))
    return (await super.sort(files)).toSorted((a, b) => needsPostgres(a) - needsPostgres(b))
  }
}

// The store's own tests, on both engines. Those of the migrations ask other processes, in which no mutant is awake.
export default defineConfig({
  test: {
    include: ['src/store/**/*.test.ts'],
    exclude: ['src/store/engines/migrations.test.ts', 'src/store/migrating.test.ts'],
    testTimeout: 60_000,
    sequence: { sequencer: SqliteFirst },
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
  },
})
