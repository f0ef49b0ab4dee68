import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { disagreements, readBooks, type Witnesses } from './books.ts'
import { shop, type Street } from './customers.ts'
import { lastWords, points, type Point } from './points.ts'
import { seeded } from './seeded.ts'
import { freePort, gatewayKeys, startServer, type ServerProcess, type World } from './server-process.ts'
import { openShopBackend } from './shop-backend.ts'

export type KillOptions = {
  readonly cycles: number
  readonly seed: number
  /** Null: an SQLite file of its own, removed at the end. */
  readonly databaseUrl: string | null
  /** Points at which servers kill themselves, each so often at least; other lives end at random, or none do. */
  readonly at: readonly Point[]
  readonly eachPoint: number
  readonly alsoAtRandom: boolean
  readonly progress: (done: number, text: string) => void
  readonly signal?: AbortSignal
}

export type KillReport = {
  readonly kills: number
  readonly bothAtOnce: number
  readonly whileStarting: number
  /** How many of the kills were at each point. */
  readonly atPoints: Readonly<Record<Point, number>>
  readonly orders: number
  readonly payments: number
  readonly webhooksAcknowledged: number
  readonly webhooksLost: number
  readonly noticesHeard: number
  readonly repeats: number
  readonly seconds: number
  readonly healedSeconds: number
  readonly disagreements: readonly string[]
}

const SERVERS = 2
const CUSTOMERS = 8
/** L-02: everything is true again a minute after the faults stop. */
const HEAL_MS_MAX = 60_000
const LIVES_MS_MAX = 350
/** How long a life waits for its point: one is passed only when somebody comes that way. */
const POINT_WAIT_MS = 6_000
const pointsServer = fileURLToPath(new URL('points-server.ts', import.meta.url))
const settings = {
  WORK_LEASE_MS: '2500',
  LOOKUP_TIMEOUT_MS: '2000',
  NOTIFY_TIMEOUT_MS: '2000',
  SWEEP_INTERVAL_MS: '200',
  SWEEP_LIST_EVERY_MS: '2000',
}

type Tally = {
  kills: number
  bothAtOnce: number
  whileStarting: number
  readonly atPoints: Record<Point, number>
  readonly unexpected: string[]
}

const nothingYet = (): Tally => ({
  kills: 0,
  bothAtOnce: 0,
  whileStarting: 0,
  atPoints: { committed: 0, before_2xx: 0, cancelled: 0, told: 0 },
  unexpected: [],
})

/**
 * Real server processes on one database, killed at random moments under mixed load; afterwards our books, the gateway's and the receiver's are
 * compared to the won (C-01 … C-04). The same seed makes the same customers and the same intentions to kill; the machine does the rest.
 */
