import { cpus, loadavg, release, totalmem } from 'node:os'
import { CONNECTIONS, load, middle, type Load } from './load.ts'
import { start } from './processes.ts'
import { webhook, type Make } from './requests.ts'

/**
 * The figures of the decision record on frameworks: `npx -y pnpm bench frameworks`. Every server is a process of its own on a fresh SQLite file with
 * synchronous=FULL; the load comes from this process. Rounds alternate; medians are printed.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const AMOUNT = Number(process.env['AMOUNT'] ?? 8_000)
const WARM_UP = 2_000

const procedure = () => ({
  method: 'GET',
  path: `/trpc/echo?input=${encodeURIComponent('{"orderId":"ord-1001"}')}`,
})

async function candidate(framework: string, make: Make): Promise<Load> {
  await using server = await start('bench/framework-doors.ts', ({ folder }) => ({
    FRAMEWORK: framework,
    DATABASE_URL: `file:${folder}/landfall.db`,
  }))
  await load(server.url, WARM_UP, 200, make)
  return await load(server.url, 2 * AMOUNT, 200, (index) => make(WARM_UP + index))
}

async function alternating<T>(
  names: readonly string[],
  run: (name: string) => Promise<T>,
): Promise<Map<string, T[]>> {
  const rounds = new Map<string, T[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of names) rounds.get(name)?.push(await run(name))
  return rounds
}

const rows: string[][] = []
function tell(what: string, rounds: readonly Load[], against: number | null, note = ''): number {
  const { requestsPerSecond, p50Ms, p99Ms, spread } = middle(rounds)
  const ratio = against === null ? '' : (requestsPerSecond / against).toFixed(2)
  rows.push([
    what,
    Math.round(requestsPerSecond).toLocaleString('en'),
    spread,
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    ratio,
    note,
  ])
  return requestsPerSecond
}

async function frameworks(title: string, make: Make): Promise<void> {
  const rounds = await alternating(['node', 'hono', 'fastify'], (name) => candidate(name, make))
  let bare: number | null = null
  for (const [name, measured] of rounds) {
    const rate = tell(`${title}: ${name}`, measured, bare)
    bare ??= rate
  }
}

async function main(): Promise<void> {
  const [cpu] = cpus()
  console.log(
    `machine  ${cpus().length} × ${cpu?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
  )
  console.log(
    `node     ${process.version}; load average at the start ${loadavg()
      .map((each) => each.toFixed(2))
      .join(' ')}`,
  )
  console.log(
    `run      ${ROUNDS} alternating rounds, ${CONNECTIONS} connections, ${AMOUNT} distinct payments a round after ${WARM_UP} to warm up\n`,
  )
  await frameworks('door', webhook)
  await frameworks('tRPC query', procedure)
  const table = [['what', 'req/s', 'min–max', 'p50 ms', 'p99 ms', '× node', ''], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of table)
    console.log(
      row
        .map((cell, column) =>
          column === 0 || column === 6
            ? cell.padEnd(widths[column] ?? 0)
            : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
  console.log(
    `\nload average at the end ${loadavg()
      .map((each) => each.toFixed(2))
      .join(' ')}`,
  )
}

await main()
