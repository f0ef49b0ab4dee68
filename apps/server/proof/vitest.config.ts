import { defineConfig } from 'vitest/config'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

// After everything else, and two files at a time: these start, stop and kill real processes, and count seconds.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['proof/**/*.test.ts', 'fuzz/**/*.test.ts'],
    testTimeout: 600_000,
    maxWorkers: 2,
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
  },
})
