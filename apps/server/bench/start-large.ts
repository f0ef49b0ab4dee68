import { spawn } from 'node:child_process'
import BetterSqlite3 from 'better-sqlite3'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * How long a server takes to be ready on a large database, and to ask the gateway about the first order that is due (L-08):
 * `node bench/large.ts --out large.db`, then `node bench/start-large.ts --database large.db`. The gateway here only counts.
 */
const { values } = parseArgs({
  options: { database: { type: 'string', default: 'large.db' }, rounds: { type: 'string', default: '3' } },
})
const READY_MS_MAX = 60_000
const port = 21_990

let firstAskedAtMs = 0
let asked = 0
const gateway = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json' })
  if (request.url?.startsWith('/users/getToken') === true)
    return void response.end(
      JSON.stringify({ code: 0, response: { access_token: 'token', now: 0, expired_at: 4_000_000_000 } }),
    )
  if (request.url?.startsWith('/payments/findAll/') === true) {
    asked += 1
    firstAskedAtMs ||= performance.now()
  }
  response.end(JSON.stringify({ code: -1, message: 'none', response: null }))
}).listen(0, '127.0.0.1')
await once(gateway, 'listening')
const address = gateway.address()
const gatewayPort = address !== null && typeof address === 'object' ? address.port : 0

async function measure(): Promise<void> {
  firstAskedAtMs = 0
  asked = 0
  const startedAtMs = performance.now()
  const server = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PORT: String(port),
      DATABASE_URL: `file:${values.database}`,
      PORTONE_V1_URL: `http://127.0.0.1:${gatewayPort}`,
      PORTONE_V1_KEY: 'bench',
      PORTONE_V1_SECRET: 'bench',
      MERCHANT_API_KEYS: 'merchant-key-of-the-bench',
      TOKEN_SECRET: 'token-secret-of-the-bench',
      LOG_LEVEL: 'fatal',
    },
  })
  const ended = once(server, 'exit')
  try {
    await until(async () => (await statusOf(`http://127.0.0.1:${port}/readyz`)) === 200)
    const readySeconds = (performance.now() - startedAtMs) / 1000
    await until(async () => firstAskedAtMs > 0)
    const firstSeconds = (firstAskedAtMs - startedAtMs) / 1000
    await pause(3_000)
    console.log(
      `ready ${readySeconds.toFixed(2)} s, first due order asked about ${firstSeconds.toFixed(2)} s after the start, ${asked} in the first seconds; ${ordersIn()} orders`,
    )
  } finally {
    server.kill('SIGKILL')
    await ended
  }
}

function ordersIn(): string {
  const raw = new BetterSqlite3(values.database, { readonly: true })
  const rows = raw.prepare('select count(*), sum(due_at_ms < 9007199254740991) from orders').raw().all()
  raw.close()
  return JSON.stringify(rows[0])
}

const statusOf = (url: string): Promise<number> =>
  fetch(url).then(
    (answer) => answer.status,
    () => 0,
  )

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const giveUpAtMs = performance.now() + READY_MS_MAX; !(await holds()); await pause(10))
    if (performance.now() > giveUpAtMs) throw new Error(`not within ${READY_MS_MAX} ms`)
}

for (let round = 0; round < Number(values.rounds); round += 1) await measure()
gateway.close()
gateway.closeAllConnections()
