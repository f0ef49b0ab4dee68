import { remainderOf } from '../src/index.ts'
import { fault, type Fault } from './decision-invariants.ts'
import { amountPaid, isInDoubt, returnedOf } from './gateway.ts'
import { isTooMuch, marksOf } from './intent-invariants.ts'
import type { Row } from './workers.ts'
import type { State, World } from './world.ts'

/** Checks a call before it is sent. `isLate`: the gateway's time for booking an accepted cancel has passed. */
export function faultOfCall(
  world: World,
  state: State,
  row: Row,
  amount: number,
  isLate: boolean,
): Fault | null {
  const { order } = world.records.pool.at(state.record)
  const payment = world.held(state.record, row.index)
  const each = world.truths.at(state.truth)[row.index]
  if (order === null || payment === null || payment.orderId !== order.orderId)
    return fault('S-07', `${row.intentId} is sent for money of an unknown order`)
  if (each !== undefined && isInDoubt(each))
    return fault('S-23', `${row.intentId} is sent for money that nothing says is ours`)
  const isKept = payment.paymentId === order.keptPaymentId
  if (isKept !== (row.cause === 'shop'))
    return fault(
      'S-07',
      `${row.intentId} (${row.cause}) is sent for ${isKept ? 'the kept' : 'a stray'} payment`,
    )
  if (amount > remainderOf(payment)) return fault('S-07', 'more is sent back than is left')
  return row.cause === 'account' ? null : faultOfRepeat(row, payment.cancelledAmount, isLate)
}

/** S-24: no second call is sent for an intent while the outcome of the first is unknown. */
function faultOfRepeat(row: Row, cancelledAmount: number, isLate: boolean): Fault | null {
  if (row.state === 'accepted')
    return fault('S-24', `${row.intentId} is sent again although the gateway has accepted it`)
  if (row.state !== 'unknown') return null
  const isUnchanged = cancelledAmount === row.before && row.unchanged > 0
  return isLate && isUnchanged
    ? null
    : fault('S-24', `${row.intentId} is sent again while nobody knows what became of it`)
}

/** S-07, S-08, S-24: compares the gateway's books with the intents. */
export function faultOfCancels(world: World, state: State): Fault | null {
  const rows = world.rows.at(state.rows)
  for (const each of world.truths.at(state.truth)) {
    if (isInDoubt(each) && each.cancels.some(({ mark }) => mark !== null))
      return fault('S-23', 'money was sent back that nothing says is ours')
    for (const mark of marksOf(each)) {
      const row = rows.find(({ intentId }) => intentId === mark)
      if (row === undefined) return fault('S-07', `${mark} was executed and nobody intended it`)
      // A late booking happens whatever was executed meanwhile. Then a person is called (`quiescence.ts`).
      if (isTooMuch(each, row) && !each.cancels.some(({ late }) => late))
        return fault('S-08', `${mark} is executed twice, or for more than was intended`)
    }
    if (returnedOf(each) > amountPaid(each)) return fault('S-05', 'more was given back than was paid')
  }
  return null
}
