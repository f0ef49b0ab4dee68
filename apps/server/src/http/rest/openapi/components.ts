import * as core from '@landfall/payment-core'
import { z } from 'zod'
import { declarations } from '../procedures.ts'
import type { RestProcedure } from '../rows.ts'
import { isObject, listAt, type JsonObject } from './json.ts'

/** Schemas that inputs and answers share. */
const shared = {
  OrderStatus: core.OrderStatus,
  PaymentStatus: core.PaymentStatus,
  Method: core.Method,
  Standing: core.Standing,
  ReviewReason: core.ReviewReason,
  ReviewAction: core.ReviewAction,
  ReviewEnd: core.ReviewEnd,
  CancelCause: core.CancelCause,
  CancelState: core.CancelState,
  FailReason: core.FailReason,
  NoticeType: core.NoticeType,
  NoticeState: core.NoticeState,
}

/** The names of the answers' schemas in the document. */
const answers = {
  Order: core.OrderView,
  OrderList: core.OrderList,
  OrphanPayment: core.OrphanPayment,
  ReviewTotal: core.ReviewTotal,
  RegisteredOrder: core.RegisterAnswer,
  Payment: core.PaymentView,
  Review: core.ReviewView,
  Cancel: core.CancelView,
  Refund: core.CancelAnswer,
  RefundList: core.RefundList,
  RefundRow: core.RefundRow,
  RefundTotal: core.RefundTotal,
  ResolvedReview: core.ResolveAnswer,
  Screen: core.ShownScreen,
  Story: core.Story,
  StoryLine: core.StoryLine,
  Notice: core.NoticeView,
  NoticeAttempt: core.NoticeAnswer,
  NoticeList: core.NoticeList,
  Replayed: core.ReplayAnswer,
  NoticeBody: core.NoticeBody,
  NoticeOrder: core.OrderSummary,
  ProblemDetails: core.ProblemDetails,
}

const reference = (name: string): string => `#/components/schemas/${name}`

function schemasOf(
  schemas: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Readonly<Record<string, JsonObject>> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const found = z.toJSONSchema(registry, { io, uri: reference }).schemas
  return Object.fromEntries(
    Object.entries(found).map(([name, { $schema: _, $id: __, ...schema }]) => [name, tidied(schema, io)]),
  )
}

const ofAnswers = schemasOf({ ...shared, ...answers }, 'output')
const ofInputs = schemasOf(
  {
    ...shared,
    RefundAccount: core.RefundAccount,
    ...Object.fromEntries([...declarations].map(([procedure, { input }]) => [procedure, input])),
  },
  'input',
)

/** The schemas that the document names, by name. */
export const components: Readonly<Record<string, JsonObject>> = {
  ...ofAnswers,
  RefundAccount: ofInputs['RefundAccount'] ?? {},
}

/** The JSON schema of a procedure's input. */
export const inputOf = (procedure: RestProcedure): JsonObject => ofInputs[procedure] ?? {}

const nameOfAnswer = new Map<z.ZodType, string>(
  Object.entries(answers).map(([name, schema]) => [schema, name]),
)

/** A reference to the schema of a procedure's answer. */
export function answerOf(procedure: RestProcedure): JsonObject {
  const output = declarations.get(procedure)?.output
  const name = output === undefined ? undefined : nameOfAnswer.get(output)
  if (name === undefined) throw new Error(`the answer of ${procedure} has no name in the document`)
  return { $ref: reference(name) }
}

export const referenceTo = (name: keyof typeof answers): JsonObject => ({ $ref: reference(name) })

/** Rewrites what zod says about its own parsing into what matters to a caller. */
function tidied(schema: unknown, io: 'input' | 'output'): JsonObject {
  if (!isObject(schema)) return {}
  const entries = Object.entries(schema).filter(
    ([name, value]) =>
      // Answers may gain fields, so a client must not refuse unknown ones.
      !(name === 'additionalProperties' && value === false && io === 'output') &&
      // `.catch` marks an input that is never refused; it is no default.
      !(name === 'default' && value === null) &&
      !((name === 'minimum' || name === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER),
  )
  const own = Object.fromEntries(entries.map(([name, value]) => [name, tidiedValue(name, value, io)]))
  return withoutNull(own['type'] === 'integer' ? { ...own, format: 'int64' } : own)
}

function tidiedValue(name: string, value: unknown, io: 'input' | 'output'): unknown {
  if (name === 'properties' && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, tidied(each, io)]))
  if (Array.isArray(value) && name !== 'examples')
    return value.map((each: unknown) => (isObject(each) ? tidied(each, io) : each))
  return isObject(value) && (name === 'items' || name === 'additionalProperties') ? tidied(value, io) : value
}

/** `X or null` with one simple type is written as a list of two types, so that the description stays with the field. */
function withoutNull(schema: JsonObject): JsonObject {
  const { anyOf: _, ...rest } = schema
  const [value, none, ...more] = listAt(schema, 'anyOf')
  if (more.length > 0 || !isObject(value) || !isObject(none) || none['type'] !== 'null') return schema
  if (typeof value['type'] === 'string' && value['enum'] === undefined && value['const'] === undefined)
    return { ...value, ...rest, type: [value['type'], 'null'] }
  return schema
}
