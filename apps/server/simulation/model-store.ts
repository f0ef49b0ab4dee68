import { heldMoney, isBelow, isDeclared, remainderOf } from '@landfall/payment-core'
import type {
  CancelIntent,
  Decision,
  Notice,
  Observation,
  Order,
  OrderStatus,
  Payment,
} from '@landfall/payment-core'
import { must } from './safety.ts'

/** What is read before a look, and named by the write after it. */
export type HeldModel = {
  readonly order: Order
  readonly payments: readonly Payment[]
  readonly version: number
}

export type ModelIntent = {
  readonly intent: CancelIntent
  state: 'waiting' | 'done' | 'failed'
  lease: number
  cancelledBefore: number
}

/** One order in plain memory, behind the same guard as in the database: the write names the version that was read. */
export class ModelStore {
  held: HeldModel
  proof: Observation | null = null
  readonly notices: Notice[] = []
  readonly intents = new Map<string, ModelIntent>()
  readonly #ids = new Set<string>()

  constructor(order: Order) {
    this.held = { order, payments: [], version: 1 }
  }

  record(before: HeldModel, decision: Decision & { readonly order: Order }): 'done' | 'stale' {
    if (this.held.version !== before.version) return 'stale'
    const changed = new Map(decision.payments.map((each) => [each.paymentId, each]))
    const kept = before.payments.map((each) => changed.get(each.paymentId) ?? each)
    const known = new Set(before.payments.map((each) => each.paymentId))
    const payments = [...kept, ...decision.payments.filter((each) => !known.has(each.paymentId))]
    this.#notices(decision.notices, before.order, decision.order)
    this.#proof(decision)
    this.#way(decision, before.order.status)
    for (const intent of decision.intents)
      if (!this.intents.has(intent.intentId))
        this.intents.set(intent.intentId, { intent, state: 'waiting', lease: 0, cancelledBefore: -1 })
    this.held = { order: decision.order, payments, version: before.version + 1 }
    this.#payments(before)
    return 'done'
  }

  #notices(notices: readonly Notice[], was: Order, order: Order): void {
    must(
      order.sequence === was.sequence + notices.length,
      'S-11',
      () => `${order.orderId} miscounts its notices`,
    )
    notices.forEach((notice, index) => {
      must(
        notice.sequence === was.sequence + index + 1,
        'S-13',
        () => `${notice.id} has number ${notice.sequence}`,
      )
      must(!this.#ids.has(notice.id), 'S-02', () => `${notice.id} is born twice`)
      this.#ids.add(notice.id)
      this.notices.push(notice)
    })
  }

  #proof({ proof, order }: Decision & { readonly order: Order }): void {
    if (proof === null) return
    must(this.proof === null, 'S-02', () => `${order.orderId} is proven twice`)
    const fits = proof.orderId === order.orderId && heldMoney(proof) && proof.amounts[0] === order.amount
    must(
      fits && proof.currencies[0] === order.currency && !proof.testChannel,
      'S-01',
      () => `${order.orderId} by ${proof.paymentId}`,
    )
    this.proof = proof
  }

  #way({ timeline, order }: Decision & { readonly order: Order }, from: OrderStatus): void {
    let at = from
    for (const { event, from: left, to } of timeline) {
      if (left === null || to === null || event === 'payment.seen' || event === 'cancel.asked') continue
      must(
        left === at && (left === to || isDeclared({ from: left, to, event })),
        'S-06',
        () => `${left} → ${to}`,
      )
      at = to
    }
    must(at === order.status, 'S-11', () => `${order.orderId} is ${order.status}, told ${at}`)
  }

  #payments(before: HeldModel): void {
    const { order, payments } = this.held
    must(
      (order.keptPaymentId === null) === (this.proof === null),
      'S-01',
      () => `${order.orderId} keeps without proof`,
    )
    for (const payment of payments) {
      const was = before.payments.find((each) => each.paymentId === payment.paymentId)
      const back =
        was !== undefined &&
        (isBelow(payment.status, was.status) || payment.cancelledAmount < was.cancelledAmount)
      must(!back, 'S-06', () => `${payment.paymentId} goes back`)
      const isKept = payment.standing === 'kept'
      must(
        !isKept || payment.paymentId === order.keptPaymentId,
        'S-04',
        () => `${payment.paymentId} is kept too`,
      )
      const cared =
        isKept ||
        order.review !== null ||
        [...this.intents.values()].some((each) => each.intent.paymentId === payment.paymentId)
      must(remainderOf(payment) === 0 || cared, 'S-04', () => `${payment.paymentId} holds money for nobody`)
    }
  }
}
