import { ok, type NoticeList, type NoticesInput, type Problem, type Result } from '@landfall/payment-core'
import { noticesAfter } from '../../store/notice-list.ts'
import { cursorOf, pageOf, placeIn } from './cursor.ts'
import type { Journey } from '../journey.ts'

/** Notices that a page of one type looks at: types have no index. */
const SEARCHED_MAX = 500

/** What the shop was told, a page at a time. */
export async function noticesIn(
  { deps }: Journey,
  input: NoticesInput,
): Promise<Result<NoticeList, Problem>> {
  const place = placeIn(input.cursor)
  if (!place.ok) return place
  const { orderId = null, state = null, type, from: fromMs = null, to: toMs = null, limit } = input
  const after = place.value === null ? null : { createdAtMs: place.value.atMs, id: place.value.id }
  const most = type === undefined ? limit + 1 : SEARCHED_MAX
  const looked = await noticesAfter(deps.store, { orderId, state, fromMs, toMs }, after, most)
  const matches = looked.filter((notice) => type === undefined || notice.type === type)
  const placeOf = ({ recordedAt: atMs, id }: (typeof looked)[number]) => ({ atMs, id })
  const { page, nextCursor } = pageOf(matches, limit, placeOf)
  const edge = type !== undefined && looked.length === SEARCHED_MAX ? looked.at(-1) : undefined
  const onwards = edge === undefined ? null : cursorOf(placeOf(edge))
  return ok({ notices: [...page], nextCursor: nextCursor ?? onwards })
}
