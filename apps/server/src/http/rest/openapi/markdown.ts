import { isObject, listAt, objectAt, type JsonObject } from './json.ts'

/** The document as one page of Markdown, for `docs/api.md`. */
export function markdownOf(document: JsonObject): string {
  const [info, components] = [objectAt(document, 'info'), objectAt(document, 'components')]
  const lines = [
    `# ${text(info['title'])}`,
    '',
    '`npx -y pnpm api` writes this page from `/openapi.json`, which generates clients. `/docs` shows the same in a browser.',
    '',
    text(info['description']),
    '',
    '## Calls',
    '',
    'One call has three names: its address, its method of `@landfall/client`, and its procedure, which the other documents and the log use.',
    '',
    '| REST | client | procedure | purpose |',
    '|---|---|---|---|',
    ...operationsIn(document).map(callLine),
    '',
    ...operationsIn(document).flatMap(operationLines),
    '## Answers',
    '',
    ...schemasIn(components),
    '## Problems',
    '',
    `Any call: ${[...everywhere].map((kind) => `\`${kind}\``).join(' ')}.`,
    '',
    '| kind | status | detail | what to do |',
    '|---|---|---|---|',
    ...Object.values(objectAt(components, 'examples')).map(problemLine),
    '',
    '## Notices',
    '',
    'Headers: `webhook-id`, `webhook-timestamp`, `webhook-signature` (Standard Webhooks). The body is `NoticeBody`.',
    '',
    '| type | announces |',
    '|---|---|',
    ...Object.entries(objectAt(document, 'webhooks')).map(
      ([type, item]) => `| \`${type}\` | ${cell(objectAt(item, 'post')['description'])} |`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

type DocumentedOperation = { readonly method: string; readonly path: string; readonly said: JsonObject }

const operationsIn = (document: JsonObject): DocumentedOperation[] =>
  Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    Object.entries(isObject(item) ? item : {}).map(([method, said]) => ({
      method: method.toUpperCase(),
      path,
      said: isObject(said) ? said : {},
    })),
  )

const callLine = ({ method, path, said }: DocumentedOperation): string =>
  `| \`${method} ${path}\` | \`${text(said['x-landfall-client'])}\` | \`${text(said['operationId'])}\` | ${text(said['summary'])} |`

function operationLines({ method, path, said }: DocumentedOperation): string[] {
  const body = objectAt(objectAt(objectAt(said, 'requestBody'), 'content'), 'application/json')
  const fields = [
    ...listAt(said, 'parameters').filter(isNeeded).map(parameterLine),
    ...bodyLines(objectAt(body, 'schema')),
  ]
  const responses = Object.entries(objectAt(said, 'responses'))
  return [
    `## ${method} ${path}`,
    '',
    `${text(said['summary'])}. ${text(said['description']).replaceAll('\n\n', ' ')}`,
    '',
    ...(fields.length === 0 ? [] : ['| field | in | type | meaning |', '|---|---|---|---|', ...fields, '']),
    `Answers ${answerOf(responses)}. Problems of its own: ${kindsOf(responses) || 'none'}.`,
    '',
    '```sh',
    curlOf(method, path, said, valueOf(objectAt(objectAt(body, 'examples'), 'input'))),
    '```',
    '',
  ]
}

/** The introduction says of the header that it changes nothing but refunds, whose example has it. */
const isNeeded = (parameter: unknown): boolean =>
  isObject(parameter) && (parameter['in'] !== 'header' || parameter['example'] !== undefined)

function parameterLine(parameter: unknown): string {
  const { name, in: place, required, description, schema } = isObject(parameter) ? parameter : {}
  return `| \`${text(name)}\`${required === true ? '' : ' (optional)'} | ${text(place)} | ${typeOf(schema)} | ${cell(description)} |`
}

/** Of an input with alternatives, the fields of each. */
function bodyLines(schema: JsonObject): string[] {
  const alternatives = listAt(schema, 'anyOf')
  if (alternatives.length > 0)
    return alternatives.flatMap((each, index) => [
      ...(index === 0 ? [] : ['| *or* | | | |']),
      ...bodyLines(isObject(each) ? each : {}),
    ])
  const required = listAt(schema, 'required')
  return Object.entries(objectAt(schema, 'properties')).map(([field, each]) => {
    const meaning = isObject(each) ? each['description'] : ''
    return `| \`${field}\`${required.includes(field) ? '' : ' (optional)'} | body | ${typeOf(each)} | ${cell(meaning)} |`
  })
}

const answerOf = (responses: ReadonlyArray<readonly [string, unknown]>): string => {
  const [, ok] = responses.find(([status]) => status === '200') ?? []
  const { schema } = objectAt(objectAt(ok, 'content'), 'application/json')
  return typeOf(schema)
}

const kindsOf = (responses: ReadonlyArray<readonly [string, unknown]>): string =>
  responses
    .flatMap(([, response]) => {
      const content = objectAt(objectAt(response, 'content'), 'application/problem+json')
      return Object.keys(objectAt(content, 'examples'))
    })
    .filter((kind) => !everywhere.has(kind))
    .map((kind) => `\`${kind}\``)
    .join(' ')

