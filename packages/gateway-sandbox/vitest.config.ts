import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Each test starts its own sandbox, so the files can share one worker and its modules.
    isolate: false,
    maxWorkers: 1,
    // Some tests start the sandbox as a process, which takes long on a busy machine.
    testTimeout: 600_000,
  },
})
