import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { answer, httpFailure, NO_SUCH_PAYMENT } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import { seenOf, writtenRow, type VisibleRow } from './visible-rows.ts'
import type { LedgerRow } from '../ledger.ts'

const LIST_IDS_MAX = 100
const WINDOW_SECONDS_MAX = 90 * 86_400
const Status = z.enum(['ready', 'paid', 'cancelled', 'failed'])
/** An empty last segment and the word `undefined`, which the official Node client sends, count as no status (docs/gateway/portone-v1.md §4.3). */
const OptionalStatus = z.union([Status, z.enum(['', 'undefined']).transform(() => undefined), z.undefined()])

/** The look-ups (docs/gateway/portone-v1.md §4.3). `/payments/{imp_uid}` comes last, because it matches the other paths too. */
export function lookupRoutes(api: Hono<SandboxEnv>, state: State): void {
  api.get('/payments', (c) => list(c, state))
  api.get('/payments/find/:merchantUid/:status?', (c) => {
    const status = OptionalStatus.safeParse(c.req.param('status'))
    const sorting = Sorting.safeParse(c.req.query('sorting'))
    if (!status.success || !sorting.success) return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    const found = sortedBy(ofOrder(state, c.req.param('merchantUid'), status.data), sorting.data)[0]
    return found === undefined ? httpFailure(c, 404, NO_SUCH_PAYMENT) : answer(c, writtenRow(state, found))
  })
  api.get('/payments/findAll/:merchantUid/:status?', (c) => {
    const status = OptionalStatus.safeParse(c.req.param('status'))
    const paging = Paging.safeParse(c.req.query())
    if (!status.success || !paging.success) return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    const found = ofOrder(state, c.req.param('merchantUid'), status.data)
    if (found.length === 0) return httpFailure(c, 404, NO_SUCH_PAYMENT)
    return answerPage(c, state, pageOf(found, paging.data))
  })
  api.get('/payments/status/:status', (c) => byStatus(c, state, c.req.param('status')))
  api.get('/payments/:impUid', (c) => {
    const payment = state.ledger.find(c.req.param('impUid'))
    const seen = payment === undefined ? undefined : seenOf(state, [payment])[0]
    // Since 2026-01-26 this endpoint alone hides test-channel payments unless the query includes them (docs/gateway/portone-v1.md §4.3).
    const isHidden = seen?.row.sandbox === true && c.req.query('include_sandbox') !== 'true'
    return seen === undefined || isHidden
      ? httpFailure(c, 404, NO_SUCH_PAYMENT)
      : answer(c, writtenRow(state, seen))
  })
}

const ofOrder = (state: State, merchantUid: string, status: string | undefined): readonly VisibleRow[] =>
  seenOf(state, state.ledger.byOrder(merchantUid)).filter(
    ({ row }) => status === undefined || row.status === status,
  )

/** null: the page is past the end. */
const answerPage = (c: Context<SandboxEnv>, state: State, page: RowsPage | null) =>
  page === null
    ? httpFailure(c, 400, '존재하지 않는 페이지입니다.')
    : answer(c, { ...page, list: page.list.map((seen) => writtenRow(state, seen)) })

/** `GET /payments?imp_uid[]=…`: 200 all found, 207 some missing, 404 none. */
function list(c: Context<SandboxEnv>, state: State) {
  const impUids = [...(c.req.queries('imp_uid[]') ?? []), ...(c.req.queries('imp_uid') ?? [])]
  const merchantUids = [...(c.req.queries('merchant_uid[]') ?? []), ...(c.req.queries('merchant_uid') ?? [])]
  const asked = impUids.length + merchantUids.length
  if (asked === 0 || asked > LIST_IDS_MAX) {
    return httpFailure(
      c,
      400,
      `imp_uid[] 또는 merchant_uid[]를 1개 이상 ${LIST_IDS_MAX}개 이하로 입력해 주세요.`,
    )
  }
  const perId = [
    ...impUids.map((impUid) => state.ledger.find(impUid)),
    ...merchantUids.map((merchantUid) => state.ledger.byOrder(merchantUid)[0]),
  ]
  const known = perId.filter((payment) => payment !== undefined)
  const found = seenOf(state, [...new Set(known)])
  if (found.length === 0) return httpFailure(c, 404, NO_SUCH_PAYMENT)
  const isComplete = perId.every((payment) => found.some((seen) => seen.payment === payment))
  const rows = found.map((seen) => writtenRow(state, seen))
  return answer(c, rows, isComplete ? 200 : 207)
}

const Range = z.object({
  from: z.coerce.number().int().nonnegative().optional(),
  to: z.coerce.number().int().nonnegative().optional(),
})

/** `to` defaults to now, `from` to 90 days earlier. The status selects the compared time (docs/gateway/portone-v1.md §4.3). */
function byStatus(c: Context<SandboxEnv>, state: State, segment: string) {
  const status = z.union([Status, z.literal('all')]).safeParse(segment)
  const paging = Paging.safeParse(c.req.query())
  const range = Range.safeParse(c.req.query())
  if (!status.success || !paging.success || !range.success) {
    return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
  }
  const to = range.data.to ?? state.clock.nowSeconds()
  const from = range.data.from ?? Math.max(0, to - WINDOW_SECONDS_MAX)
  if (to - from > WINDOW_SECONDS_MAX || to < from) {
    return httpFailure(c, 400, '조회기간은 최대 90일입니다.')
  }
  const found = seenOf(state, state.ledger.all())
    .filter(({ row }) => status.data === 'all' || row.status === status.data)
    .filter((seen) => {
      const at = timeFor(seen, status.data)
      return at >= from && at <= to
    })
  return answerPage(c, state, pageOf(found, paging.data))
}

function timeFor({ row }: VisibleRow, status: z.infer<typeof Status> | 'all'): number {
  switch (status) {
    case 'all':
    case 'ready':
      return row.started_at
    case 'paid':
      return row.paid_at
    case 'cancelled':
      return row.cancelled_at
    case 'failed':
      return row.failed_at
  }
}

/** The paging of REST lists (docs/gateway/portone-v1.md §4.3). Pages start at 1. `previous` and `next` are page numbers or 0. */
const LIMIT_MAX = 1000
const LIMIT_DEFAULT = 20

const Sorting = z.enum(['-started', 'started', '-paid', 'paid', '-updated', 'updated']).default('-started')
type Sorting = z.infer<typeof Sorting>

const Paging = z.object({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  sorting: Sorting,
})

type RowsPage = {
  readonly total: number
  readonly previous: number
  readonly next: number
  readonly list: readonly VisibleRow[]
}

/** null: the page is past the end (400). An empty list has a first page. */
function pageOf(seen: readonly VisibleRow[], paging: z.infer<typeof Paging>): RowsPage | null {
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
function sortedBy(newestFirst: readonly VisibleRow[], sorting: Sorting): readonly VisibleRow[] {
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
