import { remainderOf } from '@landfall/payment-core'
import type { Dice } from './dice.ts'
import type { ModelGateway } from './model-gateway.ts'
import type { ModelIntent, ModelStore } from './model-store.ts'
import { must } from './safety.ts'

type Sending = {
  readonly server: number
  readonly lease: number
  readonly row: ModelIntent
  at: 'look' | 'send' | 'settle'
  left: number
}

/** What those who give money back stand in. */
type Around = {
  readonly dice: Dice
  readonly gateway: ModelGateway
  readonly store: ModelStore
  readonly nowMs: () => number
  readonly mark: (name: string) => void
  readonly say: (what: string) => void
}

/** Giving money back, step by step: take the intent, look, send with the balance seen, settle under the lease. */
export class ModelReturns {
  readonly #around: Around
  readonly #executed = new Map<string, number>()
  #sendings: Sending[] = []
  #leases = 0

  constructor(around: Around) {
    this.#around = around
  }

  step(server: number): void {
    const { dice, gateway, mark } = this.#around
    if (this.#sendings.length === 0 || dice.chance(0.4)) return this.#lease(server)
    const sending = dice.pick(this.#sendings)
    const { intent } = sending.row
    const facts = gateway.facts.get(intent.paymentId)
    if (facts === undefined) return
    const isDone = intent.cause === 'account' ? facts.status !== 'awaiting_deposit' : remainderOf(facts) === 0
    const isMine = sending.row.lease === sending.lease
    if (sending.at === 'look') {
      sending.left = remainderOf(facts)
      sending.at = isDone ? 'settle' : 'send'
    } else if (sending.at === 'send' && isMine) {
      this.execute(sending.row, sending.left)
      sending.at = dice.chance(0.2) ? 'look' : 'settle'
    } else {
      // A worker that was stopped meanwhile neither sends nor writes: another has taken over (S-15).
      if (isDone && isMine) sending.row.state = 'done'
      if (!isMine) mark('a lease is lost between look-up and record')
      this.#sendings.splice(this.#sendings.indexOf(sending), 1)
    }
  }

  execute({ intent }: ModelIntent, left: number): void {
    const { gateway, store, mark, say, nowMs } = this.#around
    const { paymentId, cause, intentId } = intent
    if (cause === 'account') return gateway.closeAccount(paymentId)
    const done = gateway.cancel(paymentId, left, left, intentId, nowMs())
    say(`cancel ${paymentId} ${left}: ${done}`)
    if (!done) return mark('a cancel is refused')
    const times = (this.#executed.get(intentId) ?? 0) + 1
    this.#executed.set(intentId, times)
    must(times === 1, 'S-08', () => `${intentId} is executed ${times} times`)
    const isKept = store.held.order.keptPaymentId === paymentId
    must(!isKept, 'S-07', () => `${paymentId} is kept, and goes back`)
  }

  die(server: number): void {
    this.#sendings = this.#sendings.filter((sending) => sending.server !== server)
  }

  #lease(server: number): void {
    const { dice, store, mark } = this.#around
    const waiting = [...store.intents.values()].filter((row) => row.state === 'waiting')
    if (waiting.length === 0) return
    const row = dice.pick(waiting)
    if (row.lease !== 0) mark('work is taken over')
    this.#leases += 1
    row.lease = this.#leases
    this.#sendings.push({ server, lease: this.#leases, row, at: 'look', left: 0 })
  }
}
