import { defineConfig } from 'vitest/config'

// The tests beside the sources: they state the core's promises. The model's, which walk whole worlds, would take minutes a mutant.
export default defineConfig({
  test: { include: ['src/**/*.test.ts'], testTimeout: 60_000 },
})
