import { Agenda, settle } from './agenda.ts'
import { noBooks, type Books } from './books.ts'
import { Dice } from './dice.ts'
import { act } from './acts.ts'
import { allWell, type Course, type Crossing } from './crossing-outcome.ts'
import { checkClosing } from './arrivals.ts'
import { watchCancels } from './cancel-watch.ts'
import { checkFences, checkGone, isTakenUp } from './settled-rows.ts'
import { checkCall, faulty, shopStatus } from './faults.ts'
import { SimulatedGateway } from './gateway.ts'
import type { Fate } from './gateway-words.ts'
import { Ledger } from './ledger.ts'
import { Marks } from './marks.ts'
import { giveBackDatabase, takeDatabase, type MemoryDatabase } from './memory.ts'
import { markChange, markCall } from './marking.ts'
import { travel } from './network.ts'
import type { Outside } from './outside.ts'
import { checkPayments } from './payment-safety.ts'
import { checkPersons } from './persons.ts'
import { checkSafety, must } from './safety.ts'
import type { Question, Said } from './people.ts'
import type { Scene } from './scene.ts'
import { SimulatedServer } from './server.ts'
import { SimulatedShop } from './shop.ts'
import { signAtOnce } from './signing.ts'
import type { Plan, ServerName } from './story.ts'
import { Trace } from './trace.ts'
import { UnderWay } from './under-way.ts'
import { clear, type Weather } from './weather.ts'

signAtOnce()

/** 2026-11-02, noon in Seoul. */
const START_MS = 1_793_588_400_000
/** Steps of one world; more is a loop that does not end (L-03). */
const STEPS_MAX = 60_000
const PATIENCE_MS = 6_000

/** Two servers, one database, a gateway, a shop and its buyers, under one seed. */
export class World implements Scene {
  readonly plan: Plan
  readonly dice: Dice
  readonly agenda: Agenda
  readonly trace: Trace
  readonly marks = new Marks()
  readonly under = new UnderWay()
  readonly ledger: Ledger
  readonly gateway: SimulatedGateway
  readonly shop = new SimulatedShop()
  readonly servers: Readonly<Record<ServerName, SimulatedServer>>
  readonly links = new Map<string, string>()
  readonly storage = { lockedUntilMs: 0, fullUntilMs: 0 }
  readonly away = { gatewayUntilMs: 0, shopUntilMs: 0, goneUntilMs: 0 }
  readonly liedAbout = new Set<string>()
  readonly laggedAbout = new Set<string>()
  readonly fates = new Map<string, Fate[]>()
  readonly spoken = new Map<string, Set<string>>()
  readonly strangers = new Map<string, string>()
  /** When each intent was first seen in the books. */
  readonly askedAtMs = new Map<string, number>()
  /** How often each intent was executed. */
  readonly executed = new Map<string, number>()
  /** Questions, in their own words, that were answered by a server. */
  readonly answered = new Set<string>()
  books: Books = noBooks
  healed = false
  leapt = false
  aheadMs = 0
  steps = 0
  intervalMs: number
  reachedTruthMs = 0
  readonly #memory: MemoryDatabase = takeDatabase()
  #dirty: string | null = null
  #failure: unknown = null
  #weather: Weather
  readonly #course: (crossing: Crossing) => Course

  constructor(plan: Plan, course: (crossing: Crossing) => Course = allWell) {
    this.plan = plan
    this.#course = course
    this.dice = new Dice(plan.seed * 40_503 + 7 + plan.schedule * 97)
    this.agenda = new Agenda(START_MS, this.dice)
    const nowMs = (): number => this.agenda.nowMs
    this.trace = new Trace(nowMs)
    this.#weather = plan.weather
    this.intervalMs = plan.weather.intervalMs
    this.ledger = new Ledger(nowMs)
    this.gateway = new SimulatedGateway(this.ledger, {
      nowMs,
      after: (delayMs, run) => void this.agenda.after(delayMs, run),
      isBehind: () => this.dice.chance(0.65),
      ...watchCancels(this),
      onLag: () => this.marks.hit('a record lags behind'),
      fixesNothing: plan.weather.fixesNothing,
    })
    const outside = this.#outside()
    this.servers = { A: new SimulatedServer('A', outside), B: new SimulatedServer('B', outside) }
  }

  get startMs(): number {
    return START_MS
  }

  get weather(): Weather {
    return this.#weather
  }

  /** Begins the story: both servers start, and everybody does at their time what the plan says. */
  begin(): void {
    for (const server of [this.servers.A, this.servers.B]) server.start()
    for (const item of this.plan.items) this.agenda.after(item.atMs, () => act(this, item))
  }

