import { fail, ok, type Problem, type Result, type Story, type StoryLine } from '@landfall/payment-core'
import { findOrderIds, storyRows } from '../../../store/story-rows.ts'
import type { Journey } from '../../journey.ts'
import { orderView } from '../order-view.ts'
import { storyLines } from './lines.ts'

/** Lines of one answer. How it began and how it went last: between them an order that is tried without end says the same again and again. */
const FIRST_GIVEN = 100
const LAST_GIVEN = 400

export const boundedLines = (lines: readonly StoryLine[]): Pick<Story, 'lines' | 'leftOut'> => {
  const leftOut = Math.max(0, lines.length - FIRST_GIVEN - LAST_GIVEN)
  return leftOut === 0
    ? { lines: [...lines], leftOut }
    : { lines: [...lines.slice(0, FIRST_GIVEN), ...lines.slice(-LAST_GIVEN)], leftOut }
}

/** What happened to an order, found by its id, by one of its payments, or by a string of its reference that no other order has. */
export async function story(journey: Journey, named: string): Promise<Result<Story, Problem>> {
  const { store } = journey.deps
  const [orderId, ...others] = await findOrderIds(store, named)
  if (orderId === undefined || others.length > 0) return fail({ kind: 'unknown_order', orderId: named })
  const rows = await storyRows(store, orderId)
  const order = rows.record === null ? null : await orderView(journey, rows.record)
  return ok({ orderId, order, ...boundedLines(storyLines(rows)) })
}
