import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proveKills, tellPoints, type KillReport } from './kill.ts'
import { everyEnd, isEnd, type End } from './killed-servers.ts'

const help = `proof kill [--cycles N] [--seed S] [--database sqlite|postgres|postgres://…] [--at ${everyEnd.join('|')}] [--record]
  kills two servers under load N times and compares all books afterwards: half of the lives end at random, half at the named points in turn, at
  each a twentieth of N at the least; with --at all end so. --record writes docs/proof.md`

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    database: { type: 'string', default: 'sqlite' },
    at: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [cycles, seed] = [Number(values.cycles), Number(values.seed)]
const SHARE_EACH_POINT = 0.05
const SECONDS_PER_MINUTE = 60
const startedAtMs = Date.now()

if (values.at !== undefined && !isEnd(values.at)) console.log(help)
else if (values.help || !Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed)) console.log(help)
else process.exitCode = await main(values.at === undefined ? everyEnd : [values.at])

async function main(ends: readonly End[]): Promise<number> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())
  await using database = await databaseOf(values.database)
  const options = {
    cycles,
    seed,
    databaseUrl: database.url,
    ends,
    eachPoint: Math.ceil(cycles * SHARE_EACH_POINT),
    progress,
    signal: interrupted.signal,
  }
  const report = await proveKills(options).catch((error: unknown) => {
    if (interrupted.signal.aborted) return null
    throw error
  })
  if (process.stdout.isTTY) process.stdout.write('\n')
  if (report === null) {
    console.log('interrupted')
    return 1
  }
  for (const text of report.disagreements.slice(0, 50)) console.log(`  ${text}`)
  const told = textOf(report)
  console.log(told)
  if (report.disagreements.length > 0) return 1
  if (values.record) write([told])
  return 0
}

function progress(done: number, text: string): void {
  const left = ((Date.now() - startedAtMs) / 1000 / done) * Math.max(0, cycles - done)
  const time =
    left < SECONDS_PER_MINUTE ? `${left.toFixed(0)} s` : `${(left / SECONDS_PER_MINUTE).toFixed(0)} min`
  const told = `${done}/${cycles} kills, ${text}, about ${time} left`
  if (process.stdout.isTTY) process.stdout.write(`\r${bar(done)} ${told} `)
  else if (done % 25 === 0) console.log(told)
}

function textOf(report: KillReport): string {
  const { orders, payments, webhooksAcknowledged, webhooksLost, noticesHeard, repeats } = report
  const { kills, atPoints, bothAtOnce, whileStarting, seconds, healedSeconds, disagreements } = report
  return (
    `${disagreements.length === 0 ? 'all books agree' : `${disagreements.length} DISAGREEMENTS`}: ` +
    `${kills} kills (${tellPoints(atPoints)}; the others at random, ${bothAtOnce} of them of both servers at once, ${whileStarting} while ` +
    `starting), ${orders} orders, ${payments} payments, ${webhooksAcknowledged} webhooks acknowledged and ${webhooksLost} lost, ` +
    `${noticesHeard} notices and ${repeats} repeats, ${seconds.toFixed(0)} s, ${(kills / seconds).toFixed(1)} a second, agreed ` +
    `${healedSeconds.toFixed(1)} s after the last kill; seed ${seed}, ${values.database.split(':')[0]}`
  )
}

/** The repository's own scripts are no part of an app: one is run, with what to write. */
function write(lines: readonly string[]): void {
  const script = fileURLToPath(new URL('../../../../packages/repo-tools/commands/record.ts', import.meta.url))
  const where = values.at === undefined ? '' : ` --at ${values.at}`
  const command = `npx -y pnpm proof kill --cycles ${cycles} --seed ${seed}${where} --record`
  const written = spawnSync(process.execPath, [script, 'Kills', command], {
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
  const { startPostgres } = await import('../../testing/postgres.ts')
  return startPostgres({ fsync: true })
}
