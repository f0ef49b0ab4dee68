import { mergeConfig } from 'vitest/config'
import e2e from '../vitest.config.ts'

// `written.ts` reads this variable, here and in the workers, so that the two suites write to separate folders.
process.env['WRITTEN_AS'] = 'e2e-proof'

// The slower suite: every picture, and every screen in every setting.
export default mergeConfig(e2e, {
  test: { root: import.meta.dirname, testTimeout: 600_000 },
})
