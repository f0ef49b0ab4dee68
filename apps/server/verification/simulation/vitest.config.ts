import { defineConfig } from 'vitest/config'
import { freshSeed } from '../crash/fresh-seed.config.ts'

// One file after the other, because their worlds take all processors by themselves.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['verification/simulation/**/*.test.ts', 'verification/failing-calls/**/*.test.ts'],
    // A net for what hangs: the longest test takes half a minute where nothing else runs.
    testTimeout: 1_800_000,
    maxWorkers: 1,
    provide: { freshSeed },
  },
})
