import type { TestProject } from 'vitest/node'
import { forgetWritten } from './written.ts'

/** Once a run: what an earlier one has written says nothing about this one. */
export default function setup({ config }: TestProject): void {
  forgetWritten(config.include.some((pattern) => pattern.startsWith('verification/')) ? 'proof' : 'test')
}
