import { parseArgs } from 'node:util'
import { proveKills } from './kill.ts'

const help = `proof kill [--cycles N] [--seed S] [--database sqlite|postgres|postgres://…]
  kills two servers under load N times and compares all books afterwards`

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    database: { type: 'string', default: 'sqlite' },
    help: { type: 'boolean', default: false },
  },
})
const [cycles, seed] = [Number(values.cycles), Number(values.seed)]

if (values.help || !Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed)) console.log(help)
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
    progress,
    signal: interrupted.signal,
  })
  if (process.stdout.isTTY) process.stdout.write('\n')
  for (const text of report.disagreements.slice(0, 50)) console.log(`  ${text}`)
  const {
    kills,
    orders,
    payments,
    webhooksAcknowledged,
    webhooksLost,
    noticesHeard,
    repeats,
    disagreements,
  } = report
  const verdict = interrupted.signal.aborted
    ? 'interrupted'
    : disagreements.length === 0
      ? 'all books agree'
      : `${disagreements.length} DISAGREEMENTS`
  console.log(
    `${verdict}: ${kills} kills (${report.bothAtOnce} of both at once, ${report.whileStarting} while starting), ${orders} orders, ` +
      `${payments} payments, ${webhooksAcknowledged} webhooks acknowledged and ${webhooksLost} lost, ${noticesHeard} notices and ${repeats} repeats, ` +
      `${report.seconds.toFixed(0)} s, agreed ${report.healedSeconds.toFixed(1)} s after the last kill; seed ${seed}, ${values.database.split(':')[0]}`,
  )
  return disagreements.length === 0 && !interrupted.signal.aborted ? 0 : 1
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
