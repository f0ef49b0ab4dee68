import type { z } from 'zod'
import type { Claim } from '../claim.ts'
import { OrderId } from '../order/ids.ts'
import { failReasonOf, shownText, type FailReason } from '../payment/fail-reason.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { ImpUid, ReturnFields, type WebhookBody } from './wire.ts'

type BadInput = Extract<Problem, { kind: 'bad_input' }>
const badInput = (where: string): { ok: false; problem: BadInput } => fail({ kind: 'bad_input', where })

/**
 * Reads a return as a claim. Ids with invalid characters or lengths are dropped, so that no call is made of them; `null`, `undefined` and an
 * empty text mean *none*. Without an id, only a view token can help.
 */
export function claimFromReturn(fields: ReturnFields): Claim {
  const message = textOf(fields.error_msg)
  const code = textOf(fields.error_code) ?? textOf(fields.error_coe)
  const says = flagOf(fields, code ?? message)
  return {
    source: 'return',
    paymentId: idOf(ImpUid, fields.imp_uid),
    orderId: idOf(OrderId, fields.merchant_uid),
    says,
    status: null,
    cancellationId: null,
    failReason: says === 'failure' ? failReasonOf(code, message, ownCodes.get(code ?? '')) : null,
    message: says === 'failure' ? shownText(message) : null,
  }
}

/** The protocol's own failure codes; all other codes are the PGs' (docs/gateway/portone-v1.md §6.5). */
const ownCodes: ReadonlyMap<string, FailReason> = new Map([
  ['F1002', 'already_paid'],
  ['F1001', 'window_not_opened'],
  ['F500', 'window_not_opened'],
  ['F0005', 'closed_by_customer'],
  ['IAMPORT_CORDOVA', 'closed_by_customer'],
])

/** `imp_status` also comes with the callback's status words (docs/gateway/portone-v1.md §1.3). */
const SUCCESS = /^(?:true|1|success|paid)$/i
const FAILURE = /^(?:false|0|fail|failed)$/i

/**
 * Reads `imp_success`, `success` (some PGs) or `imp_status` (older pages), whichever can be read. An error without a flag claims a failure (docs/gateway/portone-v1.md
 * §2.1, R-28).
 */
function flagOf(fields: ReturnFields, error: string | null): Claim['says'] {
  const flags = [fields.imp_success, fields.success, fields.imp_status].map((flag) => textOf(flag) ?? '')
  const flag = flags.find((each) => SUCCESS.test(each) || FAILURE.test(each))
  if (flag !== undefined) return SUCCESS.test(flag) ? 'success' : 'failure'
  return error === null ? 'nothing' : 'failure'
}

function idOf(schema: z.ZodType<string>, value: ReturnFields[keyof ReturnFields]): string | null {
  // A shop's script may name its orders by number (W-20).
  const id = Number.isSafeInteger(value) ? String(value) : value
  const parsed = schema.safeParse(id)
  return textOf(value) !== null && parsed.success ? parsed.data : null
}

/**
 * Reads a V1 webhook as a claim. One invalid id is ignored if the other can be looked up: a payment id that is none of V1's (W-20), or an order id
 * that we could not have issued, because another shop may share the account (M-17). Without a valid id the body is refused.
 */
export function claimFromWebhook(body: WebhookBody): Result<Claim, BadInput> {
  const paymentId = idOf(ImpUid, body.imp_uid)
  const orderId = idOf(OrderId, body.merchant_uid)
  if (paymentId === null && orderId === null)
    return badInput(textOf(body.merchant_uid) === null ? 'imp_uid' : 'merchant_uid')
  const status = textOf(body.status)
  return ok({
    source: 'webhook',
    paymentId,
    orderId,
    says: status === 'paid' || status === 'ready' ? 'success' : status === 'failed' ? 'failure' : 'nothing',
    status: shownText(status),
    cancellationId: shownText(textOf(body.cancellation_id)),
    failReason: null,
    message: null,
  })
}

/**
 * Reads a row of the gateway's list of changes as a claim, which is looked up like any other (V-08, M-10). An order id that we could not have
 * issued is dropped.
 */
export function claimFromList(listed: {
  readonly paymentId: string
  readonly orderId: string
  readonly status: string
  readonly cancelledAmount: number
  readonly deposited: number
}): Result<Claim, BadInput> {
  const paymentId = idOf(ImpUid, listed.paymentId)
  if (paymentId === null) return badInput('imp_uid')
  return ok({
    source: 'list',
    paymentId,
    orderId: idOf(OrderId, listed.orderId),
    says: 'nothing',
    // Each new amount cancelled or deposited is a new claim.
    status: `${listed.status} ${listed.cancelledAmount} ${listed.deposited}`,
    cancellationId: null,
    failReason: null,
    message: null,
  })
}

/** More parameters than any PG sends. */
export const RETURN_PARAMETERS_MAX = 64
const fieldNames = Object.keys(ReturnFields.shape)

