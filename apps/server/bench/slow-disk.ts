import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inTurn, roundOf, type Run } from './figure.ts'
import { temporaryFolder } from './processes.ts'
import { webhook } from './requests.ts'
import { compared, notMeasured, type Row } from './table.ts'

const SYNC_MS = 2
const what = `whole job, each sync ${SYNC_MS} ms longer`

/** P11: our own rate on a slow disk against the one on this disk. The disk is made slow by a library loaded before the C library. */
export async function p11(run: Run): Promise<Row[]> {
  using folder = temporaryFolder()
  const library = join(folder.path, 'slow-sync.so')
  const source = join(import.meta.dirname, 'slow-sync.c')
  const built = spawnSync(
    'gcc',
    ['-shared', '-fPIC', '-O2', `-DSYNC_MS=${SYNC_MS}`, '-o', library, source, '-ldl'],
    { encoding: 'utf8' },
  )
  if (built.status !== 0)
    return [notMeasured('P11', what, '≥ 0.60', 'needs gcc on Linux to build its slow disk')]
  const ask = { make: webhook, status: 200, recorded: true } as const
  const rounds = await inTurn(run, 'P11', [
    ['slow disk', () => roundOf(run, { side: 'landfall', settings: { LD_PRELOAD: library } }, ask)],
    ['own fast disk', () => roundOf(run, { side: 'landfall' }, ask)],
    ['limit on a slow disk', () => roundOf(run, { side: 'limit', settings: { LD_PRELOAD: library } }, ask)],
  ])
  const slow = { figure: 'P11', mine: 'slow disk' } as const
  return [
    compared(rounds, { ...slow, what, other: 'own fast disk', goal: 0.6 }),
    {
      ...compared(rounds, {
        ...slow,
        what: 'the same against the limit on such a disk',
        other: 'limit on a slow disk',
        goal: 0,
      }),
      goal: '',
      so: '',
    },
  ]
}
