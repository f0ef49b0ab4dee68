import { defineConfig } from 'vitest/config'

const postgresUrl = process.env['POSTGRES_URL'] ?? ''

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 20_000,
    // The tests mostly wait for loopback sockets: three files at once take two cores, one at a time takes twice as long.
    maxWorkers: 3,
    // Both engines, always: a real Postgres is started for the run unless there is one.
    globalSetup: ['testing/written-anew.ts', ...(postgresUrl === '' ? ['testing/postgres.ts'] : [])],
    ...(postgresUrl === '' ? {} : { provide: { postgresUrl } }),
  },
})
