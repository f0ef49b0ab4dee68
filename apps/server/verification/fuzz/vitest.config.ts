import { defineConfig } from 'vitest/config'
import { freshSeed } from '../crash/fresh-seed.config.ts'
import { drizzleAliases } from '../../testing/drizzle-aliases.ts'

export default defineConfig({
  resolve: { alias: drizzleAliases },
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['verification/fuzz/**/*.test.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 2,
    provide: { freshSeed },
  },
})
