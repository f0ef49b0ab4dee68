import { declarations, type Declaration } from '../procedures.ts'
import { pathFields, rows, takesKey, type RestRow } from '../rows.ts'
import { answerOf, components, inputOf } from './components.ts'
import { listAt, objectAt, type JsonObject } from './json.ts'
import { operations } from './operations.ts'
import { examplesOfProblems, kindsOf, responsesOf } from './problems.ts'
import { webhooks } from './webhooks.ts'

/** The OpenAPI 3.1 document of the REST API. It is the same in every deployment. */
export const openApiDocument = (): JsonObject => ({
  openapi: '3.1.1',
  info: {
    title: 'Landfall API',
    version: '1',
    summary: 'Orders of a shop, paid through a gateway’s window and finalised exactly once.',
    description: introduction,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The server that serves this document.' }],
  security: [],
  tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
  paths: paths(),
  webhooks: webhooks(),
  components: {
    securitySchemes: {
      merchantKey: {
        type: 'http',
        scheme: 'bearer',
        description:
          'A key of MERCHANT_API_KEYS. Each operation names the scope that the key needs: `orders:write`, `orders:read`, `refunds` or `notices`.',
      },
    },
    schemas: components,
    examples: Object.fromEntries([...examplesOfProblems].map(([kind, value]) => [kind, { value }])),
  },
})

const introduction = `Amounts are integers in minor units of their currency (won for KRW, cents for USD). Times are epoch milliseconds.

A POST takes JSON. Unknown fields are refused by name. Answers may gain fields, so ignore those you do not know.

Every POST may be repeated: a refund is identified by its idempotency key, and the others are idempotent by nature. \`Idempotency-Key\` is accepted on all of them.

A refusal is \`application/problem+json\` (RFC 9457). Branch on \`kind\`; \`detail\` says what is wrong, and \`action\` what to do. \`Retry-After\` says when to send the call again.

Notices arrive at the shop’s \`NOTIFY_URL\` by Standard Webhooks: at least once, each time under the same id, in order for each order.`

const tags = {
  Orders: 'What the shop expects to be paid.',
  Refunds: 'Money that goes back.',
  Reviews: 'Money that needs a person.',
  Notices: 'What the shop is told, and what became of it.',
  Payments: 'What the customer’s page asks.',
} as const

function paths(): JsonObject {
  const operationsOf = (path: string) =>
    Object.fromEntries(
      rows.flatMap((row) => {
        const declared = declarations.get(row.procedure)
        return row.path !== path || declared === undefined
          ? []
          : [[row.method.toLowerCase(), operationOf(row, declared)]]
      }),
    )
  return Object.fromEntries(rows.map(({ path }) => [path, operationsOf(path)]))
}

function operationOf(row: RestRow, declared: Declaration): JsonObject {
  const { tag, client, summary, description, answer } = operations[row.procedure]
  const scope = /^merchant key: (.*)$/.exec(declared.who)?.[1]
  const body = bodyOf(row)
  const parameters = parametersOf(row)
  return {
    operationId: row.procedure,
    'x-landfall-client': client,
    tags: [tag],
    summary,
    description: `${description}\n\n${scope === undefined ? 'For anyone.' : `Needs a key with the scope \`${scope}\`.`}`,
    security: scope === undefined ? [] : [{ merchantKey: [scope] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      '200': {
        description: `The answer of \`${row.procedure}\`.`,
        content: {
          'application/json': { schema: answerOf(row.procedure), examples: { answer: { value: answer } } },
        },
      },
      ...responsesOf(kindsOf(row, declared)),
    },
  }
}

function parametersOf(row: RestRow): JsonObject[] {
  const { fields = {} } = operations[row.procedure]
  const input = inputOf(row.procedure)
  const properties = objectAt(input, 'properties')
  const inPath = pathFields(row)
  const parameter = (name: string, field: string, place: 'path' | 'query' | 'header'): JsonObject => {
    const { description, examples: _, ...schema } = withoutNull(objectAt(properties, field))
    const isRequired = place === 'path' || (place === 'query' && listAt(input, 'required').includes(field))
    const example = fields[name]
    return {
      name,
      in: place,
      required: isRequired,
      description,
      schema,
      ...(example === undefined ? {} : { example }),
    }
  }
  const rest = Object.keys(properties).filter((field) => !inPath.includes(field))
  return [
    ...inPath.map((field) => parameter(field, field, 'path')),
    ...(row.method === 'GET' ? rest.map((field) => parameter(field, field, 'query')) : []),
    ...(row.method === 'POST' ? [idempotencyKey(row, parameter)] : []),
  ]
}

/** A parameter is absent rather than null. */
const withoutNull = (schema: JsonObject): JsonObject => {
  const [type, none] = listAt(schema, 'type')
  return none === 'null' ? { ...schema, type } : schema
}

/** On refunds it is the field `idempotencyKey`; elsewhere it changes nothing. */
function idempotencyKey(
  row: RestRow,
  parameter: (name: string, field: string, place: 'header') => JsonObject,
): JsonObject {
  if (takesKey(row)) return parameter('Idempotency-Key', 'idempotencyKey', 'header')
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Accepted and not needed: this call is idempotent by nature.',
    schema: { type: 'string' },
  }
}

/** A POST's input without the fields of path and header. */
function bodyOf(row: RestRow): JsonObject | null {
  if (row.method === 'GET') return null
  const elsewhere = [...pathFields(row), ...(takesKey(row) ? ['idempotencyKey'] : [])]
  const { body: example } = operations[row.procedure]
  const schema = withoutFields(inputOf(row.procedure), elsewhere, pathFields(row))
  return {
    description: 'The input.',
    required: listAt(schema, 'required').length > 0 || listAt(schema, 'anyOf').length > 0,
    content: {
      'application/json': { schema, examples: { input: { value: example } } },
    },
  }
}

function withoutFields(
  schema: JsonObject,
  optional: readonly string[],
  absent: readonly string[],
): JsonObject {
  const properties = Object.entries(objectAt(schema, 'properties')).filter(
    ([field]) => !absent.includes(field),
  )
  const required = listAt(schema, 'required').filter((field) => !optional.includes(String(field)))
  if (schema['properties'] === undefined) return schema
  const { required: _, ...rest } = schema
  return {
    ...rest,
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  }
}
