import { defineConfig } from 'vitest/config'
import { drizzleAliases } from './testing/drizzle-aliases.ts'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

/** Files that put something else in the place of a module, for all that is loaded with them. */
const alone = [
  'src/store/backup.test.ts',
  'src/store/engines/postgres.test.ts',
  'src/store/engines/postgres-changes.test.ts',
]

export default defineConfig({
  resolve: { alias: drizzleAliases },
  test: {
    // A net for what hangs, far from what any test takes: the longest takes a few seconds.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    pool: 'threads',
    maxWorkers: 2,
    // Both engines, always: a real Postgres is started for the run unless there is one.
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
    projects: [
      {
        extends: true,
        // What is loaded once serves all files of a worker: they share no state but the programs' own.
        test: { name: 'server', include: ['src/**/*.test.ts'], exclude: alone, isolate: false },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
})
