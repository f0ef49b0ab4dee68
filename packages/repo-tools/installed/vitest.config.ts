import { defineConfig } from 'vitest/config'

/** These tests install from the registry, so they belong to `proof ci`. */
export default defineConfig({
  test: { include: ['installed/**/*.test.ts'], maxWorkers: 1, testTimeout: 120_000, hookTimeout: 600_000 },
})
