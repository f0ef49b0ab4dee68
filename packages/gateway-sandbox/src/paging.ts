import type { LedgerRow } from './ledger.ts'
import { z } from 'zod'
import type { VisibleRow } from './replica.ts'

/** The paging of REST lists (docs/gateway/portone-v1.md §4.3). Pages start at 1. `previous` and `next` are page numbers or 0. */
const LIMIT_MAX = 1000
const LIMIT_DEFAULT = 20

export const Sorting = z
  .enum(['-started', 'started', '-paid', 'paid', '-updated', 'updated'])
  .default('-started')
export type Sorting = z.infer<typeof Sorting>

export const Paging = z.object({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  sorting: Sorting,
})

export type RowsPage = {
  readonly total: number
  readonly previous: number
  readonly next: number
  readonly list: readonly VisibleRow[]
}

/** null: the page is past the end (400). An empty list has a first page. */
export function pageOf(seen: readonly VisibleRow[], paging: z.infer<typeof Paging>): RowsPage | null {
  const { page, limit } = paging
  const pages = Math.max(1, Math.ceil(seen.length / limit))
  if (page > pages) return null
  return {
    total: seen.length,
    previous: page > 1 ? page - 1 : 0,
    next: page < pages ? page + 1 : 0,
    list: sortedBy(seen, paging.sorting).slice((page - 1) * limit, page * limit),
  }
}

/** Sorts rows that are given newest first. Rows of the same second stay newest first, or oldest first in ascending order. */
export function sortedBy(newestFirst: readonly VisibleRow[], sorting: Sorting): readonly VisibleRow[] {
  const isDescending = sorting.startsWith('-')
  const timeOf = TIMES[sorting]
  const base = isDescending ? [...newestFirst] : [...newestFirst].reverse()
  return base.sort((a, b) => (isDescending ? timeOf(b.row) - timeOf(a.row) : timeOf(a.row) - timeOf(b.row)))
}

const started = (row: LedgerRow): number => row.started_at
const paid = (row: LedgerRow): number => row.paid_at
const updated = (row: LedgerRow): number =>
  Math.max(row.started_at, row.paid_at, row.failed_at, row.cancelled_at)

const TIMES = {
  started,
  paid,
  updated,
  '-started': started,
  '-paid': paid,
  '-updated': updated,
} satisfies Record<Sorting, (row: LedgerRow) => number>