  /** From now on nothing goes wrong by itself; clocks are right, and everybody is there. */
  heal(): void {
    this.healed = true
    this.#weather = { ...this.#weather, ...clear }
    this.trace.say('world', 'world', 'everything heals')
    Object.assign(this.storage, { lockedUntilMs: 0, fullUntilMs: 0 })
    Object.assign(this.away, { gatewayUntilMs: 0, shopUntilMs: 0, goneUntilMs: 0 })
    this.gateway.lies.clear()
    this.gateway.lags.clear()
    for (const server of [this.servers.A, this.servers.B]) server.skewMs = 0
  }

  /** Goes on step by step until a moment, and looks at all books after each step that has changed them. */
  async until(untilMs: number): Promise<void> {
    for (;;) {
      const due = this.agenda.next(untilMs)
      if (due === null) return
      this.steps += 1
      must(this.steps < STEPS_MAX, 'L-03', () => 'this world does not come to rest')
      due.run()
      await settle()
      if (this.#failure instanceof Error) throw this.#failure
      if (this.#dirty !== null) this.#check(this.#dirty)
    }
  }

  /** Goes on until `lacks` finds nothing any more; what it still finds at the last moment is a violation. */
  async untilHolds(id: string, lastMs: number, strideMs: number, lacks: () => string | null): Promise<void> {
    while (lacks() !== null && this.agenda.nowMs < lastMs)
      await this.until(Math.min(lastMs, this.agenda.nowMs + strideMs))
    const lacking = lacks()
    must(lacking === null, id, () => lacking ?? '')
  }

  /** Notes what was found wrong where nobody can catch it; the step that is under way ends with it. */
  blame(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#failure ??= error
    }
  }

  /** Puts a question to a server, again if nobody answers, and hears what it said. */
  readonly ask = (question: Question, heard: (said: Said) => void): void => {
    let open = true
    const { from, at, what, again } = question
    const retry = (): void => {
      if (!open) return
      open = false
      if (again > 0) this.ask({ ...question, at: at === 'A' ? 'B' : 'A', again: again - 1 }, heard)
    }
    this.agenda.after(PATIENCE_MS, retry)
    travel<Said>(this.#outside(), {
      from,
      to: at,
      what,
      arrive: () => this.servers[at].handle(question.request())?.then(saidBy) ?? null,
      tell: ({ status }) => String(status),
      refused: () => void this.agenda.after(700, retry),
      back: (said) => {
        if (said.status >= 500 && open) return void this.agenda.after(700, retry)
        if (!open) return
        open = false
        this.answered.add(what)
        this.blame(() => heard(said))
      },
      // By whatever stands before the servers.
      spoilt: () => ({ status: 502, location: null, text: 'Bad Gateway' }),
    })
  }

  /** Reads the whole database once more: whatever was checked was checked of what is really in it. */
  audit(): void {
    if (!this.#memory.books.agreesWith(this.books)) throw new Error('the books were kept wrongly')
  }

  close(): void {
    for (const server of [this.servers.A, this.servers.B]) server.end()
    giveBackDatabase(this.#memory)
  }

  #check(life: string): void {
    this.#dirty = null
    const before = this.books
    this.books = this.#memory.books.read(before)
    const { ledger, spoken } = this
    const change = { before, after: this.books, life, ledger, weather: this.#weather, spoken }
    for (const id of this.books.cancels.keys())
      if (!this.askedAtMs.has(id) || isTakenUp(before, this.books, id))
        this.askedAtMs.set(id, this.agenda.nowMs)
    markChange(this, change)
    checkSafety(change)
    checkPayments(change)
    checkPersons(change)
    checkGone(change)
    checkFences(change)
  }

  #outside(): Outside {
    const { agenda, dice, trace, marks, under, storage } = this
    return {
      agenda,
      dice,
      trace,
      marks,
      under,
      memory: this.#memory,
      storage,
      weather: () => this.#weather,
      course: this.#course,
      kill: (name) => this.servers[name].die(),
      gateway: (request, from) => {
        checkCall(this, request, from)
        const path = new URL(request.url).pathname
        markCall(this, path, from)
        if (request.method === 'DELETE') checkClosing(this, path)
        return this.away.gatewayUntilMs > agenda.nowMs ? null : faulty(this, request)
      },
      shop: (request) =>
        this.away.shopUntilMs > agenda.nowMs ? null : this.shop.answer(request, shopStatus(this)),
      committed: (name, life) => {
        // Batches of two processes in one step are told apart by nobody; a step holds one of them.
        this.#dirty = life
        trace.say(name, 'database', 'commit')
      },
    }
  }
}

const saidBy = async (response: Response): Promise<Said> => ({
  status: response.status,
  location: response.headers.get('location'),
  text: await response.text(),
})
