import { defineConfig } from 'vitest/config'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // A net for what hangs, far from what any test takes: the longest takes seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'threads',
    maxWorkers: 2,
    isolate: false,
    // Both engines, always: a real Postgres is started for the run unless there is one.
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
  },
})
