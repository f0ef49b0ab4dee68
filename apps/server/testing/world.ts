import { createTRPCClient, httpLink } from '@trpc/client'
import { copyFileSync, rmSync } from 'node:fs'
import { expect } from 'vitest'
import { createApp } from '../src/http/app.ts'
import { readConfig, type Config } from '../src/config/config.ts'
import { realRandom, sharedChanges, type Deps } from '../src/deps.ts'
import { openGateways } from '../src/gateway/gateways.ts'
import { startJourney, type Journey } from '../src/journey/journey.ts'
import { openLog } from '../src/log/log.ts'
import { openMetrics } from '../src/log/metrics.ts'
import { openSecrets } from '../src/config/secrets.ts'
import type { AppRouter } from '../src/http/trpc/router.ts'
import { signAtOnce } from '../verification/simulation/signing.ts'
import { testClock, type TestClock } from './clock.ts'
import { doorOf, openDoor } from './doorway.ts'
import { gatewayOf } from './gateway.ts'
import { atRest } from './in-flight.ts'
import { lifeOf } from './life.ts'
import { go, httpWithin, newOrigin } from './network.ts'
import { openReceiver } from './receiver.ts'
import { openStorage, type Storage, type StorageKind } from './storage.ts'
import { trafficOf } from './traffic.ts'
import { sandboxStoreId } from './windows.ts'
import { canary, writing, type Written } from './written.ts'

export const merchantKey = canary('merchant key')
export const noticeSecret = canary('notice secret')

signAtOnce()

/** The interval of a test's condition checks, in test time. */
const LOOK_EVERY_MS = 100
/** The most steps between two checks. */
const QUIET_STEPS = 5

type Options = {
  /** The configured protocols: V1 alone, V2 alone, or both. */
  readonly gateways?: 'v1' | 'v2' | 'both'
  /** Added to the environment the server reads. */
  readonly env?: Readonly<Record<string, string>>
  /** The storage engine, or a database that has rows; in memory unless that is the test's subject. */
  readonly engine?: StorageKind
  /** Serves HTTP on a real loopback socket, for tests whose subject is HTTP itself. */
  readonly sockets?: boolean
  /** A fixed jitter fraction, for tests whose subject is timing. */
  readonly fraction?: number
}

/**
 * Starts a shop's world in one process: the sandbox, the server, the shop's receiver, and one clock that advances only when the test advances it or
 * waits for an answer. Calls between them are function calls, so only a database engine takes real time.
 */
