import type { CancelRow, OrderRow } from '../simulation/books.ts'
import { must } from '../simulation/safety.ts'
import type { World } from '../simulation/world.ts'

/** A call that arrived, and whose answer did not. */
export type Unheard = { readonly atMs: number; readonly what: string }

/**
 * Nothing that was said is false, and nothing that was acknowledged is lost, whatever is failing at this moment. That paid needs its proof and
 * that facts are the gateway's own is looked at after every commit (`safety.ts`).
 */
export function checkSaid(world: World, unheard: readonly Unheard[]): void {
  const { books, shop } = world
  const taken = new Set(shop.heard.filter((each) => each.accepted).map((each) => each.id))
  for (const { notice_id: id, state } of books.notices.values())
    must(
      state !== 'delivered' || taken.has(id),
      'L-04',
      () => `${id} is marked as delivered, and was never taken`,
    )
  for (const id of taken)
    must(books.notices.has(id), 'S-13', () => `${id} was told, and nothing of it is recorded`)
  for (const cancel of books.cancels.values())
    must(
      cancel.state !== 'done' || hasHappened(world, cancel),
      'S-08',
      () => `${cancel.intent_id} is marked as done, and nothing of it is true at the gateway`,
    )
  for (const order of books.orders.values())
    must(
      order.status !== 'expired' || order.closed_at_ms !== null || wasLookedAt(world, order, unheard),
      'S-20',
      () => `${order.order_id} has expired, and no look has found it without money`,
    )
  for (const orderId of world.links.keys())
    must(books.orders.has(orderId), 'S-10', () => `${orderId} was acknowledged and is not stored`)
}

/** Of the looks that reached the gateway after the deadline one was answered so that it could be heard. */
function wasLookedAt({ gateway }: World, order: OrderRow, unheard: readonly Unheard[]): boolean {
  const isLook = (what: string): boolean => what.includes(`/findAll/${order.order_id}`)
  const isSince = ({ atMs }: { readonly atMs: number }): boolean => atMs >= order.expires_at_ms
  const arrived = gateway.calls.filter((call) => isSince(call) && isLook(call.path)).length
  return arrived > unheard.filter((call) => isSince(call) && isLook(call.what)).length
}

function hasHappened(
  { ledger, executed }: World,
  { intent_id: id, payment_id: paymentId, cause }: CancelRow,
): boolean {
  const row = ledger.row(paymentId)
  if (row === null) return false
  if (cause === 'account') return row.status !== 'ready'
  return (executed.get(id) ?? 0) > 0 || row.cancel_amount === row.amount
}
