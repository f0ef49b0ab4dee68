import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 300_000,
    pool: 'threads',
    isolate: false,
    // It reads what the other suites have written, and runs after them.
    exclude: ['node_modules/**', 'canary/canary.test.ts'],
  },
})
