import { z } from 'zod'
import { failReasonOf, FailReason, shownText } from '../payment/fail-reason.ts'
import { OrderId, PaymentId } from '../order/ids.ts'
import { ImpUid, ReturnFields, type WebhookBody } from './wire.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'

/**
 * What a return or a webhook says happened. It names what to look up and is never believed (S-09). `says`
 * only paces the look-ups and chooses the sentence shown while the gateway itself has not concluded.
 */
export const Claim = z.object({
  /**
   * `return`: the customer came back through the order's own link. `visit`: anybody else who names something to look at, and is not listened to
   * (S-25). `list`: our own timer found it in the gateway's list of what has changed.
   */
  source: z.enum(['return', 'visit', 'webhook', 'list']),
  paymentId: PaymentId.nullable(),
  orderId: OrderId.nullable(),
  says: z.enum(['success', 'failure', 'nothing']),
  /** The webhook's status word and cancellation id: they tell one webhook about a payment from another. */
  status: z.string().nullable(),
  cancellationId: z.string().nullable(),
  failReason: FailReason.nullable(),
  message: z.string().nullable(),
})
export type Claim = z.infer<typeof Claim>

type BadInput = Extract<Problem, { kind: 'bad_input' }>
const badInput = (where: string): { ok: false; problem: BadInput } => fail({ kind: 'bad_input', where })

/** More parameters than any PG sends; a flood of them is refused unread. */
export const RETURN_PARAMETERS_MAX = 64
const fieldNames = Object.keys(ReturnFields.shape)

/**
 * Reads the redirect's raw query (without `?`), also one broken by the gateway's script: unescaped `&` and
 * `+` in `error_msg`, a lost separator before `imp_uid`, broken percent-encoding (docs/gateway/portone-v1.md §1.4, R-21). A
 * known name with two values or as an array is refused (pollution).
 */
export function returnFieldsFromQuery(query: string): Result<ReturnFields, BadInput> {
  const parameters = [...new URLSearchParams(query).entries()]
  if (parameters.length > RETURN_PARAMETERS_MAX) return badInput('too many parameters')
  const { read, odd } = valuesAmong(parameters)
  const [first] = odd
  if (first !== undefined) return badInput(first)
  if (!read.has('imp_uid')) readGlued(query, read)
  return ok(ReturnFields.parse(Object.fromEntries(read)))
}

