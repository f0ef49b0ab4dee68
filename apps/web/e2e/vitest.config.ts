import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// One shop and one browser for all files (`stage.ts`): a second browser would only wait for the first on two cores.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.e2e.ts'],
    globalSetup: join(import.meta.dirname, 'written.ts'),
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
    fileParallelism: false,
    isolate: false,
  },
})
