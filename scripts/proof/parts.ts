import type { Program } from './run.ts'

export type Part = Program & { readonly name: string }

const server = 'apps/server'
const vitest = (config: string, ...files: readonly string[]): readonly string[] => [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  config,
  ...files,
]

/** All that `proof ci` runs, one after the other, because nearly each part takes all processors by itself. */
export const partsFor = (seed: number): readonly Part[] => [
  {
    name: 'build',
    folder: '.',
    args: ['node_modules/turbo/bin/turbo', 'run', 'types', 'build', '--output-logs=errors-only'],
  },
  { name: 'simulation', folder: server, args: vitest('simulation/vitest.config.ts', 'simulation/') },
  { name: 'failing calls', folder: server, args: vitest('simulation/vitest.config.ts', 'failing-calls/') },
  { name: 'model', folder: 'packages/payment-core', args: ['--run', 'proof'] },
  { name: 'fuzz', folder: server, args: vitest('fuzz/vitest.config.ts') },
  { name: 'processes', folder: server, args: vitest('proof/vitest.config.ts') },
  { name: 'bug bank', folder: '.', args: ['bug-bank/run-bugs.ts', '--sample', '8', '--seed', String(seed)] },
  { name: 'mutation', folder: '.', args: ['mutation/run-mutation.ts', '--changed'] },
  { name: 'pictures', folder: 'apps/web', args: ['--run', 'proof'] },
  { name: 'canary', folder: '.', args: ['--run', 'canary:proof'] },
]
