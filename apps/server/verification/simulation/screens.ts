import { DEPOSIT_GRACE_MS, LATER_APPROVAL_MS, remainderOf, Return } from '@landfall/payment-core'
import { factsOf } from './books.ts'
import { STRANGERS_TEXT, type Shown } from './people.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'

/** What was recorded of an order when somebody asked for its page. */
export type HeldBefore = {
  /** Payments with money not returned. */
  readonly money: ReadonlySet<string>
  /** Tries of which the customer has said, through the order's own link, that they may still turn into money; or accounts that can. */
  readonly underWay: ReadonlySet<string>
  /** The number was paid before: the gateway will not take it again (M-32). */
  readonly isSpent: boolean
}

/** Further before its order's registration nothing is begun for it. */
const EARLIER_MS = 24 * 3_600_000

export function heldOf({ books, agenda, servers, ledger }: Scene, orderId: string): HeldBefore {
  const own = [...books.payments.values()].filter((each) => each.order_id === orderId)
  const returns = Return.array().parse(JSON.parse(books.orders.get(orderId)?.returns ?? '[]'))
  // By the clock that is furthest ahead.
  const nowMs = agenda.nowMs + Math.max(0, servers.A.skewMs, servers.B.skewMs)
  const mayPay = (paymentId: string, status: string): boolean => {
    // What another shop's customer may still pay keeps nobody here waiting.
    if (ledger.entries.get(paymentId)?.whose === 'theirs') return false
    const facts = own.find((each) => each.payment_id === paymentId)
    const {
      approval = null,
      accountDueAtMs = null,
      startedAtMs = null,
    } = facts === undefined ? {} : factsOf(facts).details
    // The number's earlier life is no try of this order.
    const bornMs = (books.orders.get(orderId)?.registered_at_ms ?? 0) - EARLIER_MS
    if ((startedAtMs ?? Infinity) < bornMs) return false
    if (status === 'awaiting_deposit')
      return accountDueAtMs === null || nowMs < accountDueAtMs + DEPOSIT_GRACE_MS
    const said = returns.find((each) => each.paymentId === paymentId)
    if (status !== 'ready' || said === undefined) return false
    if (said.says === 'success') return true
    return said.says === 'nothing' && approval === 'later' && nowMs < said.atMs + LATER_APPROVAL_MS
  }
  return {
    money: new Set(own.filter((each) => remainderOf(factsOf(each)) > 0).map((each) => each.payment_id)),
    underWay: new Set(
      own.filter((each) => mayPay(each.payment_id, each.status)).map((each) => each.payment_id),
    ),
    isSpent: own.some((each) => each.status === 'paid' || each.status === 'cancelled'),
  }
}

/**
 * What a customer is told against what is recorded (S-22): *paid* needs its proof, *failed* something that says so, and *pay again* is not
 * said while money is recorded or may still come, from before the question until after the answer. No stranger's words stand on it (S-25).
 */
export function checkScreen(scene: Scene, orderId: string, screen: Shown, before: HeldBefore): void {
  const { books, marks } = scene
  marks.hit(`a screen says ${screen.kind}`)
  const order = books.orders.get(orderId)
  if (order === undefined) return
  const saysPaid = screen.kind === 'paid' || screen.kind === 'partially_cancelled'
  must(
    !saysPaid || books.proofs.has(orderId),
    'S-22',
    () => `${orderId} is shown as ${screen.kind} without a proof`,
  )
  const failed = [...books.payments.values()].some(
    (each) => each.order_id === orderId && each.status === 'failed',
  )
  must(
    screen.kind !== 'failed' || failed || order.looked_at_ms > 0,
    'S-22',
    () => `${orderId} is shown as failed, and nobody has looked`,
  )
  const isStrangers = screen.message?.includes(STRANGERS_TEXT) === true
  const isOwn = [...(scene.spoken.get(orderId) ?? [])].some((words) => words.includes(STRANGERS_TEXT))
  must(!isStrangers || isOwn, 'S-25', () => `${orderId} is shown with a stranger's words`)
  if (screen.tryAgain !== true) return
  const after = heldOf(scene, orderId)
  const both = (of: 'money' | 'underWay'): string => [...before[of]].filter((id) => after[of].has(id)).join()
  must(
    both('money') === '',
    'S-22',
    () => `${orderId}: *pay again* is said while ${both('money')} holds money`,
  )
  must(
    both('underWay') === '',
    'S-22',
    () => `${orderId}: *pay again* is said while ${both('underWay')} may still be paid`,
  )
  must(!before.isSpent, 'S-22', () => `${orderId}: *pay again* is said, and the number was paid before`)
  if (after.money.size > 0) marks.hit('money is recorded while *pay again* is on its way to the customer')
}
