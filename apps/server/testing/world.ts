import { startSandbox, type Sandbox } from '@landfall/gateway-sandbox'
import { createTRPCClient, httpLink } from '@trpc/client'
import { Hono } from 'hono'
import { copyFileSync, rmSync } from 'node:fs'
import { expect } from 'vitest'
import { createApp } from '../src/app.ts'
import type { Asked } from '../src/door.ts'
import type { Served } from '../src/front-door.ts'
import { readConfig, type Config } from '../src/config.ts'
import { realRandom, sharedChanges, type Deps } from '../src/deps.ts'
import { openHttp } from '../src/gateway/http.ts'
import { portoneV1 } from '../src/gateway/portone-v1.ts'
import { startJourney, type Journey } from '../src/journey/journey.ts'
import { openLog } from '../src/log.ts'
import { openMetrics } from '../src/metrics.ts'
import type { Env } from '../src/requests.ts'
import { openDatabase } from '../src/store/db.ts'
import type { AppRouter } from '../src/trpc/router.ts'
import { testClock } from './clock.ts'
import { freshDatabase, type Engine } from './fresh-database.ts'
import { lifeOf } from './life.ts'
import { listen, startReceiver } from './receiver.ts'
import { trafficOf } from './traffic.ts'
import { answersWrittenTo, canary, writing, type Written } from './written.ts'

export const merchantKey = canary('merchant key')
export const noticeSecret = canary('notice secret')

type Options = {
  /** Added to the environment the server reads. */
  readonly env?: Readonly<Record<string, string>>
  readonly engine?: Engine
}

/**
 * A shop's world in one process: the sandbox, the server over real HTTP on a real database, the shop's receiver, and one clock for all that stands
 * still until the test moves it.
 */
export async function startWorld({ env = {}, engine = 'sqlite' }: Options = {}) {
  const clock = testClock(Date.UTC(2026, 10, 2, 3, 0, 0))
  const database = await freshDatabase(engine)
  const { currentTestName = '', testPath = '' } = expect.getState()
  const written = writing(/\/proof\//.test(testPath) ? 'proof' : 'test')
  const gateway = await gatewayOf(clock.nowMs)
  const receiver = await startReceiver(noticeSecret, clock.nowMs)
  const door = doorOf()
  const listening = { ServerResponse: answersWrittenTo(written) }
  const { server, port } = await listen(door, listening)
  const url = `http://127.0.0.1:${port}`
  const config = configOf({
    url,
    databaseUrl: database.url,
    gatewayUrl: gateway.url,
    noticeUrl: receiver.url,
    env,
    written,
  })
  const logs: string[] = []
  const log = openLog('debug', {
    write: (line) => {
      logs.push(line)
      written.write('logs', line)
    },
  })
  const traffic = trafficOf(clock.nowMs, written)
  const disk = { fails: false }
  const load = { lagMs: 0 }
  const start = async (into = door): Promise<Running> => {
    const life = lifeOf(disk, traffic.during)
    const outward = openHttp()
    const toShop = openHttp({ publicOnly: config.notify?.allowPrivate !== true })
    const stored = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
    const [store, http] = [life.holds(stored), life.uses(traffic.through(outward.http))]
    const portone = portoneV1(
      { ...config.portone, lookupTimeoutMs: config.lookupTimeoutMs },
      http,
      clock.nowMs,
    )
    const deps: Deps = {
      config,
      clock,
      random: realRandom,
      log,
      store,
      gateway: portone,
      http: life.uses(traffic.through(toShop.http)),
      changes: sharedChanges(stored),
      metrics: openMetrics(),
    }
    const journey = await startJourney(deps)
    into.open(createApp(journey, null, () => load.lagMs))
    const close = async (): Promise<void> => {
      await stored.close()
      await outward.close()
      await toShop.close()
    }
    const stop = async (): Promise<void> => {
      await journey.stop()
      await close()
    }
    const die = async (): Promise<void> => {
      life.end()
      await close()
    }
    return { journey, stop, die }
  }
  let running = await start()
  gateway.setWebhookUrl(`${url}/webhooks/portone`)

  const api = (authorization?: string) =>
    createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${url}/trpc`,
          // Nobody here sets a cookie, and what another program has set is not told on (P-03).
          headers: { cookie: canary('cookie'), ...(authorization === undefined ? {} : { authorization }) },
        }),
      ],
    })
  /** Moves the clock in small steps until something holds; fails when it does not within `withinMs` of the world's time. */
  const until = async (
    what: string,
    holds: () => Promise<boolean> | boolean,
    withinMs = 30_000,
    stepMs = 100,
  ): Promise<number> => {
    const startedAtMs = clock.nowMs()
    for (;;) {
      await traffic.quiet()
      if (await holds()) return clock.nowMs() - startedAtMs
      if (clock.nowMs() - startedAtMs > withinMs)
        throw new Error(`${what}: not within ${withinMs} ms\n${logs.slice(-15).join('')}`)
      await clock.advance(stepMs)
    }
  }
  /** Lets time pass in which nothing in particular is expected; what falls due is worked on at its moment. */
  const pass = async (ms: number, stepMs = 1_000): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      await traffic.quiet()
      await clock.advance(Math.min(left, stepMs))
    }
    await traffic.quiet()
  }
  return {
    url,
    clock,
    gateway,
    receiver,
    config,
    logs,
    merchant: api(`Bearer ${merchantKey}`),
    anyone: api(),
    until,
    pass,
    /** What this side has sent, to the gateway and to the shop, oldest first. */
    sent: traffic.sent,
    /** How many calls to one address were ever under way at once. */
    atOnce: traffic.atOnce,
    /** What happens while the next `METHOD /path` is on its way, before it arrives. */
    beatNext: traffic.beatNext,
    deps: () => running.journey.deps,
    journey: () => running.journey,
    /** A disk that takes nothing any more, until it does again. */
    failDisk: (fails: boolean) => {
      disk.fails = fails
    },
    /** An event loop that runs late by so much. */
    lag: (ms: number) => {
      load.lagMs = ms
    },
    /** Starts a second server on the same database. */
    startPeer: async () => {
      const own = doorOf()
      const listened = await listen(own, listening)
      const peer = await start(own)
      return {
        url: `http://127.0.0.1:${listened.port}`,
        journey: peer.journey,
        [Symbol.asyncDispose]: async () => {
          await peer.stop()
          await new Promise<void>((resolve) => void listened.server.close(() => resolve()))
        },
      }
    },
    /** Ends the server as `kill -9` does, in the middle of whatever it is doing, and starts another on the same database. */
    crash: async () => {
      await running.die()
      running = await start()
    },
    /** Stops the server, puts another database file in the place of its own, and starts it again (C-09). */
    replaceFile: async (file: string) => {
      await running.stop()
      const own = config.databaseUrl.replace(/^file:/, '')
      for (const part of ['-wal', '-shm']) rmSync(`${own}${part}`, { force: true })
      copyFileSync(file, own)
      running = await start()
    },
    /** Stops the server as SIGTERM does and starts another on the same database. */
    restart: async () => {
      await running.stop()
      running = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]()
      written.write('metrics', await running.journey.deps.metrics.text())
      await running.stop()
      await receiver.close()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
      await database[Symbol.asyncDispose]()
      written.keep(currentTestName)
    },
  }
}
export type World = Awaited<ReturnType<typeof startWorld>>

