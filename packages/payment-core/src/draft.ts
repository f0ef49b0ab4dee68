import type { CancelIntent, Decision, DecideInput, TimelineEntry } from './decision.ts'
import { noticeOf, type Notice, type NoticeType } from './notice.ts'
import type { Observation } from './observation.ts'
import { statusOf, type Order, type OrderStatus } from './order.ts'
import type { Payment } from './payment.ts'
import { invariant } from './result.ts'
import { isDeclared } from './transitions.ts'

/** The state while deciding: what is held plus what has been announced so far, in order. */
export class Draft {
  order: Order
  readonly input: DecideInput
  readonly #held = new Map<string, Payment>()
  readonly #changed = new Set<string>()
  readonly notices: Notice[] = []
  readonly intents: CancelIntent[] = []
  readonly timeline: TimelineEntry[] = []
  proof: Observation | null = null

  constructor(input: DecideInput, order: Order) {
    this.input = input
    this.order = order
    for (const payment of input.payments) this.#held.set(payment.paymentId, payment)
  }

  held(paymentId: string): Payment | null {
    return this.#held.get(paymentId) ?? null
  }

  payments(): Payment[] {
    return [...this.#held.values()]
  }

  /** What the facts make of the order; `announce` is what moves it there. */
  statusNow(): OrderStatus {
    return statusOf(this.order, this.payments(), this.input.nowMs)
  }

  put(payment: Payment): void {
    if (saysTheSame(this.#held.get(payment.paymentId), payment)) return
    this.#held.set(payment.paymentId, payment)
    this.#changed.add(payment.paymentId)
  }

  /**
   * Gives an event its number and its notice, and moves the order along the edge the event stands for, if it
   * does.
   */
  announce(
    type: NoticeType,
    payment: Payment | null,
    to: OrderStatus,
    mark: string | number,
    reason: string,
  ): void {
    const from = this.order.status
    invariant(
      from === to || isDeclared({ from, to, event: type }),
      `${from} → ${to} by ${type} is no declared transition`,
    )
    this.order = { ...this.order, status: to, sequence: this.order.sequence + 1 }
    const others = this.payments().filter((other) => other.paymentId !== payment?.paymentId)
    const payments = payment === null ? others : [...others, payment]
    const timestamp = this.input.nowIso
    this.notices.push(noticeOf({ type, order: this.order, payments, payment, mark, timestamp }))
    this.timeline.push({ event: type, paymentId: payment?.paymentId ?? null, from, to, reason })
  }

  decision(): Decision & { readonly order: Order } {
    const payments = this.payments().filter((payment) => this.#changed.has(payment.paymentId))
    const { order, notices, intents, timeline, proof } = this
    return { order, payments, notices, intents, timeline, proof }
  }
}

/** Whether two values, as they are stored, differ in nothing. */
function saysTheSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isObject(one) || !isObject(other)) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  for (const key of keys) if (!(key in other) || !saysTheSame(one[key], other[key])) return false
  return true
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
