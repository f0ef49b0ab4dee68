import { defineConfig } from 'vitest/config'

// One file, because its worlds take all processors by themselves.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['simulation/**/*.test.ts'],
    testTimeout: 600_000,
    maxWorkers: 1,
  },
})
