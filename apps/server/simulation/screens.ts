import { remainderOf } from '@landfall/payment-core'
import { factsOf } from './books.ts'
import type { Shown } from './people.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'

/** Payments of an order that are recorded with money not returned. */
export const moneyOf = ({ books }: Scene, orderId: string): ReadonlySet<string> =>
  new Set(
    [...books.payments.values()]
      .filter((each) => each.order_id === orderId && remainderOf(factsOf(each)) > 0)
      .map((each) => each.payment_id),
  )

/**
 * What a customer is told against what is recorded (S-22): *paid* needs its proof, *failed* something that says so, and *pay again* is not
 * said while money is recorded, from before the question until after the answer.
 */
export function checkScreen(
  scene: Scene,
  orderId: string,
  screen: Shown,
  heldBefore: ReadonlySet<string>,
): void {
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
  if (screen.tryAgain !== true) return
  const held = [...moneyOf(scene, orderId)]
  must(
    !held.some((paymentId) => heldBefore.has(paymentId)),
    'S-22',
    () => `${orderId}: *pay again* is said while ${held.join()} holds money`,
  )
  if (held.length > 0) marks.hit('money is recorded while *pay again* is on its way to the customer')
}
