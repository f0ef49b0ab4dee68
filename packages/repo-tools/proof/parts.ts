import type { Program } from './run.ts'

export type Part = Program & {
  readonly name: string
  /** It leaves processors idle, so it runs beside the parts that follow: it waits for processes and databases. */
  readonly runsBeside?: true
  /** It reads what all earlier parts left, and so begins after the last of them. */
  readonly readsOthers?: true
}

const server = 'apps/server'
const vitest = (config: string, ...files: readonly string[]): readonly string[] => [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  config,
  ...files,
]

const mutation = (room: string, lanes: number): readonly string[] => [
  'packages/repo-tools/mutation/run-mutation.ts',
  '--changed',
  '--only',
  room,
  '--lanes',
  String(lanes),
]

/** All that `proof ci` runs. A part that takes all processors by itself follows the one before. */
export const partsFor = (seed: number): readonly Part[] => [
  {
    name: 'build',
    folder: '.',
    args: ['node_modules/turbo/bin/turbo', 'run', 'types', 'build', '--output-logs=errors-only'],
  },
  {
    name: 'processes',
    folder: server,
    args: vitest('verification/crash/vitest.config.ts'),
    runsBeside: true,
  },
  { name: 'packages', folder: 'packages/repo-tools', args: vitest('installed/vitest.config.ts') },
  {
    name: 'simulation',
    folder: server,
    args: vitest('verification/simulation/vitest.config.ts', 'verification/simulation/'),
  },
  {
    name: 'failing calls',
    folder: server,
    args: vitest('verification/simulation/vitest.config.ts', 'verification/failing-calls/'),
  },
  { name: 'model', folder: 'packages/payment-core', args: ['--run', 'proof'] },
  { name: 'fuzz', folder: server, args: vitest('verification/fuzz/vitest.config.ts') },
  {
    name: 'bug bank',
    folder: '.',
    args: ['packages/repo-tools/bug-bank/run-bugs.ts', '--sample', '8', '--seed', String(seed)],
  },
  { name: 'mutation of the store', folder: '.', args: mutation('store', 1), runsBeside: true },
  { name: 'mutation of the core', folder: '.', args: mutation('core', 2) },
  { name: 'pictures', folder: 'apps/web', args: ['--run', 'proof'] },
  { name: 'canary', folder: 'packages/repo-tools', args: ['--run', 'canary:proof'], readsOthers: true },
]
