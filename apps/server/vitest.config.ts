import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 20_000,
    // The tests mostly wait for loopback sockets: three files at once take two cores, one at a time takes twice as long.
    maxWorkers: 3,
  },
})
