import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { z } from 'zod'
import { openApiDocument } from '../src/http/rest/openapi/document.ts'
import { listAt, objectAt, type JsonObject } from '../src/http/rest/openapi/json.ts'
import { pathFields, rows, type RestRow } from '../src/http/rest/rows.ts'
import { go } from './network.ts'
import { merchantKey } from './world.ts'

const document = openApiDocument()
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false })
for (const word of ['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'webhooks', 'components'])
  ajv.addKeyword(word)
ajv.addSchema({ $id: 'document', ...document })
const compiled = new Map<string, ValidateFunction>()

/** What is wrong with a value by the schema at a place of the document; empty when nothing is. */
export function faultsOf(place: readonly string[], value: unknown): readonly string[] {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
  const key = `document#/${pointer.join('/')}`
  const validate = compiled.get(key) ?? ajv.compile({ $ref: key })
  compiled.set(key, validate)
  if (validate(value)) return []
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

/** The row that an address belongs to. */
const rowOf = (method: string, pathname: string) =>
  rows.find(
    (row) =>
      row.method === method && new RegExp(`^${row.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  )

export type RestAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: JsonObject
}

type Asked = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }

/** Calls the REST API with the shop's key, and checks each answer against the document. */
export async function rest(url: string, call: `${'GET' | 'POST'} /v1/${string}`, asked: Asked = {}) {
  const [method = '', path = ''] = call.split(' ')
  const answer = await go(url + path, {
    method,
    headers: {
      authorization: `Bearer ${merchantKey}`,
      ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...asked.headers,
    },
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  })
  return documented(answer, method, new URL(url + path).pathname)
}

/** Reads an answer of the REST API. Fails if the document does not allow it. */
export async function documented(answer: Response, method: string, pathname: string): Promise<RestAnswer> {
  const text = await answer.text()
  const { status, headers } = answer
  const type = headers.get('content-type') ?? ''
  const body: JsonObject = JSON.parse(text)
  const row = rowOf(method, pathname)
  expect([pathname, status, type]).toEqual([
    pathname,
    status,
    status === 200 ? 'application/json' : 'application/problem+json',
  ])
  const place =
    row === undefined
      ? ['components', 'schemas', 'ProblemDetails']
      : ['paths', row.path, row.method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
  expect([method, pathname, text, faultsOf(place, body)]).toEqual([method, pathname, text, []])
  return { status, headers, body }
}

/** The operations of the document, each with the place of its parts. */
export const operationsIn = () =>
  rows.map((row) => {
    const method = row.method.toLowerCase()
    const operation = objectAt(objectAt(objectAt(document, 'paths'), row.path), method)
    return { row, place: ['paths', row.path, method], operation, fields: pathFields(row) }
  })

export { document, listAt, objectAt }

/** An input as a request of its row: fields of the path in it, the others in the query or the body. */
export function requestOf(
  row: RestRow,
  input: unknown,
): Required<Pick<RequestInit, 'method'>> & { readonly path: string; readonly body?: string } {
  const fields = Object.entries({ ...z.record(z.string(), z.unknown()).parse(input) })
  const inPath = pathFields(row)
  const path = fields.reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    String(row.path),
  )
  const rest = fields.filter(([name]) => !inPath.includes(name))
  if (row.method === 'POST') return { method: 'POST', path, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = new URLSearchParams(
    Object.fromEntries(rest.map(([name, value]) => [name, String(value)])),
  ).toString()
  return { method: 'GET', path: query === '' ? path : `${path}?${query}` }
}
