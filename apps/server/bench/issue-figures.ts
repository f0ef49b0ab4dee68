import { cpus, loadavg, release, totalmem } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { CONNECTIONS, load, middle, type Load } from './load.ts'
import { start, type Running } from './processes.ts'

/**
 * The figures of the decision record and of the first issue: `npx -y pnpm bench`, or one half of them with `doors` or `frameworks` behind it. Every server is a process of its own on a fresh SQLite file with
 * synchronous=FULL; the load comes from this process, so that three processes share the machine's cores. Rounds alternate; medians are printed.
 * Nothing is asserted but that every request is answered as it should be.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const AMOUNT = Number(process.env['AMOUNT'] ?? 8_000)
const WARM_UP = 2_000
const REGISTER_AT_ONCE = 16
/** Longer than any backlog here takes: a run that could not measure says so. */
const SETTLE_MS_MAX = 60_000
const key = 'merchant-key-of-the-bench'

const numbered = (index: number): string => String(100_000_000_000 + index)
const webhook = (index: number) => ({
  method: 'POST',
  path: '/webhooks/portone',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    imp_uid: `imp_${numbered(index)}`,
    merchant_uid: `ord-${numbered(index)}`,
    status: 'paid',
  }),
})
const comeBack = (index: number) => ({
  method: 'GET',
  path: `/complete?imp_uid=imp_${numbered(index)}&merchant_uid=ord-${numbered(index)}&imp_success=true`,
})
const procedure = () => ({
  method: 'GET',
  path: `/trpc/echo?input=${encodeURIComponent('{"orderId":"ord-1001"}')}`,
})

const landfall = (gateway: Running): Promise<Running> =>
  start('src/main.ts', ({ folder, url }) => ({
    PUBLIC_URL: url,
    DATABASE_URL: `file:${folder}/landfall.db`,
    PORTONE_V1_URL: gateway.url,
    PORTONE_V1_KEY: 'bench',
    PORTONE_V1_SECRET: 'bench',
    MERCHANT_API_KEYS: key,
    TOKEN_SECRET: 'token-secret-of-the-bench',
    LOG_LEVEL: 'error',
  }))

async function call(server: Running, name: string, input: unknown): Promise<unknown> {
  const query = name === 'orders.get'
  const text = JSON.stringify(input)
  const answer = await fetch(
    `${server.url}/trpc/${name}${query ? `?input=${encodeURIComponent(text)}` : ''}`,
    {
      method: query ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: query ? null : text,
    },
  )
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** Orders the webhooks and returns are about; registered beforehand, not measured. */
async function register(server: Running, amount: number): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < amount)
      await call(server, 'orders.register', {
        orderId: `ord-${numbered(next++)}`,
        name: 'bench',
        amount: 14_000,
      })
  }
  await Promise.all(Array.from({ length: REGISTER_AT_ONCE }, worker))
}

/** Seconds until the last order is paid: what is still to be done behind the answers. */
async function settled(server: Running, amount: number): Promise<number> {
  const startedAtMs = performance.now()
  for (let index = amount - CONNECTIONS; index < amount;) {
    if (performance.now() - startedAtMs > SETTLE_MS_MAX) throw new Error(`ord-${numbered(index)} is not paid`)
    if (
      JSON.stringify(await call(server, 'orders.get', { orderId: `ord-${numbered(index)}` })).includes(
        '"status":"paid"',
      )
    )
      index += 1
    else await wait(20)
  }
  return (performance.now() - startedAtMs) / 1000
}

type Make = (index: number) => { readonly method: string; readonly path: string }

/** One round of a door of Landfall itself: orders registered, a warm-up, the measurement, and the rest until all are paid. */
async function door(make: Make, status: number): Promise<Load & { readonly restSeconds: number }> {
  await using gateway = await start('bench/instant-gateway.ts', () => ({}))
  await using server = await landfall(gateway)
  await register(server, WARM_UP + AMOUNT)
  await load(server.url, WARM_UP, status, make)
  await settled(server, WARM_UP)
  const measured = await load(server.url, AMOUNT, status, (index) => make(WARM_UP + index))
  return { ...measured, restSeconds: await settled(server, WARM_UP + AMOUNT) }
}

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

async function ownDoors(): Promise<void> {
  const doors = await alternating(['webhook', 'return'], (name) =>
    name === 'webhook' ? door(webhook, 200) : door(comeBack, 303),
  )
  for (const [name, measured] of doors) {
    const rest =
      measured.map((round) => round.restSeconds).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
    tell(
      name === 'webhook' ? 'webhook stored, 200' : 'return stored, 303',
      measured,
      null,
      `all paid ${rest.toFixed(2)} s after the last answer`,
    )
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
  const wanted = process.argv[2] ?? 'all'
  if (wanted !== 'frameworks') await ownDoors()
  if (wanted !== 'doors') {
    await frameworks('door', webhook)
    await frameworks('tRPC query', procedure)
  }
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
