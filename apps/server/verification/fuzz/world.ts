import type { Hono } from 'hono'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createApp } from '../../src/http/app.ts'
import { readConfig, type Config } from '../../src/config/config.ts'
import { localChanges, realRandom, type Deps } from '../../src/deps.ts'
import type { Http } from '../../src/gateway/http.ts'
import { openGateways } from '../../src/gateway/gateways.ts'
import { startJourney, type Journey } from '../../src/journey/journey.ts'
import { openLog } from '../../src/log/log.ts'
import { openMetrics } from '../../src/log/metrics.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import type { Env } from '../../src/http/answer.ts'
import { openDatabase } from '../../src/store/engines/open.ts'
import { testClock, type TestClock } from '../../testing/clock.ts'
import type { Targets } from './requests.ts'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import {
  canaries,
  DUE_MS,
  gatewayUrls,
  orders,
  ordersV2,
  START_MS,
  truth,
  truthfulGateway,
  truthV2,
} from './truth.ts'

export const ORIGIN = 'http://shop.example.localhost'
const LogLine = z.object({
  msg: z.string(),
  level: z.number(),
  requestId: z.string().optional(),
  err: z.unknown().optional(),
})
export type LogLine = z.infer<typeof LogLine> & { readonly text: string }

export type FuzzWorld = AsyncDisposable & {
  readonly app: Pick<Hono<Env>, 'fetch'>
  readonly journey: Journey
  readonly clock: TestClock
  readonly targets: Targets
  /** The lines written since this was last called. */
  readonly newLines: () => LogLine[]
  /** A call of the shop's backend, in process. */
  readonly merchant: (procedure: string, input: unknown) => Promise<unknown>
  /** Every order as the shop sees it; nothing but the gateway's word may change it (S-09). */
  readonly books: () => Promise<string>
}

type Outside = { readonly gateway?: Http; readonly shop?: Http }
const kindShop: Http = async () => ({ ok: true, value: { status: 204, headers: {}, text: '' } })

/** The production server in one process, on a database of its own, with a gateway and a shop that answer from memory. */
export async function openWorld({
  gateway = truthfulGateway(),
  shop = kindShop,
}: Outside = {}): Promise<FuzzWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-fuzz-'))
  const clock = testClock(START_MS)
  const config = configOf(`file:${join(folder, 'landfall.db')}`)
  const lines: string[] = []
  const log = openLog('info', { write: (line) => void lines.push(line) })
  const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
  const deps: Deps = {
    config,
    secrets: openSecrets(config.secrets),
    clock,
    log,
    store,
    random: realRandom,
    gateways: openGateways(config, { http: gateway, nowMs: clock.monotonicMs, log }),
    http: shop,
    changes: localChanges(),
    metrics: openMetrics(),
  }
  const journey = await startJourney(deps)
  const app = createApp(journey, null)
  const merchant = merchantOf(app)
  const tokens = await registerAll(merchant)
  return {
    app,
    journey,
    clock,
    merchant,
    targets: {
      orderIds: Object.keys({ ...orders, ...ordersV2 }),
      paymentIds: [
        ...truth.map(({ imp_uid: paymentId }) => String(paymentId)),
        ...truthV2.map(({ transactionId }) => transactionId),
      ],
      tokens,
      merchantKey: canaries.merchantKey,
    },
    newLines: () => lines.splice(0).map(readLine),
    books: () => booksOf(merchant),
    [Symbol.asyncDispose]: async () => {
      await journey.stop()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What of an order is a fact. Whether a notice has arrived yet is not. */
const Book = z.object({
  orderId: z.string(),
  status: z.string(),
  balance: z.number(),
  review: z.unknown(),
  payments: z.array(z.unknown()),
  notices: z.array(z.object({ id: z.string(), sequence: z.number() })),
})
const booksOf = async (merchant: FuzzWorld['merchant']): Promise<string> => {
  const asked = Object.keys({ ...orders, ...ordersV2 }).map((orderId) => merchant('orders.get', { orderId }))
  return JSON.stringify((await Promise.all(asked)).map((order) => Book.parse(order)))
}
const Registered = z.object({ returnUrl: z.string() })

/** Registers the orders, looks each of them up, and gives their links' tokens. */
async function registerAll(merchant: FuzzWorld['merchant']): Promise<string[]> {
  const tokens: string[] = []
  for (const [orderId, amount] of Object.entries({ ...orders, ...ordersV2 })) {
    const gateway = orderId in ordersV2 ? 'portone-v2' : 'portone-v1'
    const input = { orderId, name: '드립백', amount, expiresAt: DUE_MS, gateway }
    const { returnUrl } = Registered.parse(await merchant('orders.register', input))
    tokens.push(returnUrl.split('/').at(-1) ?? '')
    await merchant('orders.reconcile', { orderId })
  }
  return tokens
}

const Answered = z.object({ result: z.object({ data: z.unknown() }) })

const merchantOf =
  (app: Pick<Hono<Env>, 'fetch'>) =>
  async (procedure: string, input: unknown): Promise<unknown> => {
    const isQuery = /\.(get|list)$/.test(procedure)
    const query = isQuery ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
    const answer = await app.fetch(
      new Request(`${ORIGIN}/trpc/${procedure}${query}`, {
        method: isQuery ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${canaries.merchantKey}`, 'content-type': 'application/json' },
        ...(isQuery ? {} : { body: JSON.stringify(input) }),
      }),
    )
    const read = Answered.safeParse(await answer.json())
    if (!read.success) throw new Error(`${procedure} answers ${answer.status}`)
    return read.data.result.data
  }

/** One line of the log: JSON on a line of its own, no sign in it that a terminal acts upon. */
function readLine(text: string): LogLine {
  if (!text.endsWith('\n') || /[\p{Cc}\u2028\u2029]/u.test(text.slice(0, -1)))
    throw new Error(`a log line with control characters: ${JSON.stringify(text)}`)
  return { ...LogLine.parse(JSON.parse(text)), text }
}

function configOf(databaseUrl: string): Config {
  const read = readConfig({
    PUBLIC_URL: ORIGIN,
    DATABASE_URL: databaseUrl,
    PORTONE_V1_URL: gatewayUrls.v1,
    PORTONE_V1_KEY: canaries.gatewayKey,
    PORTONE_V1_SECRET: canaries.gatewaySecret,
    PORTONE_V2_URL: gatewayUrls.v2,
    PORTONE_V2_SECRET: canaries.apiSecret,
    PORTONE_V2_STORE_ID: V2_STORE_ID,
    PORTONE_V2_WEBHOOK_SECRETS: `${canaries.webhookSecret} ${canaries.secondWebhookSecret}`,
    MERCHANT_API_KEYS: canaries.merchantKey,
    TOKEN_SECRET: canaries.tokenSecret,
    NOTIFY_URL: 'https://shop.example/notices',
    NOTIFY_SECRETS: canaries.noticeSecret,
    SHOP_URL: 'https://shop.example/',
    GATEWAY_CALLS_PER_SECOND: '1000000',
    CLAIMS_UNKNOWN_MAX: '2000',
  })
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}
