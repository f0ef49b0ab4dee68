import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { losses } from './power-disk.ts'
import { provePower, type PowerReport } from './power.ts'
import { hasStrace, recordRun, type Recording } from './power-record.ts'
import { keep, kept, readKept } from './power-recordings.ts'

const help = `proof power [--points N] [--seed S] [--keep] [--record]
  records the calls with which the server writes its database over 300 transactions, cuts the power at N points of the run, and opens what
  is left; the same at synchronous NORMAL must fail. Recording takes strace; without it the recordings that are kept are used. --keep
  keeps the new recordings, --record writes docs/proof.md.`

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [points, seed] = [Number(values.points), Number(values.seed)]
/** The control is as convincing at fewer points. */
const CONTROL_POINTS_MAX = 1_000

if (values.help || !Number.isInteger(points) || points < 1 || !Number.isInteger(seed)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const live = hasStrace()
  if (!live) {
    console.log('There is no strace here, so nothing can be recorded: the recordings that are kept are cut.')
    if (values.keep) return 1
  }
  const full = live ? await recordRun({ seed, weakened: false }) : readKept(kept.full)
  const normal = live ? await recordRun({ seed, weakened: true }) : readKept(kept.normal)
  const proved = prove(full, points, 'FULL')
  const control = prove(normal, Math.min(points, CONTROL_POINTS_MAX), 'NORMAL')
  const held = proved.wrongPoints === 0 && control.wrongPoints > 0
  const lines = linesOf(full, live, proved, control)
  for (const line of [...lines, ...proved.wrong]) console.log(line)
  if (!held) return 1
  if (values.keep) {
    keep(kept.full, full)
    keep(kept.normal, normal)
  }
  if (values.record) write(lines)
  return 0
}

function prove({ calls }: Recording, atPoints: number, level: string): PowerReport {
  const progress = (done: number): void => {
    if (done % 1_000 === 0) console.log(`${level}: ${done}/${atPoints} points`)
  }
  return provePower({ calls, points: atPoints, seed, progress })
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function linesOf(full: Recording, live: boolean, proved: PowerReport, control: PowerReport): string[] {
  const { byLoss } = proved
  const kinds = losses.map((loss) => `${loss} ${number(byLoss[loss])}`).join(', ')
  const held =
    proved.wrongPoints === 0
      ? 'At each the files opened, were sound, and held all that had been acknowledged, no half of anything.'
      : `BROKEN at ${number(proved.wrongPoints)} points.`
  return [
    `${number(proved.points)} points (seed ${seed}) of ${live ? 'a run of the production server, recorded by strace' : 'the run that is kept'}: ` +
      `${number(proved.transactions)} transactions, ${number(proved.calls)} calls, ${proved.checkpoints} syncs of the database file, ` +
      `${number(proved.promises)} promises (2xx given, notices and cancels sent); ${full.settings}.`,
    held,
    `At ${number(proved.inDanger)} points something was not synced yet. Kept of that: ${kinds}. ${proved.seconds.toFixed(0)} s.`,
    '',
    control.wrongPoints > 0
      ? `The control fails as it must: the same at synchronous NORMAL has lost something at ${number(control.wrongPoints)} of ${number(control.points)} points.`
      : 'THE CONTROL HOLDS, so this proves nothing: at synchronous NORMAL nothing was lost.',
    'Decision 0007 states what is assumed of a disk.',
  ]
}

/** The repository's own scripts are no part of an app: one is run, with what to write. */
function write(lines: readonly string[]): void {
  const script = fileURLToPath(new URL('../../../../packages/repo-tools/commands/record.ts', import.meta.url))
  const command = `npx -y pnpm proof power --points ${points} --seed ${seed} --record`
  const written = spawnSync(process.execPath, [script, 'Power loss', command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  if (written.status !== 0) throw new Error('docs/proof.md could not be written')
}
