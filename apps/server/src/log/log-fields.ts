import {
  type GatewayName,
  type Impersonal,
  type OrderStatus,
  type Problem,
  type TimelineEntry,
} from '@landfall/payment-core'
import { loggedError } from './log-errors.ts'

/**
 * A log field: the type it accepts, and the function that formats its value. `format` bounds the value even when a cast
 * bypassed the type.
 */
type Field<T> = { readonly format: (value: unknown) => unknown; readonly takes?: (value: T) => void }
const field = <T>(format: (value: unknown) => unknown): Field<T> => ({ format })

const TEXT_CHARACTERS_MAX = 160
/** Matches ids of Landfall, the shop and the gateway. No sentence, address or view token matches. */
const ID = /^[A-Za-z0-9][\w.:-]{0,63}$/
/** `%` escapes the full stops and colons of its parts. */
const NOTICE_ID = /^[A-Za-z0-9][\w.:%-]{0,199}$/
const NAME = /^[A-Za-z][\w.*/:?-]{0,79}$|^\/[\w.*/:?-]{0,79}$/

const textMatching = (pattern: RegExp) => (value: unknown) => {
  if (typeof value !== 'string') return null
  return pattern.test(value) ? value : `(not told: ${value.length} characters)`
}
const formatId = textMatching(ID)
const formatNumber = (value: unknown) => (typeof value === 'number' ? value : null)

const id = field<Impersonal | null>(formatId)
/** A word of a closed set: a state, a kind, a route pattern. */
const name = <T extends string = Impersonal>() => field<T | null>(textMatching(NAME))
/** A sentence that Landfall wrote, truncated. */
const sentence = field<Impersonal | null>((value) =>
  typeof value === 'string' ? value.slice(0, TEXT_CHARACTERS_MAX) : null,
)
const number = field<number | null>(formatNumber)

/** Every log field. A field that is not in this table does not compile, and is not written (P-03, P-04). */
const fields = {
  requestId: id,
  orderId: id,
  paymentId: id,
  receiptId: id,
  reviewId: id,
  /** For an act of a person. */
  actor: name(),
  action: name(),
  noticeId: field<Impersonal>(textMatching(NOTICE_ID)),
  by: name<'payment' | 'order'>(),
  gateway: name<GatewayName>(),
  method: name(),
  route: name(),
  lane: name(),
  type: name(),
  cause: name(),
  event: name<TimelineEntry['event']>(),
  from: name<OrderStatus>(),
  to: name<OrderStatus>(),
  reason: sentence,
  lastProblem: sentence,
  lastAnswer: sentence,
  warning: sentence,
  of: sentence,
  publicUrl: sentence,
  database: sentence,
  root: sentence,
  /** The status of an HTTP answer, or of one of the gateway's lists. */
  status: field<number | 'paid' | 'cancelled'>((value) =>
    typeof value === 'number' ? value : textMatching(NAME)(value),
  ),
  sandboxMode: field<boolean>((value) => value === true),
  port: number,
  pid: number,
  ms: number,
  amount: number,
  parked: number,
  replayed: number,
  excess: number,
  ended: number,
  orphans: number,
  orders: number,
  details: number,
  lines: number,
  notices: number,
  suppressed: number,
  problem: field<Problem>(formatProblem),
  kind: name(),
  err: field<unknown>(loggedError),
}

type Fields = typeof fields
export type LogFields = {
  readonly [K in keyof Fields]?: Fields[K] extends Field<infer T> ? T | undefined : never
}

const known: ReadonlyMap<string, Field<never>> = new Map(Object.entries(fields))

/** The fields as they are written. */
export function loggedFields(given: LogFields): Record<string, unknown> {
  const logged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && known.has(key)) logged[key] = known.get(key)?.format(value)
  return logged
}

/**
 * The logged fields of each problem, besides its kind. Text from the gateway, a driver or a request header is never
 * logged.
 */
const problemFields = {
  bad_input: ['where'],
  too_large: ['limitBytes'],
  unsupported_content: [],
  slow_body: [],
  unauthorized: [],
  not_allowed: ['scope'],
  bad_view_token: [],
  bad_signature: ['cause'],
  unknown_order: ['orderId'],
  order_conflict: ['orderId', 'field'],
  nothing_to_cancel: ['orderId'],
  cancel_too_large: ['orderId', 'left'],
  cancel_parts_too_large: ['orderId'],
  refund_account_needed: ['orderId'],
  under_review: ['orderId'],
  unknown_review: ['orderId', 'reviewId'],
  review_ended: ['orderId', 'reviewId'],
  not_possible: ['orderId', 'reviewId', 'action'],
  order_has_payment: ['orderId', 'status'],
  idempotency_conflict: ['orderId'],
  contended: ['orderId'],
  busy: [],
  too_many_requests: [],
  storage_unavailable: [],
  gateway_unreachable: ['cause'],
  gateway_refused: ['status', 'code'],
  gateway_busy: ['retryAfterMs'],
  gateway_unreadable: ['where'],
  gateway_wrong_record: ['asked', 'got'],
  gateway_bad_money: ['paymentId', 'orderId', 'where'],
  unknown_payment: ['asked'],
} satisfies { readonly [K in Problem['kind']]: ReadonlyArray<keyof Extract<Problem, { kind: K }>> }

const problemFieldsOf: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(problemFields))

function formatProblem(value: unknown): Record<string, unknown> {
  const problem: ReadonlyMap<string, unknown> = new Map(
    value !== null && typeof value === 'object' ? Object.entries(value) : [],
  )
  const kind = String(problem.get('kind'))
  const shown = (key: string): unknown => {
    const part = problem.get(key)
    if (typeof part === 'number') return part
    return key === 'where' ? textMatching(WHERE)(part ?? null) : formatId(part ?? null)
  }
  const names = problemFieldsOf.get(kind)
  return names === undefined
    ? { kind: 'unknown' }
    : { kind, ...Object.fromEntries(names.map((key) => [key, shown(key)])) }
}
/** A field's name, or a sentence that Landfall wrote. */
const WHERE = /^[A-Za-z][\w .,:’'[\]-]{0,99}$/
