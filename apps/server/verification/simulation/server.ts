import { fail, ok } from '@landfall/payment-core'
import { createApp } from '../../src/http/app.ts'
import { localChanges, type Deps } from '../../src/deps.ts'
import type { Http, HttpAnswer, HttpRequest } from '../../src/gateway/http.ts'
import { openGateways } from '../../src/gateway/gateways.ts'
import { startJourney, type Journey } from '../../src/journey/journey.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import { storeOf } from './database.ts'
import { Life } from './life.ts'
import { travel } from './network.ts'
import type { Outside } from './outside.ts'
import { configOf, logTo } from './settings.ts'
import type { ServerName } from './story.ts'

const RESTART_MS = 1_000

type App = { readonly fetch: (request: Request) => Response | Promise<Response> }

/** One of the two servers: the real application over the real store and the real client, with this world around it. */
export class SimulatedServer {
  readonly name: ServerName
  skewMs = 0
  readonly #outside: Outside
  #life: Life
  #lives = 0
  #keepsBatch = false
  #retired = false
  #app: App | null = null
  #journey: Journey | null = null

  constructor(name: ServerName, outside: Outside) {
    this.name = name
    this.#outside = outside
    this.#life = this.#newLife()
    this.#life.over = true
  }

  get isUp(): boolean {
    return this.#app !== null && !this.#life.over
  }

  get lifeId(): string {
    return this.#life.over ? '' : this.#life.id
  }

  get nowMs(): number {
    return this.#outside.agenda.nowMs + this.skewMs
  }

