import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// All files share one shop and one browser (`stage.ts`). On two cores a second browser would not be faster.
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
