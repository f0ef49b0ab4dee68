import type { TestProject } from 'vitest/node'
import { forgetWritten } from './written.ts'

/** Deletes the recordings of earlier runs at the start of a run. */
export default function setup({ config }: TestProject): void {
  forgetWritten(config.include.some((pattern) => pattern.startsWith('verification/')) ? 'proof' : 'test')
}