const names = fieldNames.join('|')
/** What stands for `&` where an address was put into another one: read as such only before one of our names. */
const separator = new RegExp(`(?:[;?#/]|%(?:26|3B|3F|23|2F))(?=(?:${names})(?:=|%3D|\\[|%5B))`, 'gi')
const escapedEquals = new RegExp(`(^|&)(${names})%3D`, 'gi')
/** Without one of these there is nothing to take for a separator. */
const SIGNS = /[;?#/]|%[23]/
const OURS = new RegExp(`^(?:${names})(?:\\[|$)`)

/**
 * Reads a query that came through an order's own link, where nothing that is odd about it matters (R-24): of two
 * differing values neither is believed, lists and strangers' parameters are passed over, and a second `?`, `;` or an
 * escaped `&` separate as well. `odd` says what was, in words that quote nothing of it.
 */
export function returnFieldsFromLink(query: string): {
  readonly fields: ReturnFields
  readonly odd: readonly string[]
} {
  const plain = SIGNS.test(query)
    ? query.replaceAll(separator, '&').replaceAll(escapedEquals, '$1$2=')
    : query
  const entries = [...new URLSearchParams(plain).entries()]
  const ours = entries.filter(([name]) => OURS.test(name))
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

/** Nothing, and what cannot be an id, is no value that another one could differ from. */
const isReadable = (parameter: Parameter): boolean => textOf(parameter[1]) !== null && !isBadId(parameter)

function isBadId([name, value]: Parameter): boolean {
  if (textOf(value) === null) return false
  if (name === 'imp_uid') return !ImpUid.safeParse(value).success
  return name === 'merchant_uid' && !OrderId.safeParse(value).success
}

/** The values of the names we know, without those of which there are two, and what is odd among them. */
function valuesAmong(parameters: readonly Parameter[]) {
  const read = new Map<string, string>()
  const odd = new Set<string>()
  const disputed = new Set<string>()
  for (const [name, value] of parameters) {
    const listed = /^(imp_uid|merchant_uid|imp_success|success|imp_status)\[/.exec(name)?.[1]
    if (listed !== undefined) odd.add(`${listed} as a list`)
    if (!fieldNames.includes(name)) continue
    // A shop's own `merchant_uid` in its return URL comes back twice with one value: nothing to choose.
    if (read.has(name) && read.get(name) !== value) disputed.add(name)
    read.set(name, value)
  }
  for (const name of disputed) {
    read.delete(name)
    odd.add(`${name} twice`)
  }
  return { read, odd: [...odd] }
}

/** `?a=1&b=2imp_uid=imp_…`: one legacy script forgets the separator when the shop's own query already has an ampersand. */
function readGlued(query: string, into: Map<string, string>): void {
  const glued = /imp_uid=(imps?_[A-Za-z0-9_-]+)/.exec(query)?.[1]
  if (glued !== undefined) into.set('imp_uid', glued)
}

/**
 * A return in our words. Ids of the wrong alphabet or length are dropped before any call is made of them
 * and what is left is used; `null`, `undefined` and empty are what scripts write for *none*. Fails
 * when no id is left: then only a view token can help.
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
    failReason: says === 'failure' ? failReasonOf(code, message) : null,
    message: says === 'failure' ? shownText(message) : null,
  }
}

/**
 * `imp_success`, or `success` from the PGs that say that, or `imp_status` from older pages, or none; an error code or
 * text without a flag claims failure (docs/gateway/portone-v1.md §2.1, R-28).
 */
function flagOf(fields: ReturnFields, error: string | null): Claim['says'] {
  const flag = textOf(fields.imp_success) ?? textOf(fields.success) ?? textOf(fields.imp_status)
  if (flag !== null && /^(true|1)$/i.test(flag)) return 'success'
  if (flag !== null && /^(false|0)$/i.test(flag)) return 'failure'
  return error === null ? 'nothing' : 'failure'
}

function textOf(value: ReturnFields[keyof ReturnFields]): string | null {
  const text = String(value).trim()
  // Also what is null or undefined, and not only called so.
  return text === '' || text === 'null' || text === 'undefined' ? null : text
}

function idOf(schema: z.ZodType<string>, value: ReturnFields[keyof ReturnFields]): string | null {
  const parsed = schema.safeParse(value)
  return textOf(value) !== null && parsed.success ? parsed.data : null
}

/**
 * A V1 webhook in our words. What cannot be an id is passed over when the other one can be looked up: a payment's of no
 * V1 spelling beside an order's (W-20), or an order's that we could not have issued beside a payment's (another shop may
 * share the account, M-17). With neither the body is unreadable.
 */
export function claimFromWebhook(body: WebhookBody): Result<Claim, BadInput> {
  const paymentId = idOf(ImpUid, body.imp_uid)
  const orderId = idOf(OrderId, body.merchant_uid)
  if (paymentId === null && orderId === null)
    return badInput(blankless(body.merchant_uid) === null ? 'imp_uid' : 'merchant_uid')
  const status = blankless(body.status)
  return ok({
    source: 'webhook',
    paymentId,
    orderId,
    says: status === 'paid' || status === 'ready' ? 'success' : status === 'failed' ? 'failure' : 'nothing',
    status: shownText(status),
    cancellationId: shownText(blankless(body.cancellation_id)),
    failReason: null,
    message: null,
  })
}

const blankless = (value: string | null | undefined): string | null =>
  value === null || value === undefined || value.trim() === '' ? null : value

/**
 * A payment of the gateway's list of changes, in our words: nobody announced it, and it is looked up like any other
 * claim (V-08, M-10). Its ids are the gateway's own; an order id we could not have issued is nobody's here.
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
    // Each sum cancelled or deposited is a claim of its own: the row of an earlier one is settled.
    status: `${listed.status} ${listed.cancelledAmount} ${listed.deposited}`,
    cancellationId: null,
    failReason: null,
    message: null,
  })
}
