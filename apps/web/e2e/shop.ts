import { startSandbox, type Sandbox } from '@landfall/gateway-sandbox'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { PATIENCE_MS } from './patience.ts'
import { freePort, noticeSecret, receive, type Told } from './receiver.ts'
import { canary, given, keep } from './written.ts'

export const merchantKey = canary('merchant key')
const root = join(import.meta.dirname, '../../..')

/**
 * Starts the product as deployed: the real server process with the built web app on one port, the sandbox as the gateway, and the shop's
 * receiver, which verifies notices with the `standardwebhooks` library.
 */
export async function openShop(
  env: Readonly<Record<string, string>> = {},
  /** The configured protocols: V1 alone, or both. */
  protocols: 'v1' | 'both' = 'v1',
) {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-e2e-'))
  const gateway = await startGateway()
  const told: Told[] = []
  const receiver = await receive(told)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const database = join(folder, 'landfall.db')
  const addresses = { url, port, database, gatewayUrl: gateway.url, noticeUrl: receiver.url }
  const server = startServer(addresses, { ...(protocols === 'both' ? v2Of(gateway) : {}), ...env })
  const [log, errors]: [string[], string[]] = [[], []]
  server.stdout?.on('data', (chunk) => log.push(String(chunk)))
  server.stderr?.on('data', (chunk) => errors.push(String(chunk)))
  await until('the server is ready', async () => {
    if (server.exitCode !== null) throw new Error(`the server ended: ${[...errors, ...log].join('')}`)
    return answers(`${url}/readyz`)
  })
  gateway.setWebhookUrl(`${url}/webhooks/portone`)
  return {
    url,
    gateway,
    told,
    log,
    ...clockOf(server, gateway),
    /** The types of the notices about one order, in order of arrival. */
    toldOf: (orderId: string): string[] =>
      told.filter((each) => each.notice.data.order.orderId === orderId).map((each) => each.notice.type),
    order: (orderId: string) => readOrder(url, orderId),
    /** Calls a procedure with the shop's key. */
    ask: (procedure: string, input: unknown) => askAsMerchant(url, procedure, input),
    proofs: (orderId: string) => proofsIn(database, orderId),
    [Symbol.asyncDispose]: async () => {
      await stop(server)
      keep('logs', 'the server', log.join('').split('\n'))
      keep('errors', 'the server', errors)
      await gateway[Symbol.asyncDispose]()
      await receiver.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type Shop = Awaited<ReturnType<typeof openShop>>
export type { Sandbox }

const startGateway = (): Promise<Sandbox> =>
  startSandbox({
    port: 0,
    key: canary('gateway key'),
    secret: canary('gateway secret'),
    tokensBegin: canary('gateway access token'),
    v2Secret: canary('V2 secret'),
    v2WebhookSecrets: [canary('webhook secret')],
  })

function clockOf(server: ChildProcess, gateway: Sandbox) {
  let movedMs = 0
  return {
    /** The time of the server and the gateway. */
    nowMs: (): number => Date.now() + movedMs,
    /** Moves the clocks of the server and the gateway forward, so that a test does not wait for due times. */
    advance: async (byMs: number): Promise<void> => {
      const moved = once(server, 'message')
      server.send(byMs)
      await moved
      gateway.advance(byMs)
      movedMs += byMs
    },
  }
}

/** Reads the payments that prove a paid order from the database file. */
function proofsIn(database: string, orderId: string): string[] {
  using reader = closing(new DatabaseSync(database, { readOnly: true }))
  const rows = reader.database.prepare('select payment_id from proofs where order_id = ?').all(orderId)
  return rows.map((row) => String(row['payment_id']))
}

const closing = (database: DatabaseSync) => ({ database, [Symbol.dispose]: () => database.close() })

const OrderAnswer = z.object({
  result: z.object({
    data: z.object({
      status: z.string(),
      balance: z.number(),
      returnUrl: z.string(),
      payments: z.array(z.looseObject({ standing: z.string().nullable(), cancelledAmount: z.number() })),
    }),
  }),
})

async function readOrder(url: string, orderId: string) {
  const input = encodeURIComponent(JSON.stringify({ orderId }))
  const answer = await fetch(`${url}/trpc/orders.get?input=${input}`, {
    headers: { authorization: `Bearer ${merchantKey}` },
  })
  return OrderAnswer.parse(await answer.json()).result.data
}

const Answer = z.object({ result: z.object({ data: z.record(z.string(), z.unknown()) }) })

async function askAsMerchant(url: string, procedure: string, input: unknown) {
  const answer = await fetch(`${url}/trpc/${procedure}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw new Error(`${procedure}: ${JSON.stringify(body)}`)
  return Answer.parse(body).result.data
}

/** False: nothing listens at the address yet. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Covers a few retries, whose delay starts at one second and doubles. */
export const RETRIED_WITHIN_MS = 10_000

/** Waits for a condition, and names it in the error when it does not become true in time. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const giveUpAtMs = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`${what}: not within ${withinMs} ms`)
    await pause(20)
  }
}

type Addresses = {
  readonly url: string
  readonly port: number
  readonly database: string
  readonly gatewayUrl: string
  readonly noticeUrl: string
}

const v2Of = ({ v2Url }: Sandbox): Readonly<Record<string, string>> => ({
  PORTONE_V2_URL: v2Url,
  PORTONE_V2_SECRET: canary('V2 secret'),
  PORTONE_V2_STORE_ID: 'store-00000000-0000-0000-0000-000000000000',
  PORTONE_V2_CHANNEL_KEY: 'channel-key-live',
  PORTONE_V2_WEBHOOK_SECRETS: canary('webhook secret'),
})

/** Starts the server as `start` does, with test secrets. */
function startServer(
  { url, port, database, gatewayUrl, noticeUrl }: Addresses,
  env: Readonly<Record<string, string>>,
) {
  const environment = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: url,
    SHOP_URL: `${url}/`,
    DATABASE_URL: `file:${database}`,
    PORTONE_V1_URL: gatewayUrl,
    PORTONE_V1_SDK_URL: `${gatewayUrl}/v1/iamport.js`,
    PORTONE_V1_KEY: canary('gateway key'),
    PORTONE_V1_SECRET: canary('gateway secret'),
    MERCHANT_API_KEYS: `${merchantKey} ${canary('second merchant key')}`,
    TOKEN_SECRET: `${canary('token secret')} ${canary('older token secret')}`,
    NOTIFY_URL: noticeUrl,
    NOTIFY_SECRETS: noticeSecret,
    NOTIFY_ALLOW_PRIVATE: 'true',
    LOG_LEVEL: 'info',
    ...env,
  }
  given('the server', JSON.stringify(environment))
  const clock = join(import.meta.dirname, 'movable-clock.ts')
  return spawn(process.execPath, ['--import', clock, 'apps/server/built/main.js'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment,
  })
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
}