export async function startWorld({
  gateways = 'v1',
  env = {},
  engine = 'memory',
  sockets = false,
  fraction,
}: Options = {}) {
  const clock = testClock(Date.UTC(2026, 10, 2, 3, 0, 0))
  const storage = await openStorage(engine)
  const { currentTestName = '', testPath = '' } = expect.getState()
  const written = writing(/\/verification\//.test(testPath) ? 'proof' : 'test')
  const gateway = gatewayOf(clock)
  const receiver = openReceiver(noticeSecret, clock)
  const door = doorOf()
  const entrance = await openDoor(door, { clock, written, sockets, origin: newOrigin() })
  const { url } = entrance
  const own = { ...(gateways === 'v2' ? {} : v1Of(gateway)), ...(gateways === 'v1' ? {} : v2Of(gateway)) }
  const config = configOf({ url, storage, noticeUrl: receiver.url, env: { ...own, ...env }, written })
  const logs: string[] = []
  const traffic = trafficOf(clock.nowMs, written)
  const disk = { fails: false }
  const load = { lagMs: 0 }
  const log = openLog('debug', {
    write: (line) => {
      logs.push(line)
      written.write('logs', line)
    },
  })
  const start = async (into = door): Promise<Running> => {
    const life = lifeOf(disk)
    const stored = await storage.open()
    const http = life.uses(traffic.through(httpWithin(clock)))
    const deps: Deps = {
      config,
      secrets: openSecrets(config.secrets),
      clock,
      random: fraction === undefined ? realRandom : { ...realRandom, fraction: () => fraction },
      log,
      store: life.holds(stored),
      gateways: openGateways(config, { http, nowMs: clock.monotonicMs, log }),
      http,
      changes: sharedChanges(stored),
      metrics: openMetrics(),
    }
    const journey = await startJourney(deps)
    into.open(createApp(journey, null, () => load.lagMs))
    const stop = async (): Promise<void> => {
      await clock.answered(journey.stop())
      await stored.close()
    }
    const die = async (): Promise<void> => {
      life.end()
      await stored.close()
    }
    return { journey, stop, die }
  }
  let running = await start()
  gateway.setWebhookUrl(`${url}/webhooks/portone`)

  return {
    url,
    clock,
    gateway,
    receiver,
    config,
    logs,
    merchant: callerOf(url, `Bearer ${merchantKey}`),
    anyone: callerOf(url),
    ...waitingOn(clock, logs),
    /** The server's requests to the gateway and the shop, oldest first. */
    sent: traffic.sent,
    /** The most concurrent calls to one path. */
    atOnce: traffic.atOnce,
    /** Runs a callback before the next `METHOD /path` request is sent. */
    beatNext: traffic.beatNext,
    deps: () => running.journey.deps,
    journey: () => running.journey,
    /** Makes all writes fail until called with false. */
    failDisk: (fails: boolean) => {
      disk.fails = fails
    },
    /** Sets the reported event-loop lag. */
    lag: (ms: number) => {
      load.lagMs = ms
    },
    /** Starts a second server on the same database. */
    startPeer: async () => {
      const own = doorOf()
      const opened = await openDoor(own, { clock, written, sockets, origin: newOrigin() })
      const peer = await start(own)
      return {
        url: opened.url,
        journey: peer.journey,
        [Symbol.asyncDispose]: async () => {
          await peer.stop()
          await opened.close()
        },
      }
    },
    /** Kills the server as `kill -9` does, and starts another on the same database. */
    crash: async () => {
      await running.die()
      running = await start()
    },
    /** Stops the server, replaces its database file, and starts it again (C-09). */
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
      receiver[Symbol.dispose]()
      await entrance.close()
      await atRest()
      await storage[Symbol.asyncDispose]()
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

/** A client of the server's procedures: with a key the shop's backend, without one anybody. */
const callerOf = (url: string, authorization?: string) =>
  createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/trpc`,
        // A view token stands in no address (P-09).
        ...(authorization === undefined ? { methodOverride: 'POST' as const } : {}),
        fetch: (address, init) => go(String(address), { ...init, signal: init?.signal ?? null }),
        // The server sets no cookie, and must not write another program's cookie anywhere (P-03).
        headers: { cookie: canary('cookie'), ...(authorization === undefined ? {} : { authorization }) },
      }),
    ],
  })

/** Ways to advance test time. */
function waitingOn(clock: TestClock, logs: readonly string[]) {
  return {
    /** Advances time in steps of `stepMs` until the condition holds, and returns the elapsed time. Throws after `withinMs` of test time. */
    until: async (
      what: string,
      holds: () => Promise<boolean> | boolean,
      withinMs = 30_000,
      stepMs = LOOK_EVERY_MS,
    ): Promise<number> => {
      const startedAtMs = clock.nowMs()
      await atRest()
      while (!(await holds())) {
        // Without a due timer only what depends on the time itself can change, so few looks are enough.
        for (let steps = 0, hasRun = false; !hasRun && steps < QUIET_STEPS; steps += 1) {
          if (clock.nowMs() - startedAtMs > withinMs)
            throw new Error(`${what}: not within ${withinMs} ms\n${logs.slice(-15).join('')}`)
          hasRun = await clock.advance(stepMs)
        }
      }
      return clock.nowMs() - startedAtMs
    },
    /** Advances time without a condition. */
    pass: clock.advance,
  }
}

const v1Of = ({ url }: { readonly url: string }) => ({
  PORTONE_V1_URL: url,
  PORTONE_V1_KEY: canary('gateway key'),
  PORTONE_V1_SECRET: canary('gateway secret'),
})
const v2Of = ({ v2Url }: { readonly v2Url: string }) => ({
  PORTONE_V2_URL: v2Url,
  PORTONE_V2_SECRET: canary('V2 secret'),
  PORTONE_V2_STORE_ID: sandboxStoreId,
  PORTONE_V2_CHANNEL_KEY: 'channel-key-live',
  PORTONE_V2_WEBHOOK_SECRETS: canary('webhook secret'),
})

function configOf(at: {
  url: string
  storage: Storage
  noticeUrl: string
  env: Readonly<Record<string, string>>
  written: Written
}): Config {
  const environment = {
    PUBLIC_URL: at.url,
    DATABASE_URL: at.storage.url,
    MERCHANT_API_KEYS: `${merchantKey} ${canary('second merchant key')}`,
    TOKEN_SECRET: `${canary('token secret')} ${canary('older token secret')}`,
    NOTIFY_URL: at.noticeUrl,
    NOTIFY_SECRETS: noticeSecret,
    NOTIFY_ALLOW_PRIVATE: 'true',
    SHOP_URL: 'https://shop.example/',
    LOOKUP_TIMEOUT_MS: '500',
    ...(at.storage.isReal ? { SWEEP_INTERVAL_MS: '5000' } : {}),
    ...at.env,
  }
  at.written.given(JSON.stringify(environment))
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}