/** The problems that any call can have. */
const everywhere = new Set(
  ['bad_input', 'slow_body', 'too_large', 'unsupported_content', 'unauthorized', 'not_allowed'].concat([
    'contended',
    'storage_unavailable',
    'busy',
    'our_fault',
  ]),
)

/** The example of an operation as a command. */
function curlOf(method: string, path: string, said: JsonObject, body: unknown): string {
  const given = listAt(said, 'parameters').filter(isObject)
  const named = (place: string) =>
    given.filter((each) => each['in'] === place && each['example'] !== undefined)
  const address = named('path').reduce(
    (url, { name, example }) => url.replace(`{${text(name)}}`, encodeURIComponent(text(example))),
    path,
  )
  const query = named('query').map(
    ({ name, example }) => `${text(name)}=${encodeURIComponent(text(example))}`,
  )
  const headers = [
    ...(listAt(said, 'security').length === 0 ? [] : ['authorization: Bearer $KEY']),
    ...named('header').map(({ name, example }) => `${text(name).toLowerCase()}: ${text(example)}`),
    ...(body === undefined ? [] : ['content-type: application/json']),
  ]
  const url = `"$LANDFALL${address}${query.length === 0 ? '' : `?${query.join('&')}`}"`
  const lines = [
    `curl ${method === 'POST' ? '-X POST ' : ''}${url}`,
    ...headers.map((header) => `  -H "${header}"`),
    ...(body === undefined ? [] : [`  -d '${JSON.stringify(body)}'`]),
  ]
  return lines.join(' \\\n')
}

/** The schemas of answers as tables of fields; those with one value by their text alone. */
const schemasIn = (components: JsonObject): string[] =>
  Object.entries(objectAt(components, 'schemas')).flatMap(([name, schema]) => {
    const about = isObject(schema) ? text(schema['description']) : ''
    const variants = listAt(schema, 'oneOf').filter(isObject)
    return [
      `### ${name}`,
      '',
      ...(about === '' ? [] : [about, '']),
      ...fieldLines(variants.length === 0 ? schema : sharedBy(variants)),
      ...variantLines(variants),
    ]
  })

/** Fields in fields are written with a dot. */
function fieldLines(schema: unknown): string[] {
  const rows = rowsIn(schema, '')
  return rows.length === 0 ? [] : ['| field | type | meaning |', '|---|---|---|', ...rows, '']
}

/** The fields that all kinds have with the same meaning. */
function sharedBy(variants: readonly JsonObject[]): JsonObject {
  const [first, ...others] = variants.map((each) => objectAt(each, 'properties'))
  const shared = Object.entries(first ?? {}).filter(([field, schema]) =>
    others.every((each) => JSON.stringify(each[field]) === JSON.stringify(schema)),
  )
  return { properties: Object.fromEntries(shared) }
}

/** One line for each kind, with the fields that not all kinds have. */
function variantLines(variants: readonly JsonObject[]): string[] {
  if (variants.length === 0) return []
  const shared = Object.keys(objectAt(sharedBy(variants), 'properties'))
  const lines = variants.map((variant) => {
    const { kind, ...fields } = objectAt(variant, 'properties')
    const own = Object.entries(fields).filter(([field]) => !shared.includes(field))
    const { const: name, description } = isObject(kind) ? kind : {}
    const further = own.map(([field, each]) => `\`${field}\` ${typeOf(each)}`).join(', ')
    return `| \`${text(name)}\` | ${cell(description)} | ${further} |`
  })
  return ['| kind | meaning | further fields |', '|---|---|---|', ...lines, '']
}

function rowsIn(schema: unknown, before: string): string[] {
  return Object.entries(objectAt(schema, 'properties')).flatMap(([field, each]) => {
    const below = isObject(objectAt(each, 'items')['properties']) ? objectAt(each, 'items') : each
    const meaning = isObject(each) ? each['description'] : ''
    return [
      `| \`${before}${field}\` | ${typeOf(each)} | ${cell(meaning)} |`,
      ...rowsIn(below, `${before}${field}.`),
    ]
  })
}

function typeOf(schema: unknown): string {
  if (!isObject(schema)) return ''
  const name = /^#\/components\/schemas\/(\w+)$/.exec(text(schema['$ref']))?.[1]
  if (name !== undefined) return `[${name}](#${name.toLowerCase()})`
  const choices = [...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')]
  if (choices.length > 0) return [...new Set(choices.map(typeOf))].join(' or ')
  if (schema['const'] !== undefined) return `\`${text(schema['const'])}\``
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'])}`
  return [schema['type']].flat().map(text).join(' or ')
}

const valueOf = (example: JsonObject): unknown => example['value']
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
/** In a table a bar ends the cell. */
const cell = (value: unknown): string =>
  text(value)
    .replaceAll('|', String.raw`\|`)
    .replaceAll('\n', ' ')

function problemLine(example: unknown): string {
  const { kind, status, detail, action } = objectAt(example, 'value')
  return `| \`${text(kind)}\` | ${text(status)} | ${cell(detail)} | ${cell(action)} |`
}
