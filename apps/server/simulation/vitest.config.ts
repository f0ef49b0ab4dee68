import { defineConfig } from 'vitest/config'
import { freshSeed } from '../proof/fresh-seed.config.ts'

// One file after the other, because their worlds take all processors by themselves.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['simulation/**/*.test.ts', 'failing-calls/**/*.test.ts'],
    testTimeout: 600_000,
    maxWorkers: 1,
    provide: { freshSeed },
  },
})
