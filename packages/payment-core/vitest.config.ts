import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'model/**/*.test.ts'],
    // The core keeps nothing between calls: its files share one worker, and what they load.
    isolate: false,
    maxWorkers: 1,
    // A second of a property is half a minute on a busy machine.
    testTimeout: 600_000,
  },
})
