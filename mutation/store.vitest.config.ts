import { defineConfig } from 'vitest/config'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

// The store's own tests, on both engines. Those of the migrations ask other processes, in which no mutant is awake.
export default defineConfig({
  test: {
    include: ['src/store/**/*.test.ts'],
    exclude: ['src/store/migrations.test.ts', 'src/store/migrating.test.ts'],
    testTimeout: 60_000,
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
  },
})
