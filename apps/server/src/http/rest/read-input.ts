import { fail, parseJson } from '@landfall/payment-core'
import type { Context } from 'hono'
import { z } from 'zod'
import { limits } from '../../config/limits.ts'
import { isDeeperThan } from '../../journey/receive/json-depth.ts'
import type { Env } from '../answer.ts'
import { queryOf } from '../read-request.ts'
import { unwrap } from '../trpc/trpc.ts'
import type { InputSource } from './rows.ts'

/** The JSON types of an input's fields, which query parameters are read as. */
export type FieldTypes = ReadonlyMap<string, readonly string[]>

type Part = readonly (readonly [field: string, value: unknown])[]

/**
 * The procedure's input from the parts of a request. A field that comes twice must come with the same value. Throws `bad_input`; everything else
 * about the input is the procedure's to judge.
 */
export function readInput(sources: readonly InputSource[], types: FieldTypes, c: Context<Env>): unknown {
  const hasQuery = sources.includes('query')
  if (!hasQuery && queryOf(c) !== '') return badInput('query: this call takes none')
  const parts: Part[] = [
    Object.entries(c.req.param()),
    hasQuery ? fromQuery(queryOf(c), types) : [],
    sources.includes('idempotency-key') ? fromHeader(c.req.header('idempotency-key')) : [],
    sources.includes('body') ? fromBody(new TextDecoder().decode(c.get('body'))) : [],
  ]
  const input = new Map<string, unknown>()
  for (const [field, value] of parts.flat()) {
    // Only the fields of path and header can come twice, so the name is ours to repeat.
    if (input.has(field) && input.get(field) !== value)
      return badInput(`${field}: is given twice and differs`)
    input.set(field, value)
  }
  return Object.fromEntries(input)
}

const badInput = (where: string): never => unwrap(fail({ kind: 'bad_input', where }))

function fromQuery(query: string, types: FieldTypes): Part {
  const parameters = new URLSearchParams(query)
  return [...new Set(parameters.keys())].map((field) => {
    const [text = '', ...more] = parameters.getAll(field)
    const known = types.get(field)
    if (known !== undefined && more.length > 0) return badInput(`${field}: is given twice`)
    return [field, valueOf(text, known ?? [])]
  })
}

/** Text that is no number or boolean stays text, which the schema refuses. */
function valueOf(text: string, types: readonly string[]): unknown {
  if (types.includes('boolean') && /^(?:true|false)$/.test(text)) return text === 'true'
  const isNumber = types.includes('integer') || types.includes('number')
  return isNumber && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}

/** The header's draft writes its value in quotes, most clients without. */
const fromHeader = (value: string | undefined): Part =>
  value === undefined ? [] : [['idempotencyKey', /^"(.*)"$/.exec(value)?.[1] ?? value]]

function fromBody(text: string): Part {
  if (text === '') return []
  if (isDeeperThan(text, limits.jsonDepthMax)) return badInput('nested too deep')
  const read = Body.safeParse(parseJson(text))
  return read.success ? Object.entries(read.data) : badInput('the body is no JSON object')
}
const Body = z.record(z.string(), z.unknown())

/** The types that a schema declares for the fields of its input. */
export function fieldTypesOf(input: z.ZodType): FieldTypes {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input' })
  return new Map(Object.entries(properties).map(([field, schema]) => [field, typesIn(schema)]))
}

function typesIn(schema: z.core.JSONSchema._JSONSchema): string[] {
  if (typeof schema === 'boolean') return []
  const { type, anyOf = [] } = schema
  return [...(type === undefined ? [] : [type].flat()), ...anyOf.flatMap(typesIn)]
}