export async function proveKills(options: KillOptions): Promise<KillReport> {
  const startedAtMs = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'landfall-kill-'))
  const random = seeded(options.seed)
  const tally = nothingYet()
  try {
    await using gateway = await startSandbox(gatewayKeys)
    await using backend = await openShopBackend(() => random() < 0.02)
    const databaseUrl = options.databaseUrl ?? `file:${join(folder, 'landfall.db')}`
    const world: World = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: backend.url }
    const ports = await Promise.all(Array.from({ length: SERVERS }, freePort))
    const isOver = (): boolean =>
      isEnough(tally, options) || options.signal?.aborted === true || tally.unexpected.length > 0
    const street: Street = {
      gateway,
      urls: ports.map((port) => `http://127.0.0.1:${port}`),
      random,
      promised: { orders: new Map(), cancels: new Map() },
      isOpen: () => !isOver(),
    }
    await using servers = new Servers(world, ports, random, tally, options)
    const customers = Promise.all(
      Array.from({ length: CUSTOMERS }, (_, at) => shop(street, `s${options.seed}-c${at}`)),
    )
    await servers.torment(isOver, () => {
      const named = options.at.map((point) => `, ${tally.atPoints[point]} ${point}`).join('')
      options.progress(tally.kills, `${street.promised.orders.size} orders${named}`)
    })
    await servers.heal()
    await customers
    await gateway.settled()
    const healingSinceMs = Date.now()
    const witnesses = { gateway, told: backend.told, promised: street.promised }
    const wrong = await agree(databaseUrl, witnesses, options.signal)
    const seconds = {
      seconds: (Date.now() - startedAtMs) / 1000,
      healedSeconds: (Date.now() - healingSinceMs) / 1000,
    }
    if (backend.forged() > 0) wrong.push('notices with a wrong signature')
    return { ...reportOf(tally, witnesses), ...seconds, disagreements: [...tally.unexpected, ...wrong] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function isEnough({ kills, atPoints }: Tally, { cycles, at, eachPoint }: KillOptions): boolean {
  return kills >= cycles && at.every((point) => atPoints[point] >= eachPoint)
}

/** What was met on the way: a run in which nothing was lost and nothing killed proves nothing. */
function reportOf({ unexpected: _, ...met }: Tally, { gateway, told, promised }: Witnesses) {
  const answered = gateway.webhooks()
  const ids = new Set(told.map(({ id }) => id))
  return {
    ...met,
    orders: promised.orders.size,
    payments: gateway.payments().length,
    webhooksAcknowledged: answered.filter((each) => each.status === 200).length,
    webhooksLost: answered.filter((each) => each.status !== 200).length,
    noticesHeard: ids.size,
    repeats: told.length - ids.size,
  }
}

/** Compares until nothing disagrees any more, or the time to heal is over: then what still does is the answer. */
async function agree(databaseUrl: string, witnesses: Witnesses, signal?: AbortSignal): Promise<string[]> {
  for (const giveUpAtMs = Date.now() + HEAL_MS_MAX; ; await pause(500)) {
    const wrong = disagreements(await readBooks(databaseUrl), witnesses)
    if (wrong.length === 0 || Date.now() > giveUpAtMs || signal?.aborted === true) return wrong
  }
}

/** The server processes, which are killed and started again, each in its own rhythm and sometimes all at once. */
class Servers {
  readonly #world: World
  readonly #ports: readonly number[]
  readonly #random: () => number
  readonly #tally: Tally
  readonly #options: KillOptions
  readonly #alive = new Map<number, ServerProcess>()

  constructor(
    world: World,
    ports: readonly number[],
    random: () => number,
    tally: Tally,
    options: KillOptions,
  ) {
    this.#world = world
    this.#ports = ports
    this.#random = random
    this.#tally = tally
    this.#options = options
  }

  async torment(isOver: () => boolean, progress: () => void): Promise<void> {
    await Promise.all(
      this.#ports.map(async (port) => {
        while (!isOver()) {
          const point = this.#nextPoint()
          await (point === null ? this.#live(port) : this.#liveUntil(port, point))
          progress()
        }
      }),
    )
  }

  /** One life: from its start to its kill. */
  async #live(port: number): Promise<void> {
    const tally = this.#tally
    const server = this.#start(port)
    const dies = this.#random()
    if (dies < 0.08) {
      tally.whileStarting += 1
      await pause(this.#random() * 900)
    } else if (!(await server.ready()) && server.complaint() !== '') {
      tally.unexpected.push(`a server did not start: ${server.complaint()}`)
    } else await pause(30 + this.#random() * LIVES_MS_MAX)
    if (dies > 0.88) {
      tally.bothAtOnce += 1
      for (const other of this.#alive.values()) other.signal('SIGKILL')
    }
    server.signal('SIGKILL')
    const { signal, code } = await server.ended
    if (signal !== 'SIGKILL')
      tally.unexpected.push(`a server ended by itself with ${code}: ${server.complaint()}`)
    tally.kills += 1
  }

  /** The point that was met least; every other life ends at random, where any does. */
  #nextPoint(): Point | null {
    const { at, alsoAtRandom } = this.#options
    if (alsoAtRandom && this.#random() < 0.5) return null
    const { atPoints } = this.#tally
    return at.toSorted((a, b) => atPoints[a] - atPoints[b])[0] ?? null
  }

  /** A life that ends by itself, at a passage of its point. */
  async #liveUntil(port: number, point: Point): Promise<void> {
    const tally = this.#tally
    const passages = 1 + Math.floor(this.#random() * points[point].passagesMax)
    const server = this.#start(port, [pointsServer, point, String(passages)])
    if (await server.ready())
      await Promise.race([server.ended, pause(POINT_WAIT_MS, undefined, { ref: false })])
    server.signal('SIGKILL')
    const { signal, code } = await server.ended
    if (signal !== 'SIGKILL')
      tally.unexpected.push(`a server ended by itself with ${code}: ${server.complaint()}`)
    if (server.complaint().includes(lastWords(point))) tally.atPoints[point] += 1
    tally.kills += 1
  }

  #start(port: number, what?: readonly string[]): ServerProcess {
    const server = startServer(this.#world, port, settings, [], what)
    this.#alive.set(port, server)
    return server
  }

  async heal(): Promise<void> {
    for (const port of this.#ports) {
      const server = this.#start(port)
      if (!(await server.ready()))
        this.#tally.unexpected.push(`a server did not start: ${server.complaint()}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#alive.values()].map((server) => server[Symbol.asyncDispose]()))
  }
}
