import { fail, ok, type Problem, type Result } from '@landfall/payment-core'

/** Where a page ends: a moment, and the id that tells apart what happened in it. */
export type CursorPlace = { readonly atMs: number; readonly id: string }

export const cursorOf = ({ atMs, id }: CursorPlace): string => `${atMs}~${id}`

/** The place a caller goes on from; null from the beginning. */
export function placeIn(cursor: string | null | undefined): Result<CursorPlace | null, Problem> {
  if (cursor == null) return ok(null)
  const [, atMs = '', id = ''] = /^(\d{1,16})~(.+)$/su.exec(cursor) ?? []
  const isPlace = id !== '' && id.isWellFormed() && !id.includes('\0') && Number.isSafeInteger(Number(atMs))
  return isPlace
    ? ok({ atMs: Number(atMs), id })
    : fail({ kind: 'bad_input', where: 'cursor: is none that this list has given' })
}

/** Up to `limit` of what was read, and where the next page begins when there was more. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  placeOf: (row: T) => CursorPlace,
): { readonly page: readonly T[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: rows.length > limit && last !== undefined ? cursorOf(placeOf(last)) : null }
}