  /** Begins to start, unless it runs. `intervalMs` in place of the weather's: a deployment with another setting. */
  start(intervalMs?: number): void {
    if (!this.#life.over || this.#retired) return
    const life = this.#newLife()
    this.#life = life
    const deps = this.#depsOf(life, intervalMs)
    this.#outside.trace.say(this.name, this.name, `starts as ${life.id}`)
    const started = startJourney(deps).then((journey) => {
      if (life.over) return
      this.#journey = journey
      this.#app = createApp(journey, null)
      this.#outside.trace.say(this.name, this.name, 'is up')
    })
    started.catch((error: unknown) => this.#failedToStart(life, error))
  }

  /** As `kill -9` does. What was gathered for the next commit is committed all the same, or lost. */
  crash(keepsBatch: boolean): void {
    this.#markDeath()
    this.#keepsBatch = keepsBatch
    this.#life.over = true
    this.#app = null
    this.#journey = null
  }

  /** Between a commit and its answer; whoever watches over it starts it again. */
  die(): void {
    this.#outside.trace.say('world', this.name, 'kill -9, its commit is on the disk')
    this.crash(false)
    this.#outside.agenda.after(RESTART_MS, () => this.start())
  }

  /** As SIGTERM does; `then` once it is down. */
  stop(then: () => void): void {
    const [life, journey] = [this.#life, this.#journey]
    if (life.over || journey === null) return then()
    this.#app = null
    const end = (): void => {
      if (life.over) return
      this.crash(false)
      then()
    }
    journey.stop().then(end, end)
  }

  /** Dies, and nobody starts it again. */
  retire(): void {
    this.#retired = true
    this.crash(false)
  }

  /** The world ends: whatever is left of the process does nothing any more. */
  end(): void {
    this.#life.over = true
  }

  /** Until when it stands still. */
  get stalledUntilMs(): number {
    return this.#life.over ? 0 : this.#life.stalledUntilMs
  }

  /** Who is stopped again goes on no sooner than it would have. */
  stall(forMs: number): void {
    const untilMs = this.#outside.agenda.nowMs + forMs
    this.#life.stalledUntilMs = Math.max(this.#life.stalledUntilMs, untilMs)
  }

  signalWork(): void {
    this.#journey?.signalWork()
  }

  /** A request as it comes off the wire; null when nobody listens. */
  handle(request: Request): Promise<Response> | null {
    const [app, life] = [this.#app, this.#life]
    if (app === null || life.over) return null
    const leftMs = life.stalledUntilMs - this.#outside.agenda.nowMs
    const handled = (async () => {
      if (leftMs > 0) await life.wait(leftMs)
      return app.fetch(request)
    })()
    return life.guard(handled)
  }

  #markDeath(): void {
    const { marks, under } = this.#outside
    if (this.#life.over) return
    for (const path of under.forget(this.name)) marks.hit(`killed while it waited for ${kindOf(path)}`)
    if (this.#app === null) marks.hit('killed while it starts or stops')
  }

  #newLife(): Life {
    this.#lives += 1
    return new Life(`${this.name}${this.#lives}`, this.#outside, () => this.skewMs)
  }

  #failedToStart(life: Life, error: unknown): void {
    // Its storage took nothing: the process ends, and is started again as by any supervisor.
    this.#outside.trace.say(this.name, this.name, `cannot start: ${String(error)}`)
    this.#outside.marks.hit('a server cannot start: its storage takes nothing')
    if (life.over) return
    this.crash(false)
    this.#outside.agenda.after(RESTART_MS, () => this.start())
  }

  #depsOf(life: Life, intervalMs?: number): Deps {
    const outside = this.#outside
    const weather = outside.weather()
    const config = configOf({ ...weather, intervalMs: intervalMs ?? weather.intervalMs })
    const toGateway = this.#http(life, 'gateway', (request) => outside.gateway(request, this.name))
    const log = logTo((level, fields, message) => outside.marks.log(level, fields, message))
    return {
      config,
      secrets: openSecrets(config.secrets),
      clock: life.clock(),
      random: { fraction: () => outside.dice.fraction(), id: () => life.nextId() },
      log,
      store: storeOf(outside, life, () => this.#keepsBatch, this.name),
      gateways: openGateways(config, { http: toGateway, nowMs: life.clock().monotonicMs, log }),
      http: this.#http(life, 'shop', (request) => outside.shop(request)),
      changes: localChanges(),
      metrics: { count: () => undefined, set: () => undefined, text: async () => '' },
    }
  }

  /** The one way out: a call of one process, with its deadline. */
  #http(
    life: Life,
    to: 'gateway' | 'shop',
    answer: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer> | null,
  ): Http {
    const outside = this.#outside
    return (request) =>
      new Promise((resolve) => {
        if (life.over) return
        const path = new URL(request.url).pathname
        outside.under.begin(path, this.name)
        let open = true
        const end = (result: Awaited<ReturnType<Http>>): void => {
          if (!open) return
          open = false
          deadline.off = true
          if (!life.over) outside.under.end(path, this.name)
          life.after(0, () => resolve(result))
        }
        const unreachable = (cause: string) => (): void => end(fail({ kind: 'unreachable', cause }))
        const deadline = outside.agenda.after(request.deadlineMs, () => {
          if (open) outside.marks.hit(`a deadline passes at the ${to}`)
          unreachable('TimeoutError')()
        })
        travel(outside, {
          from: this.name,
          to,
          what: `${request.method} ${path}`,
          arrive: () => answer(request),
          tell: ({ status }) => String(status),
          back: (said) => end(ok(said)),
          // «Too many» is said before anything is done: of a cancel it must not stand for one that was executed.
          spoilt: (said, how) =>
            spoiltAnswer(said, how === 'busy' && path === '/payments/cancel' ? 'broken' : how),
          refused: unreachable('ECONNREFUSED'),
        })
      })
  }
}

/** An answer of a gateway or a shop in trouble: after it did what was asked. */
function spoiltAnswer(answer: HttpAnswer, how: 'broken' | 'cut' | 'busy'): HttpAnswer {
  if (how === 'cut') return { ...answer, text: answer.text.slice(0, answer.text.length >> 1) }
  return how === 'busy'
    ? { status: 429, headers: { 'retry-after': '2' }, text: '' }
    : { status: 502, headers: {}, text: 'Bad Gateway' }
}

function kindOf(path: string): string {
  if (path === '/payments/cancel') return 'a cancel'
  if (path === '/notices') return 'the shop to take a notice'
  if (path.startsWith('/users')) return 'a token'
  if (path.startsWith('/payments/status')) return 'a list'
  return path.startsWith('/payments/prepare') || path.startsWith('/vbanks') ? 'the gateway' : 'a look-up'
}
