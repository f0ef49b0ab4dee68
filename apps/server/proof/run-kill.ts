import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proveKills, type KillReport } from './kill.ts'
import { everyPoint, isPoint, points, type Point } from './points.ts'

const help = `proof kill [--cycles N] [--seed S] [--database sqlite|postgres|postgres://…] [--points | --at ${Object.keys(points).join('|')}] [--record]
  kills two servers under load N times and compares all books afterwards: at random; with --points at every named point, each a fair
  share of N times; with --at at that one. --record writes docs/proof.md`

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    database: { type: 'string', default: 'sqlite' },
    points: { type: 'boolean', default: false },
    at: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [cycles, seed] = [Number(values.cycles), Number(values.seed)]

const at: readonly Point[] = values.points ? everyPoint : everyPoint.filter((point) => point === values.at)

if (values.at !== undefined && !isPoint(values.at)) console.log(help)
else if (values.help || !Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  process.once('SIGTERM', () => interrupted.abort())
  const progress = (done: number, text: string): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r${bar(done)} ${done}/${cycles} kills, ${text} `)
    else if (done % 25 === 0) console.log(`${done}/${cycles} kills, ${text}`)
  }
  await using database = await databaseOf(values.database)
  const report = await proveKills({
    cycles,
    seed,
    databaseUrl: database.url,
    at,
    eachPoint: at.length === 0 ? 0 : Math.floor(cycles / at.length),
    alsoAtRandom: at.length === 0,
    progress,
    signal: interrupted.signal,
  })
  if (process.stdout.isTTY) process.stdout.write('\n')
  for (const text of report.disagreements.slice(0, 50)) console.log(`  ${text}`)
  const verdict = interrupted.signal.aborted
    ? 'interrupted'
    : report.disagreements.length === 0
      ? 'all books agree'
      : `${report.disagreements.length} DISAGREEMENTS`
  const told = `${verdict}: ${textOf(report)}`
  console.log(told)
  if (report.disagreements.length > 0 || interrupted.signal.aborted) return 1
  if (values.record) write([told])
  return 0
}

function textOf(report: KillReport): string {
  const { orders, payments, webhooksAcknowledged, webhooksLost, noticesHeard, repeats, atPoints } = report
  const named = at.map((point) => `, ${atPoints[point]} ${point}`).join('')
  return (
    `${report.kills} kills (${report.bothAtOnce} of both at once, ${report.whileStarting} while starting${named}), ${orders} orders, ` +
    `${payments} payments, ${webhooksAcknowledged} webhooks acknowledged and ${webhooksLost} lost, ${noticesHeard} notices and ${repeats} repeats, ` +
    `${report.seconds.toFixed(0)} s, agreed ${report.healedSeconds.toFixed(1)} s after the last kill; seed ${seed}, ${values.database.split(':')[0]}`
  )
}

/** The repository's own scripts are no part of an app: one is run, with what to write. */
function write(lines: readonly string[]): void {
  const script = fileURLToPath(new URL('../../../scripts/record.ts', import.meta.url))
  const where = values.points ? ' --points' : values.at === undefined ? '' : ` --at ${values.at}`
  const command = `npx -y pnpm proof kill --cycles ${cycles} --seed ${seed}${where} --record`
  const section = at.length === 0 ? 'Kills at random' : 'Kills at named points'
  const written = spawnSync(process.execPath, [script, section, command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  if (written.status !== 0) throw new Error('docs/proof.md could not be written')
}

function bar(done: number): string {
  const width = 24
  const full = Math.min(width, Math.round((done / cycles) * width))
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`
}

async function databaseOf(wish: string): Promise<AsyncDisposable & { readonly url: string | null }> {
  if (wish !== 'postgres')
    return { url: wish === 'sqlite' ? null : wish, [Symbol.asyncDispose]: async () => undefined }
  const { startPostgres } = await import('../testing/postgres.ts')
  return startPostgres({ fsync: true })
}
