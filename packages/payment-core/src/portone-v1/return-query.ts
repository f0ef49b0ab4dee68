import { OrderId } from '../order/ids.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { ImpUid, ReturnFields } from './wire.ts'

/** More parameters than any PG sends; a flood of them is refused unread. */
export const RETURN_PARAMETERS_MAX = 64
const fieldNames = Object.keys(ReturnFields.shape)

/**
 * Reads the redirect's raw query (without `?`), also one broken by the gateway's script: unescaped `&` and
 * `+` in `error_msg`, a lost separator before `imp_uid`, broken percent-encoding (docs/gateway/portone-v1.md §1.4, R-21). A
 * known name with two values or as an array is refused (pollution).
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

export function textOf(value: ReturnFields[keyof ReturnFields]): string | null {
  const text = String(value).trim()
  // Also what is null or undefined, and not only called so.
  return text === '' || text === 'null' || text === 'undefined' ? null : text
}
