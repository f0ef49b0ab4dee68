import { defineConfig } from 'vitest/config'

// Properties run thousands of times: on a busy machine one may take longer than vitest's own five seconds.
export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'model/**/*.test.ts'], testTimeout: 60_000 },
})
