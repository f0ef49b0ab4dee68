import {
  amountOf,
  balanceOf,
  decide,
  heldMoney,
  remainderOf,
  type Facts,
  type Order,
  type Policy,
} from '@landfall/payment-core'
import { Dice } from './dice.ts'
import { ModelGateway } from './model-gateway.ts'
import { ModelReturns } from './model-returns.ts'
import { ModelStore, type HeldModel } from './model-store.ts'
import { must, Violation } from './safety.ts'
import { Trace } from './trace.ts'

/** 2026-11-02, noon in Seoul. */
const START_MS = 1_793_588_400_000
const STEPS_MAX = 60
const WORKERS = 2

type Look = {
  readonly server: number
  readonly paymentId: string | null
  readonly held: HeldModel
  readonly beganAtMs: number
  seen: Facts[] | null
}
/** The corridor in plain memory: the real pure core, the same guard, the same order of questions; no promise, no database, no wire. */
export class ModelWorld {
  readonly dice: Dice
  readonly gateway: ModelGateway
  readonly store: ModelStore
  readonly policy: Policy
  readonly trace: Trace
  readonly marks = new Map<string, number>()
  readonly looks: Look[] = []
  readonly returns: ModelReturns
  steps = 0
  nowMs = START_MS

  constructor(story: number, schedule: number) {
    const dice = new Dice(story)
    const amount = dice.between(2, 40) * 500
    const expires = dice.chance(0.2)
    const order: Order = {
      orderId: 'ord-1',
      name: '한라봉',
      amount,
      currency: 'KRW',
      registeredAtMs: START_MS,
      expiresAtMs: START_MS + (expires ? dice.between(1_000, 20_000) : 86_400_000),
      status: 'open',
      keptPaymentId: null,
      emptyAfterDeadline: false,
      review: null,
      sequence: 0,
      lastReturn: null,
    }
    this.policy = {
      onRejected: dice.chance(0.8) ? 'cancel' : 'review',
      onSurplus: dice.chance(0.8) ? 'cancel' : 'review',
      onLate: dice.pick(['accept', 'accept', 'cancel', 'review']),
      allowTestChannel: false,
    }
    this.gateway = new ModelGateway(order.orderId)
    for (let each = dice.between(1, 3); each > 0; each -= 1) this.gateway.draw(dice, `imp_${each}`, amount)
    this.store = new ModelStore(order)
    this.dice = new Dice(schedule)
    this.trace = new Trace(() => this.nowMs)
    this.returns = new ModelReturns({
      dice: this.dice,
      gateway: this.gateway,
      store: this.store,
      nowMs: () => this.nowMs,
      mark: (name) => this.#mark(name),
      say: (what) => this.trace.say('A', 'gateway', what),
    })
  }

  run(): void {
    while (this.steps < STEPS_MAX) this.#step()
    this.#rest()
    this.#checkEnd()
  }

