import { ok, type NoticeList, type NoticesInput, type Problem, type Result } from '@landfall/payment-core'
import { noticesAfter } from '../../store/notice-list.ts'
import { cursorOf, pageOf, placeIn } from './cursor.ts'
import type { Journey } from '../journey.ts'

/** The most notices that a page filtered by type reads: types have no index. */
const SEARCHED_MAX = 500

/** A page of the notices to the shop. */
export async function noticesIn(
  { deps }: Journey,
  input: NoticesInput,
): Promise<Result<NoticeList, Problem>> {
  const place = placeIn(input.cursor)
  if (!place.ok) return place
  const { orderId = null, state = null, type, from: fromMs = null, to: toMs = null, limit } = input
  const after = place.value === null ? null : { createdAtMs: place.value.atMs, id: place.value.id }
  const readMax = type === undefined ? limit + 1 : SEARCHED_MAX
  const scanned = await noticesAfter(deps.store, { orderId, state, fromMs, toMs }, after, readMax)
  const matches = scanned.filter((notice) => type === undefined || notice.type === type)
  const placeOf = ({ recordedAt: atMs, id }: (typeof scanned)[number]) => ({ atMs, id })
  const { page, nextCursor } = pageOf(matches, limit, placeOf)
  const lastScanned = type !== undefined && scanned.length === SEARCHED_MAX ? scanned.at(-1) : undefined
  const scanCursor = lastScanned === undefined ? null : cursorOf(placeOf(lastScanned))
  return ok({ notices: [...page], nextCursor: nextCursor ?? scanCursor })
}