/**
 * Reads the redirect's raw query (without `?`), even when the gateway's script has broken it: unescaped `&` and `+` in `error_msg`, a missing
 * separator before `imp_uid`, invalid percent-encoding (docs/gateway/portone-v1.md §1.4, R-21). Fails when a known name has two values or is a
 * list.
 */
export function returnFieldsFromQuery(
  query: string,
): Result<ReturnFields, Extract<Problem, { kind: 'bad_input' }>> {
  const parameters = [...new URLSearchParams(query).entries()]
  if (parameters.length > RETURN_PARAMETERS_MAX)
    return fail({ kind: 'bad_input', where: 'too many parameters' })
  const { read, odd } = valuesAmong(parameters)
  const [first] = odd
  if (first !== undefined) return fail({ kind: 'bad_input', where: first })
  if (!read.has('imp_uid')) readGlued(query, read)
  return ok(ReturnFields.parse(Object.fromEntries(read)))
}

const names = fieldNames.join('|')
/** What replaces `&` in an address inside another address. It separates only before one of our names. */
const separator = new RegExp(`(?:[;?#/]|%(?:26|3B|3F|23|2F))(?=(?:${names})(?:=|%3D|\\[|%5B))`, 'gi')
const escapedEquals = new RegExp(`(^|&)(${names})%3D`, 'gi')
/** Without these characters the query has no such separator. */
const SEPARATOR_SIGNS = /[;?#/]|%[23]/
const KNOWN_NAME = new RegExp(`^(?:${names})(?:\\[|$)`)

/**
 * Reads a query that came through an order's own link, which identifies the order, so oddities do not matter. Of two different values
 * neither is used, lists and unknown parameters are ignored, and a second `?`, a `;` or an escaped `&` also separates. `odd` describes the oddities
 * without quoting the query.
 */
export function returnFieldsFromLink(query: string): {
  readonly fields: ReturnFields
  readonly odd: readonly string[]
} {
  const plain = SEPARATOR_SIGNS.test(query)
    ? query.replaceAll(separator, '&').replaceAll(escapedEquals, '$1$2=')
    : query
  const entries = [...new URLSearchParams(plain).entries()]
  const ours = entries.filter(([name]) => KNOWN_NAME.test(name))
  const all = valuesAmong(ours)
  const bad = ours.filter(isBadId)
  const isSound = all.odd.length + bad.length === 0
  const { read } = isSound ? all : valuesAmong(ours.filter(isReadable))
  if (!ours.some(([name]) => name === 'imp_uid')) readGlued(plain, read)
  const odd = new Set<string>()
  if (entries.length > RETURN_PARAMETERS_MAX) odd.add('too many parameters')
  if (plain !== query) odd.add('wrapped parameters')
  if (/%(?![0-9a-f]{2})/i.test(query)) odd.add('broken escapes')
  for (const [name] of bad) odd.add(`${name} unreadable`)
  for (const each of all.odd) odd.add(each)
  return { fields: ReturnFields.parse(Object.fromEntries(read)), odd: [...odd] }
}

type Parameter = readonly [name: string, value: string]

/** An empty value or an invalid id does not conflict with a valid one. */
const isReadable = (parameter: Parameter): boolean => textOf(parameter[1]) !== null && !isBadId(parameter)

function isBadId([name, value]: Parameter): boolean {
  if (textOf(value) === null) return false
  if (name === 'imp_uid') return !ImpUid.safeParse(value).success
  return name === 'merchant_uid' && !OrderId.safeParse(value).success
}

/** The values of the known names without conflicts, and the oddities. */
function valuesAmong(parameters: readonly Parameter[]) {
  const read = new Map<string, string>()
  const odd = new Set<string>()
  const conflicting = new Set<string>()
  for (const [name, value] of parameters) {
    const listed = /^(imp_uid|merchant_uid|imp_success|success|imp_status)\[/.exec(name)?.[1]
    if (listed !== undefined) odd.add(`${listed} as a list`)
    if (!fieldNames.includes(name)) continue
    // A shop's own `merchant_uid` in its return URL repeats the same value, so there is no conflict.
    if (read.has(name) && read.get(name) !== value) conflicting.add(name)
    read.set(name, value)
  }
  for (const name of conflicting) {
    read.delete(name)
    odd.add(`${name} twice`)
  }
  return { read, odd: [...odd] }
}

/** `?a=1&b=2imp_uid=imp_…`: a legacy script omits the separator when the shop's query already has an ampersand. */
function readGlued(query: string, into: Map<string, string>): void {
  const glued = /imp_uid=(imps?_[A-Za-z0-9_-]+)/.exec(query)?.[1]
  if (glued !== undefined) into.set('imp_uid', glued)
}

function textOf(value: ReturnFields[keyof ReturnFields]): string | null {
  const text = String(value).trim()
  // `String` also turns null and undefined into these words.
  return text === '' || text === 'null' || text === 'undefined' ? null : text
}
