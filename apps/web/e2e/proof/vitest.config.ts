import { mergeConfig } from 'vitest/config'
import e2e from '../vitest.config.ts'

// Read by `written.ts`, here and in the workers: what this suite writes does not replace what the other has written.
process.env['WRITTEN_AS'] = 'e2e-proof'

// What proves more than a change is likely to break: every picture, and every screen in every circumstance.
export default mergeConfig(e2e, {
  test: { root: import.meta.dirname, testTimeout: 600_000 },
})
