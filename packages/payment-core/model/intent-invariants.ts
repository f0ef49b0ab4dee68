import { isBeforePerson, remainderOf } from '../src/index.ts'
import { fault, type Fault } from './decision-invariants.ts'
import { paymentIdOf, type Try } from './gateway.ts'
import type { Stored } from './stored-order.ts'
import { isDue, isEnded, type Row } from './workers.ts'

/** Our intents for which the gateway has booked a cancel. */
export const marksOf = (each: Try): string[] => [
  ...new Set(each.cancels.flatMap(({ mark }) => (mark === null ? [] : [mark]))),
]

/** S-24: executed twice, or for more than the intent's amount. */
export function isTooMuch(each: Try, row: Row): boolean {
  const under = each.cancels.filter(({ mark }) => mark === row.intentId)
  return under.length > 1 || under.reduce((sum, { amount }) => sum + amount, 0) > row.amount
}

/** L-03: every open intent can be taken up, now or after another intent of its payment. */
export function faultOfRows(rows: readonly Row[]): Fault | null {
  const stuck = rows.find(
    (row) => !isEnded(row) && !rows.some((other) => other.index === row.index && isDue(rows, other)),
  )
  return stuck === undefined ? null : fault('L-03', `nobody can take up ${stuck.intentId} any more`)
}

/** S-22: the screen promises a refund only if a cancel is on its way or a person was called. */
export function faultOfPromise({ order, payments }: Stored, rows: readonly Row[]): Fault | null {
  for (const { paymentId, standing, ...facts } of payments) {
    const isRefused = standing === 'rejected' || standing === 'surplus' || standing === 'late'
    const held = remainderOf({ paymentId, ...facts })
    if (!isRefused || held === 0 || isBeforePerson(order?.reviews ?? [], paymentId)) continue
    const isOnItsWay = rows.some((row) => paymentIdOf(row.index) === paymentId && !isEnded(row))
    if (!isOnItsWay) return fault('S-22', `${paymentId} is promised to go back, and nothing sends it`)
  }
  return null
}
