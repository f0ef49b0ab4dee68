import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 300_000,
    pool: 'threads',
    isolate: false,
    // The canary reads what the other suites have written, and runs after them. What installs from the registry belongs to `proof ci`.
    exclude: ['node_modules/**', 'canary/canary.test.ts', 'installed/**'],
  },
})