type Running = {
  readonly journey: Journey
  readonly stop: () => Promise<void>
  readonly die: () => Promise<void>
}

/** The gateway of a customer whose name, address and card are canaries, unless a test says otherwise. */
async function gatewayOf(nowMs: () => number): Promise<Sandbox> {
  const sandbox = await startSandbox({
    port: 0,
    nowMs,
    key: canary('gateway key'),
    secret: canary('gateway secret'),
    tokensBegin: canary('gateway access token'),
  })
  const buyer = {
    buyerName: canary('buyer’s name'),
    buyerEmail: canary('buyer’s e-mail'),
    buyerTel: canary('buyer’s phone'),
  }
  return {
    ...sandbox,
    open: (request) => sandbox.open({ ...buyer, ...request }),
    approve: (impUid, means) => sandbox.approve(impUid, { cardNumber: '9410120000000008', ...means }),
  }
}

/** The server's address outlives its restarts. */
function doorOf() {
  let app: Served = { fetch: new Hono<Env>().fetch, enter: () => null }
  return {
    fetch: (request: Request, sockets?: object) => app.fetch(request, sockets),
    enter: (asked: Asked) => app.enter(asked),
    open: (opened: Served) => {
      app = opened
    },
  }
}

function configOf(at: {
  url: string
  databaseUrl: string
  gatewayUrl: string
  noticeUrl: string
  env: Readonly<Record<string, string>>
  written: Written
}): Config {
  const environment = {
    PUBLIC_URL: at.url,
    DATABASE_URL: at.databaseUrl,
    PORTONE_V1_URL: at.gatewayUrl,
    PORTONE_V1_KEY: canary('gateway key'),
    PORTONE_V1_SECRET: canary('gateway secret'),
    MERCHANT_API_KEYS: `${merchantKey} ${canary('second merchant key')}`,
    TOKEN_SECRET: `${canary('token secret')} ${canary('older token secret')}`,
    NOTIFY_URL: at.noticeUrl,
    NOTIFY_SECRETS: noticeSecret,
    NOTIFY_ALLOW_PRIVATE: 'true',
    SHOP_URL: 'https://shop.example/',
    LOOKUP_TIMEOUT_MS: '500',
    ...at.env,
  }
  at.written.given(JSON.stringify(environment))
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}