  #step(): void {
    const { dice } = this
    this.steps += 1
    this.nowMs += dice.between(1, 600)
    const throwOf = dice.between(0, 9)
    if (throwOf <= 1) this.#happen()
    else if (throwOf <= 3) this.#begin()
    else if (throwOf <= 5) this.#answer()
    else if (throwOf <= 7) this.#conclude()
    else if (throwOf === 8) this.returns.step(dice.between(0, WORKERS - 1))
    else if (dice.chance(0.2)) this.#crash(dice.between(0, WORKERS - 1))
  }

  #happen(): void {
    const deed = this.gateway.deeds.shift()
    if (deed === undefined) return
    this.trace.say('buyer', 'gateway', `${deed.to} ${deed.paymentId}`)
    this.gateway.happen(deed, this.nowMs)
  }

  #begin(): void {
    const { dice, gateway, store } = this
    const paymentId = dice.chance(0.6) ? dice.pick([...gateway.facts.keys()]) : null
    this.looks.push({
      server: dice.between(0, WORKERS - 1),
      paymentId,
      held: store.held,
      beganAtMs: this.nowMs,
      seen: null,
    })
    if (this.looks.length > 1) this.#mark('two looks at once')
  }

  #answer(): void {
    const asked = this.looks.filter((look) => look.seen === null)
    if (asked.length === 0) return
    const look = this.dice.pick(asked)
    if (this.dice.chance(0.15)) this.looks.splice(this.looks.indexOf(look), 1)
    else look.seen = this.gateway.look(look.paymentId)
  }

  #conclude(): void {
    const answered = this.looks.filter((look) => look.seen !== null)
    if (answered.length === 0) return
    const look = this.dice.pick(answered)
    this.looks.splice(this.looks.indexOf(look), 1)
    this.#record(look)
  }

  #record({ held, paymentId, beganAtMs, seen, server }: Look): void {
    const outcome = this.store.record(held, this.#decided(held, paymentId, beganAtMs, seen ?? []))
    this.trace.say('AB'.charAt(server), 'database', `${outcome}: ${this.store.held.order.status}`)
    if (outcome === 'stale') this.#mark('a decision comes too late')
    else this.#mark(`an order is ${this.store.held.order.status}`)
  }

  #decided(held: HeldModel, paymentId: string | null, beganAtMs: number, seen: Facts[]) {
    const { order, payments } = held
    const look = { by: paymentId === null ? ('order' as const) : ('payment' as const), beganAtMs }
    const input = {
      order,
      payments,
      seen,
      look,
      returned: null,
      policy: this.policy,
      nowMs: this.nowMs,
      nowIso: '',
    }
    const decision = decide(input)
    const decided = decision.order
    if (decided === null) throw new Violation('S-06', 'the order is gone')
    return { ...decision, order: decided }
  }

  #crash(server: number): void {
    this.#mark('a server dies')
    this.returns.die(server)
    for (let at = this.looks.length - 1; at >= 0; at -= 1)
      if (this.looks[at]?.server === server) this.looks.splice(at, 1)
  }

  /** Everything that was to happen has happened, and everybody looks until nothing changes any more. */
  #rest(): void {
    while (this.gateway.deeds.length > 0) this.#happen()
    this.looks.length = 0
    for (let server = 0; server < WORKERS; server += 1) this.returns.die(server)
    for (let round = 0; round < 4; round += 1) {
      this.nowMs += 30_000
      const { held } = this.store
      this.#record({ server: 0, paymentId: null, held, beganAtMs: this.nowMs, seen: this.gateway.look(null) })
      for (const row of this.store.intents.values()) {
        if (row.state !== 'waiting') continue
        const facts = this.gateway.facts.get(row.intent.paymentId)
        const left = facts === undefined ? 0 : remainderOf(facts)
        if (left > 0 || row.intent.cause === 'account') this.returns.execute(row, left)
        row.state = 'done'
      }
    }
  }

  /** The books say what the gateway's truth says, whatever the way was (S-05, S-12). */
  #checkEnd(): void {
    const { order, payments } = this.store.held
    for (const facts of this.gateway.facts.values()) {
      const held = payments.find((each) => each.paymentId === facts.paymentId)
      const same = held?.status === facts.status && held.cancelledAmount === facts.cancelledAmount
      must(same, 'S-05', () => `${facts.paymentId} is ${facts.status}, held as ${held?.status}`)
      const isKept = order.keptPaymentId === facts.paymentId
      must(
        isKept || remainderOf(facts) === 0 || order.review !== null,
        'S-05',
        () => `${facts.paymentId} holds money`,
      )
    }
    const valid = this.#valid()
    must(
      order.keptPaymentId === null || valid.includes(order.keptPaymentId),
      'S-01',
      () => 'an invalid payment is kept',
    )
    const mayExpire = order.status === 'expired' && this.policy.onLate !== 'accept'
    must(
      valid.length === 0 || order.keptPaymentId !== null || mayExpire,
      'S-12',
      () => 'a valid payment is not kept',
    )
  }

  #valid(): string[] {
    const { order } = this.store.held
    return [...this.gateway.facts.values()]
      .filter(
        (each) =>
          heldMoney(each) &&
          amountOf(each) === order.amount &&
          each.currencies[0] === 'KRW' &&
          !each.testChannel,
      )
      .map((each) => each.paymentId)
  }

  /** What must be alike after any two schedules of one story; null where the story leaves a choice. */
  end(): string | null {
    const { order, payments } = this.store.held
    if (this.#valid().length > 1 || order.expiresAtMs < START_MS + 86_400_000) return null
    const final = ['payment.paid', 'payment.rejected', 'payment.surplus', 'payment.cancelled']
    const ids = this.store.notices.filter((notice) => final.includes(notice.type)).map((notice) => notice.id)
    return JSON.stringify([order.status, balanceOf(order, payments), ids.toSorted()])
  }

  #mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1)
  }
}
