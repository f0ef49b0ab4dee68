import type { z } from 'zod'
import type { Problem } from './problem.ts'
import { fail, ok, type Result } from './result.ts'

/** More parameters than any PG sends. */
export const RETURN_PARAMETERS_MAX = 64

/** The names of one protocol's return. */
type ReturnNames<Shape extends z.ZodRawShape> = {
  readonly fields: z.ZodObject<Shape>
  /** The names that hold ids, with the form of each. */
  readonly ids: Readonly<Record<string, z.ZodType<string>>>
  /** Further names whose list is an oddity. A list of texts is ignored. */
  readonly flags: readonly string[]
  /** An id that an old script appends without a separator. */
  readonly glued?: { readonly name: string; readonly pattern: RegExp }
  /** A raw `+` is a plus, not a blank. */
  readonly keepsPlus?: boolean
}

type ReturnQueryReader<Fields> = {
  /** Fails when a known name has two values or is a list. */
  readonly fromQuery: (query: string) => Result<Fields, Extract<Problem, { kind: 'bad_input' }>>
  /**
   * Reads a query that came through an order's own link, which identifies the order, so oddities do not matter. Of two different values
   * neither is used, lists and unknown parameters are ignored, and a second `?`, a `;` or an escaped `&` also separates. `odd` describes the
   * oddities without quoting the query.
   */
  readonly fromLink: (query: string) => { readonly fields: Fields; readonly odd: readonly string[] }
}

/** Makes the reader of one protocol's redirects. */
export function returnQueryReader<Shape extends z.ZodRawShape>(
  of: ReturnNames<Shape>,
): ReturnQueryReader<z.output<z.ZodObject<Shape>>> {
  const syntax = syntaxOf(of)
  return {
    fromQuery: (query) => {
      const read = readQuery(syntax, query)
      return read.ok ? ok(of.fields.parse(Object.fromEntries(read.value))) : read
    },
    fromLink: (query) => {
      const { read, odd } = readLink(syntax, query)
      return { fields: of.fields.parse(Object.fromEntries(read)), odd }
    },
  }
}

type ReturnSyntax = ReturnType<typeof syntaxOf>
function syntaxOf({ fields, ids, flags, glued, keepsPlus = false }: ReturnNames<z.ZodRawShape>) {
  const names = Object.keys(fields.shape)
  const any = names.join('|')
  return {
    names,
    ids: new Map(Object.entries(ids)),
    glued: glued ?? null,
    keepsPlus,
    /** What replaces `&` in an address inside another address. It separates only before one of our names. */
    separator: new RegExp(`(?:[;?#/]|%(?:26|3B|3F|23|2F))(?=(?:${any})(?:=|%3D|\\[|%5B))`, 'gi'),
    escapedEquals: new RegExp(`(^|&)(${any})%3D`, 'gi'),
    known: new RegExp(`^(?:${any})(?:\\[|$)`),
    listed: new RegExp(`^(${[...Object.keys(ids), ...flags].join('|')})\\[`),
  }
}

type Parameter = readonly [name: string, value: string]

const parametersOf = ({ keepsPlus }: ReturnSyntax, query: string): Parameter[] => [
  ...new URLSearchParams(keepsPlus ? query.replaceAll('+', '%2B') : query).entries(),
]

function readQuery(
  syntax: ReturnSyntax,
  query: string,
): Result<Map<string, string>, Extract<Problem, { kind: 'bad_input' }>> {
  const parameters = parametersOf(syntax, query)
  if (parameters.length > RETURN_PARAMETERS_MAX)
    return fail({ kind: 'bad_input', where: 'too many parameters' })
  const { read, odd } = valuesAmong(syntax, parameters)
  const [first] = odd
  if (first !== undefined) return fail({ kind: 'bad_input', where: first })
  if (!read.has(syntax.glued?.name ?? '')) readGlued(syntax, query, read)
  return ok(read)
}

/** Without these characters a query has no second separator. */
const SEPARATOR_SIGNS = /[;?#/]|%[23]/

function readLink(syntax: ReturnSyntax, query: string) {
  const plain = SEPARATOR_SIGNS.test(query)
    ? query.replaceAll(syntax.separator, '&').replaceAll(syntax.escapedEquals, '$1$2=')
    : query
  const entries = parametersOf(syntax, plain)
  const ours = entries.filter(([name]) => syntax.known.test(name))
  const all = valuesAmong(syntax, ours)
  const bad = ours.filter((each) => isBadId(syntax, each))
  const isSound = all.odd.length + bad.length === 0
  const { read } = isSound
    ? all
    : valuesAmong(
        syntax,
        ours.filter((each) => isReadable(syntax, each)),
      )
  if (!ours.some(([name]) => name === syntax.glued?.name)) readGlued(syntax, plain, read)
  const odd = new Set<string>()
  if (entries.length > RETURN_PARAMETERS_MAX) odd.add('too many parameters')
  if (plain !== query) odd.add('wrapped parameters')
  if (/%(?![0-9a-f]{2})/i.test(query)) odd.add('broken escapes')
  for (const [name] of bad) odd.add(`${name} unreadable`)
  for (const each of all.odd) odd.add(each)
  return { read, odd: [...odd] }
}

/** An empty value or an invalid id does not conflict with a valid one. */
const isReadable = (syntax: ReturnSyntax, parameter: Parameter): boolean =>
  textOf(parameter[1]) !== null && !isBadId(syntax, parameter)

const isBadId = ({ ids }: ReturnSyntax, [name, value]: Parameter): boolean =>
  textOf(value) !== null && ids.get(name)?.safeParse(value).success === false

function readGlued({ glued }: ReturnSyntax, query: string, into: Map<string, string>): void {
  const id = glued?.pattern.exec(query)?.[1]
  if (glued !== null && id !== undefined) into.set(glued.name, id)
}

/** The values of the known names without conflicts, and the oddities. */
function valuesAmong({ names, listed }: ReturnSyntax, parameters: readonly Parameter[]) {
  const read = new Map<string, string>()
  const odd = new Set<string>()
  const conflicting = new Set<string>()
  for (const [name, value] of parameters) {
    const list = listed.exec(name)?.[1]
    if (list !== undefined) odd.add(`${list} as a list`)
    if (!names.includes(name)) continue
    // A shop's own order id in its return URL repeats the same value, so there is no conflict.
    if (read.has(name) && read.get(name) !== value) conflicting.add(name)
    read.set(name, value)
  }
  for (const name of conflicting) {
    read.delete(name)
    odd.add(`${name} twice`)
  }
  return { read, odd: [...odd] }
}

/** A field's text; null for an empty one, and for the words that scripts make of a missing value. */
export function textOf(value: string | number | boolean | null | undefined): string | null {
  const text = String(value).trim()
  // `String` also turns null and undefined into these words.
  return text === '' || text === 'null' || text === 'undefined' ? null : text
}

/** An id among a claim's fields. Null when it is missing or of another form, so that no call is made of it. */
export function idOf(
  schema: z.ZodType<string>,
  value: string | number | boolean | null | undefined,
): string | null {
  // A shop's script may name its orders by number (W-20).
  const parsed = schema.safeParse(Number.isSafeInteger(value) ? String(value) : value)
  return textOf(value) !== null && parsed.success ? parsed.data : null
}
