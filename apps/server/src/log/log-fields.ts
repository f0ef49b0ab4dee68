import { type Impersonal, type OrderStatus, type Problem, type TimelineEntry } from '@landfall/payment-core'
import { errorTold } from './log-errors.ts'

/** A field a line may have: the type it takes, and what is told of the value. A value that got past the type is bounded here all the same. */
type Field<T> = { readonly told: (value: unknown) => unknown; readonly takes?: (value: T) => void }
const field = <T>(told: (value: unknown) => unknown): Field<T> => ({ told })

const TEXT_CHARACTERS_MAX = 160
/** Ids of ours, of the shop and of the gateway: no sentence, no address, no token fits (a view token is longer). */
const ID = /^[A-Za-z0-9][\w.:-]{0,63}$/
const NOTICE_ID = /^[A-Za-z0-9][\w.:-]{0,159}$/
const NAME = /^[A-Za-z][\w.*/:?-]{0,79}$|^\/[\w.*/:?-]{0,79}$/

const textMatching = (pattern: RegExp) => (value: unknown) => {
  if (typeof value !== 'string') return null
  return pattern.test(value) ? value : `(not told: ${value.length} characters)`
}
const idTold = textMatching(ID)
const numberTold = (value: unknown) => (typeof value === 'number' ? value : null)

const id = field<Impersonal | null>(idTold)
/** One of a closed set of words: a state, a kind, a route's pattern. */
const name = <T extends string = Impersonal>() => field<T | null>(textMatching(NAME))
/** A sentence of our own, cut to a length. */
const sentence = field<Impersonal | null>((value) =>
  typeof value === 'string' ? value.slice(0, TEXT_CHARACTERS_MAX) : null,
)
const number = field<number | null>(numberTold)

/** Every field any line may have, and nothing else: what is not in this table neither compiles nor is written (P-03, P-04). */
const fields = {
  requestId: id,
  orderId: id,
  paymentId: id,
  receiptId: id,
  reviewId: id,
  /** Of a person's act. */
  actor: name(),
  action: name(),
  noticeId: field<Impersonal>(textMatching(NOTICE_ID)),
  by: name<'payment' | 'order'>(),
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
  root: sentence,
  /** Of an answer, or of a list at the gateway. */
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
  suppressed: number,
  problem: field<Problem>(problemTold),
  kind: name(),
  err: field<unknown>(errorTold),
}

type Fields = typeof fields
export type LogFields = {
  readonly [K in keyof Fields]?: Fields[K] extends Field<infer T> ? T | undefined : never
}

const known: ReadonlyMap<string, Field<never>> = new Map(Object.entries(fields))

/** What is written of a line's fields. */
export function fieldsTold(given: LogFields): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && known.has(key)) told[key] = known.get(key)?.told(value)
  return told
}

/** What is told of each problem beside its kind. Texts of a gateway, a driver or a stranger's header are not. */
const problemFields = {
  bad_input: ['where'],
  too_large: ['limitBytes'],
  unsupported_content: [],
  unauthorized: [],
  not_allowed: ['scope'],
  bad_view_token: [],
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

const told: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(problemFields))

function problemTold(value: unknown): Record<string, unknown> {
  const problem: ReadonlyMap<string, unknown> = new Map(
    value !== null && typeof value === 'object' ? Object.entries(value) : [],
  )
  const kind = String(problem.get('kind'))
  const shown = (key: string): unknown => {
    const part = problem.get(key)
    if (typeof part === 'number') return part
    return key === 'where' ? textMatching(WHERE)(part ?? null) : idTold(part ?? null)
  }
  const names = told.get(kind)
  return names === undefined
    ? { kind: 'unknown' }
    : { kind, ...Object.fromEntries(names.map((key) => [key, shown(key)])) }
}
/** A field's name or a sentence of ours. */
const WHERE = /^[A-Za-z][\w .,:’'[\]-]{0,99}$/
