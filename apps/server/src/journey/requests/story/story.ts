import { fail, ok, type Problem, type Result, type Story, type StoryLine } from '@landfall/payment-core'
import { findOrderIds, storyRows } from '../../../store/story-rows.ts'
import type { Journey } from '../../journey.ts'
import { orderView } from '../order-view.ts'
import { storyLines } from './lines.ts'

/** The first and last lines of a long story are kept: the lines between are mostly repeated attempts. */
export const FIRST_LINES = 100
const LAST_LINES = 400

/** Drops the middle lines of a long story. */
export const boundedLines = (lines: readonly StoryLine[]): Pick<Story, 'lines' | 'leftOut'> => {
  const leftOut = Math.max(0, lines.length - FIRST_LINES - LAST_LINES)
  return leftOut === 0
    ? { lines: [...lines], leftOut }
    : { lines: [...lines.slice(0, FIRST_LINES), ...lines.slice(-LAST_LINES)], leftOut }
}

/** The history of an order, found by its id, by a payment's id, or by a reference string that only one order has. Fails with `unknown_order`. */
export async function story(journey: Journey, named: string): Promise<Result<Story, Problem>> {
  const { store } = journey.deps
  const [orderId, ...others] = await findOrderIds(store, named)
  if (orderId === undefined || others.length > 0) return fail({ kind: 'unknown_order', orderId: named })
  const rows = await storyRows(store, orderId)
  const order = rows.record === null ? null : await orderView(journey, rows.record)
  const gateway = rows.record?.order.gateway ?? null
  return ok({ orderId, order, gateway, ...boundedLines(storyLines(rows)) })
}
