import { isBeforePerson, remainderOf } from '../src/index.ts'
import { fault, type Fault } from './decided.ts'
import { paymentIdOf, type Try } from './gateway.ts'
import type { Stored } from './stored.ts'
import { isDue, isEnded, type Row } from './work.ts'

/** Our intents under which something went back. */
export const marksOf = (each: Try): string[] => [
  ...new Set(each.cancels.flatMap(({ mark }) => (mark === null ? [] : [mark]))),
]

/** S-24: executed twice, or for more than it was meant for. */
export function isTooMuch(each: Try, row: Row): boolean {
  const under = each.cancels.filter(({ mark }) => mark === row.intentId)
  return under.length > 1 || under.reduce((sum, { amount }) => sum + amount, 0) > row.amount
}

/** L-03: what is not at its end can be taken up, now or once another of its payment is. */
export function faultOfRows(rows: readonly Row[]): Fault | null {
  const stuck = rows.find(
    (row) => !isEnded(row) && !rows.some((other) => other.index === row.index && isDue(rows, other)),
  )
  return stuck === undefined ? null : fault('L-03', `nobody can take up ${stuck.intentId} any more`)
}

/** S-22: «your money goes back» is promised, and so a cancel of it must be on its way, or a person called. */
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
