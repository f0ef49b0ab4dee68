import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Each test starts a gateway of its own, and two share nothing: the files share one worker, and what they load.
    isolate: false,
    maxWorkers: 1,
    // The sandbox itself is quick; this leaves a busy machine time to start the processes that run it by hand.
    testTimeout: 600_000,
  },
})
