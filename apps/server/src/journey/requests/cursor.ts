import { fail, ok, type Problem, type Result } from '@landfall/payment-core'

/** The end of a page: a time in epoch milliseconds, and an id that orders the rows of one millisecond. */
export type CursorPlace = { readonly atMs: number; readonly id: string }

export const cursorOf = ({ atMs, id }: CursorPlace): string => `${atMs}~${id}`

/** Parses a caller's cursor; null for the first page. Fails with `bad_input` for any other text. */
export function placeIn(cursor: string | null | undefined): Result<CursorPlace | null, Problem> {
  if (cursor == null) return ok(null)
  const [, atMs = '', id = ''] = /^(\d{1,16})~(.+)$/su.exec(cursor) ?? []
  const isPlace = id !== '' && id.isWellFormed() && !id.includes('\0') && Number.isSafeInteger(Number(atMs))
  return isPlace
    ? ok({ atMs: Number(atMs), id })
    : fail({ kind: 'bad_input', where: 'cursor: is none that this list has given' })
}

/** The first `limit` rows, and the cursor of the next page when more rows were read. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  placeOf: (row: T) => CursorPlace,
): { readonly page: readonly T[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: rows.length > limit && last !== undefined ? cursorOf(placeOf(last)) : null }
}
