// Writes the inputs and answers of the API as plain types, from the schemas that the server checks them with.

import { writeFileSync } from 'node:fs'
import * as core from '@landfall/payment-core'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { z } from 'zod'

/** What a caller sends. A field with a default may be left out. */
const inputs = {
  RegisterInput: core.RegisterInput,
  ListInput: core.ListInput,
  RefundsInput: core.RefundsInput,
  CancelInput: core.CancelInput,
  CloseInput: core.CloseInput,
  ResolveInput: core.ResolveInput,
  NoticesInput: core.NoticesInput,
  ReplayInput: core.ReplayInput,
  VerifyInput: core.VerifyInput,
}
/** What the server answers and sends. */
const answers = {
  RegisterAnswer: core.RegisterAnswer,
  OrderSummary: core.OrderSummary,
  OrderView: core.OrderView,
  OrderList: core.OrderList,
  PaymentView: core.PaymentView,
  ReviewView: core.ReviewView,
  CancelView: core.CancelView,
  CancelAnswer: core.CancelAnswer,
  RefundList: core.RefundList,
  ResolveAnswer: core.ResolveAnswer,
  Story: core.Story,
  StoryLine: core.StoryLine,
  NoticeBody: core.NoticeBody,
  NoticeView: core.NoticeView,
  NoticeList: core.NoticeList,
  ReplayAnswer: core.ReplayAnswer,
  ShownScreen: core.ShownScreen,
}
/** What stands in both. */
const words = {
  OrderStatus: core.OrderStatus,
  NoticeType: core.NoticeType,
  NoticeState: core.NoticeState,
  ReviewReason: core.ReviewReason,
  ReviewAction: core.ReviewAction,
  RefundAccount: core.RefundAccount,
}

type Schemas = Readonly<Record<string, z.ZodType>>

/** JSON schemas by name, which refer to one another by `#/definitions/<name>`. */
function definitionsOf(schemas: Schemas, io: 'input' | 'output'): Record<string, JSONSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const written = z.toJSONSchema(registry, { io, target: 'draft-7', uri: (id) => `#/definitions/${id}` })
  return Object.fromEntries(Object.entries(written.schemas).map(([id, schema]) => [id, plain(schema)]))
}

const ignored = ['$id', '$schema', 'default', 'examples', 'maxItems', 'minItems']

/** Without what is no part of a type. Bounds of lists would become tuples, and a schema's own address would shadow the definitions. */
function plain(schema: unknown): JSONSchema {
  const text = JSON.stringify(schema, (key, value: unknown) => (ignored.includes(key) ? undefined : value))
  const written: JSONSchema = z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  return written
}

const definitions = {
  ...definitionsOf({ ...inputs, ...words }, 'input'),
  ...definitionsOf({ ...answers, ...words }, 'output'),
}
const text = await compile({ definitions, type: 'object', additionalProperties: false }, 'Everything', {
  additionalProperties: false,
  unreachableDefinitions: true,
  bannerComment: '// Written by build/write-types.ts from the schemas of payment-core.',
  style: { semi: false, singleQuote: true, printWidth: 110 },
})
writeFileSync(`${import.meta.dirname}/../src/api-types.ts`, readable(text))

/** Without the root, which only holds the definitions together, and without the remarks about it. */
function readable(written: string): string {
  return written
    .replaceAll(
      / \*(?:\n \*)? This interface was referenced by [^\n]*\n \* via the `definition` [^\n]*\n/g,
      '',
    )
    .replaceAll(/^\/\*\*\n \*\/\n/gm, '')
    .replace(/^export interface Everything \{\}\n/m, '')
}
