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
import { openHttp, type Http } from '../src/gateway/http.ts'
import { portoneV1 } from '../src/gateway/portone-v1.ts'
import { startJourney, type Journey } from '../src/journey/journey.ts'
import { openLog } from '../src/log.ts'
import { openMetrics } from '../src/metrics.ts'
import type { Env } from '../src/requests.ts'
import { openDatabase, StorageUnavailable, type Database } from '../src/store/db.ts'
import type { AppRouter } from '../src/trpc/router.ts'
import { breathe, testClock } from './clock.ts'
import { freshDatabase, type Engine } from './fresh-database.ts'
import { listen, startReceiver } from './receiver.ts'
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
    const life = lifeOf(disk)
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

/** Calls on their way out: what a test counts, and what time waits for. */
function trafficOf(nowMs: () => number, written: Written) {
  const sent: Array<{
    readonly method: string
    readonly path: string
    readonly body: string
    readonly atMs: number
  }> = []
  const underWay = new Map<string, number>()
  /** When each call under way began, in real time. */
  const begun = new Set<{ readonly atMs: number }>()
  const most = new Map<string, number>()
  const faster = new Map<string, () => Promise<unknown>>()
  const through =
    (http: Http): Http =>
    async (request) => {
      const path = new URL(request.url).pathname
      const happens = faster.get(`${request.method} ${path}`)
      faster.delete(`${request.method} ${path}`)
      await happens?.()
      sent.push({ method: request.method, path, body: request.body ?? '', atMs: nowMs() })
      written.given(`${JSON.stringify(request.headers)} ${request.body ?? ''}`)
      if (path === '/notices') written.write('notices', request.body ?? '')
      const now = (underWay.get(path) ?? 0) + 1
      underWay.set(path, now)
      most.set(path, Math.max(most.get(path) ?? 0, now))
      const call = { atMs: performance.now() }
      begun.add(call)
      try {
        const answer = await http(request)
        if (answer.ok) written.given(answer.value.text)
        return answer
      } finally {
        begun.delete(call)
        underWay.set(path, (underWay.get(path) ?? 1) - 1)
      }
    }
  const busy = (): boolean => [...begun].some(({ atMs }) => performance.now() - atMs < PATIENCE_MS)
  /** World time stands still while an answer is on its way, but not for a gateway that never gives one. */
  const quiet = async (): Promise<void> => {
    do await breathe()
    while (busy())
  }
  return {
    sent,
    through,
    quiet,
    atOnce: (path: string) => most.get(path) ?? 0,
    beatNext: (call: string, happens: () => Promise<unknown>) => void faster.set(call, happens),
  }
}
/** In real time: an answer may take this long on a busy machine, and only a call that hangs takes longer. */
const PATIENCE_MS = 150

/** A process that can be killed: once dead it writes nothing and calls nobody, and none of its promises ever comes true. */
function lifeOf(disk: { readonly fails: boolean }) {
  let dead = false
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
  return {
    end: () => {
      dead = true
    },
    holds: (store: Database): Database => ({
      ...store,
      atomically: async (writes) => {
        if (disk.fails) throw new StorageUnavailable('disk I/O error')
        const outcome = dead ? await never<'done'>() : await store.atomically(writes)
        return dead ? never<'done'>() : outcome
      },
    }),
    uses:
      (http: Http): Http =>
      async (request) => {
        const answer = dead ? await never<Awaited<ReturnType<Http>>>() : await http(request)
        return dead ? never<Awaited<ReturnType<Http>>>() : answer
      },
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
