import { setTimeout as pause } from 'node:timers/promises'
import type { BuiltServers } from './built-servers.ts'
import { everyPoint, lastWords, points, type Point } from './points.ts'
import { startServer, type ServerProcess, type World } from './server-process.ts'

export type Tally = {
  kills: number
  bothAtOnce: number
  whileStarting: number
  /** How many of the kills were at each point. */
  readonly atPoints: Record<Point, number>
  readonly unexpected: string[]
}

export const nothingYet = (): Tally => ({
  kills: 0,
  bothAtOnce: 0,
  whileStarting: 0,
  atPoints: { committed: 0, before_2xx: 0, cancelled: 0, told: 0 },
  unexpected: [],
})

/** How a life may end: at any moment, or at a point that the server passes. */
export type End = 'random' | Point
export const everyEnd: readonly End[] = ['random', ...everyPoint]
export const isEnd = (text: string | undefined): text is End => everyEnd.some((end) => end === text)

/** Of lives that may end in any way, so many end at random. */
const SHARE_AT_RANDOM = 0.5
/** Of so many lives that end at random one dies while it starts, and one takes the other with it: in turn, so that a short run meets both. */
const TURNS = 9
const WHILE_STARTING = 2
const BOTH_AT_ONCE = 5
/** Within this a server is certainly still starting, or has just come up. */
const STARTING_MS_MAX = 500
const LIVES_MS_MIN = 30
const LIVES_MS_MAX = 380
/** How long a life waits for its point: one is passed only when somebody comes that way. */
const POINT_WAIT_MS = 6_000
const settings = {
  WORK_LEASE_MS: '2500',
  LOOKUP_TIMEOUT_MS: '2000',
  // Whoever is killed with a cancel on its way leaves it unknown: the next one looks for so long before it is sent again (S-24).
  CANCEL_SETTLE_MS: '3000',
  NOTIFY_TIMEOUT_MS: '2000',
  SWEEP_INTERVAL_MS: '200',
  SWEEP_LIST_EVERY_MS: '2000',
}

/** The server processes, which are killed and started again, each in its own rhythm and sometimes all at once. */
export class KilledServers {
  readonly #world: World
  readonly #built: BuiltServers
  readonly #ports: readonly number[]
  readonly #random: () => number
  readonly #tally: Tally
  readonly #alive = new Map<number, ServerProcess>()
  #turn = 0

  constructor(
    world: World,
    built: BuiltServers,
    ports: readonly number[],
    random: () => number,
    tally: Tally,
  ) {
    this.#world = world
    this.#built = built
    this.#ports = ports
    this.#random = random
    this.#tally = tally
  }

  /** One life that ends in peace: only then does it leave its compiled modules to the others, a quarter of a start's time. */
  async compile(): Promise<void> {
    const server = this.#start(this.#ports[0] ?? 0)
    await this.#rises(server)
    server.signal('SIGTERM')
    await server.ended
  }

  async torment(ends: readonly End[], isOver: () => boolean, progress: () => void): Promise<void> {
    await Promise.all(
      this.#ports.map(async (port) => {
        while (!isOver()) {
          const end = this.#nextEnd(ends)
          await (end === 'random' ? this.#live(port) : this.#liveUntil(port, end))
          this.#tally.kills += 1
          progress()
        }
      }),
    )
  }

  /** Half the lives at random, the others at the point that was met least. */
  #nextEnd(ends: readonly End[]): End {
    const { atPoints } = this.#tally
    const [rarest] = everyPoint
      .filter((point) => ends.includes(point))
      .toSorted((a, b) => atPoints[a] - atPoints[b])
    if (rarest === undefined) return 'random'
    return ends.includes('random') && this.#random() < SHARE_AT_RANDOM ? 'random' : rarest
  }

  /** One life: from its start to its kill. */
  async #live(port: number): Promise<void> {
    const server = this.#start(port)
    const turn = (this.#turn += 1) % TURNS
    if (turn === WHILE_STARTING) {
      this.#tally.whileStarting += 1
      await pause(this.#random() * STARTING_MS_MAX)
    } else if (await this.#rises(server))
      await pause(LIVES_MS_MIN + this.#random() * (LIVES_MS_MAX - LIVES_MS_MIN))
    if (turn === BOTH_AT_ONCE) {
      this.#tally.bothAtOnce += 1
      this.end()
    }
    await this.#kill(server)
  }

  /** A life that ends by itself, at a passage of its point. */
  async #liveUntil(port: number, point: Point): Promise<void> {
    const passages = 1 + Math.floor(this.#random() * points[point].passagesMax)
    const server = this.#start(port, [this.#built.points, point, String(passages)])
    if (await this.#rises(server))
      await Promise.race([server.ended, pause(POINT_WAIT_MS, undefined, { ref: false })])
    await this.#kill(server)
    if (server.complaint().includes(lastWords(point))) this.#tally.atPoints[point] += 1
  }

  async #kill(server: ServerProcess): Promise<void> {
    server.signal('SIGKILL')
    const { signal, code } = await server.ended
    if (signal !== 'SIGKILL')
      this.#tally.unexpected.push(`a server ended by itself with ${code}: ${server.complaint()}`)
  }

  #start(port: number, what: readonly string[] = [this.#built.main]): ServerProcess {
    const server = startServer(this.#world, port, settings, [], what)
    this.#alive.set(port, server)
    return server
  }

  /** False when it was killed before it was up; one that did not start is remembered. */
  async #rises(server: ServerProcess): Promise<boolean> {
    if (await server.ready()) return true
    if (server.isRunning()) this.#tally.unexpected.push('a server did not answer in time')
    return false
  }

  async heal(): Promise<void> {
    for (const port of this.#ports)
      if (!(await this.#start(port).ready()))
        this.#tally.unexpected.push(`a server did not start: ${this.#alive.get(port)?.complaint()}`)
  }

  /** Whatever lives now dies now. */
  end(): void {
    for (const server of this.#alive.values()) server.signal('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#alive.values()].map((server) => server[Symbol.asyncDispose]()))
  }
}
