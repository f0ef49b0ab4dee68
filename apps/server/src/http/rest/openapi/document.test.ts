import { createConfig, lintFromString } from '@redocly/openapi-core'
import { NoticeType } from '@landfall/payment-core'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { describe, expect, test } from 'vitest'
import { faultsOf, operationsIn } from '../../../../testing/rest.ts'
import { go } from '../../../../testing/shopper.ts'
import { startWorld } from '../../../../testing/world.ts'
import { problemAnswers } from '../../problem-answers.ts'
import { openApiDocument } from './document.ts'
import { isObject, listAt, objectAt, type JsonObject } from './json.ts'

const document = openApiDocument()

/** The linter's complaints, each once. */
async function complaintsAbout(lint: JsonObject): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const found = await lintFromString({ source: JSON.stringify(lint), absoluteRef: 'openapi.json', config })
  return [...new Set(found.map(({ ruleId, message }) => `${ruleId}: ${message}`))]
}

/** The fields without a description of their own or of the schema they refer to. */
function undescribed(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => undescribed(each, `${at}/${index}`))
  if (!isObject(value)) return []
  const missing = Object.entries(objectAt(value, 'properties')).flatMap(([field, schema]) =>
    isDescribed(schema) ? [] : [`${at}/${field}`],
  )
  const below = Object.entries(value).filter(([name]) => name !== 'examples' && name !== 'example')
  return [...missing, ...below.flatMap(([name, each]) => undescribed(each, `${at}/${name}`))]
}
function isDescribed(schema: unknown): boolean {
  if (!isObject(schema)) return false
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema['$ref']))?.[1]
  const named =
    name === undefined ? {} : objectAt(objectAt(objectAt(document, 'components'), 'schemas'), name)
  return [schema, named].some(({ description }) => typeof description === 'string' && description !== '')
}

const countOf = (value: unknown): number =>
  isObject(value) || Array.isArray(value)
    ? Object.keys(objectAt(value, 'properties')).length +
      Object.values(value).reduce((sum: number, each) => sum + countOf(each), 0)
    : 0

describe('the document', () => {
  test('is served as it is, to anyone', async () => {
    await using world = await startWorld()
    const answer = await go(`${world.url}/openapi.json`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)))
  })

  test('has no complaint of the linter, which would see a missing description or a broken reference', async () => {
    expect(await complaintsAbout(document)).toEqual([])
    const { paths, ...rest } = document
    expect(await complaintsAbout({ ...rest, paths: { '/x': { get: { responses: {} } } } })).not.toEqual([])
    const broken = JSON.parse(
      JSON.stringify({ ...rest, paths }).replace('schemas/OrderList"', 'schemas/Nothing"'),
    )
    expect(await complaintsAbout(broken)).toContain("no-unresolved-refs: Can't resolve $ref")
  })

  test('describes every field', () => {
    expect(undescribed(document)).toEqual([])
    expect(countOf(document)).toBeGreaterThan(400)
    const field = { Thing: { type: 'object', properties: { lost: { type: 'string' } } } }
    expect(undescribed(field)).toEqual(['/Thing/lost'])
  })

  test('says of every integer whether it counts, is money or a time, and of every number which unit it has', () => {
    const units =
      /minor units|milliseconds|How often|How long|[Cc]ounts|number of|most rows|HTTP status|Attempts since/
    const silent: string[] = []
    const walk = (value: unknown, at: string): void => {
      if (!isObject(value) && !Array.isArray(value)) return
      if (isObject(value) && ['integer', 'number'].some((type) => [value['type']].flat().includes(type)))
        if (typeof value['description'] === 'string' && !units.test(value['description'])) silent.push(at)
      for (const [name, each] of Object.entries(value)) walk(each, `${at}/${name}`)
    }
    walk(objectAt(document, 'components'), '')
    expect(silent).toEqual([])
  })

  test('gives every operation examples of its input and answers, which fit its schemas', () => {
    const operations = operationsIn()
    expect(operations).toHaveLength(12)
    for (const { row, place, operation } of operations) {
      const parts = [
        ...(row.method === 'POST' ? [['requestBody']] : []),
        ...Object.keys(objectAt(operation, 'responses')).map((status) => ['responses', status]),
      ]
      for (const part of parts) {
        const content = objectAt(
          part.reduce<unknown>((value, name) => objectAt(value, name), operation),
          'content',
        )
        const [type = ''] = Object.keys(content)
        const examples = Object.entries(objectAt(objectAt(content, type), 'examples'))
        expect([row.path, part, examples.length > 0]).toEqual([row.path, part, true])
        for (const [name, example] of examples)
          expect([
            row.path,
            part,
            name,
            faultsOf([...place, ...part, 'content', type, 'schema'], valueIn(example)),
          ]).toEqual([row.path, part, name, []])
      }
      for (const parameter of listAt(operation, 'parameters').filter(
        (each) => objectAt({ each }, 'each')['in'] === 'path',
      ))
        expect([row.path, isObject(parameter) && parameter['example'] !== undefined]).toEqual([
          row.path,
          true,
        ])
    }
  })

  test('names the problems of each status, and every kind with its example', () => {
    const kinds = Object.keys(objectAt(objectAt(document, 'components'), 'examples'))
    const { bad_signature: _, ...ofCalls } = problemAnswers
    expect(kinds.toSorted()).toEqual([...Object.keys(ofCalls), 'our_fault'].toSorted())
  })

  test('has each notice as a webhook with the headers of Standard Webhooks and an example that fits', () => {
    expect(Object.keys(objectAt(document, 'webhooks'))).toEqual(NoticeType.options)
    for (const type of NoticeType.options) {
      const post = objectAt(objectAt(objectAt(document, 'webhooks'), type), 'post')
      const names = listAt(post, 'parameters').map((each) => isObject(each) && each['name'])
      expect(names).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      const content = objectAt(objectAt(objectAt(post, 'requestBody'), 'content'), 'application/json')
      const value = valueIn(objectAt(objectAt(content, 'examples'), 'notice'))
      expect([type, faultsOf(['components', 'schemas', 'NoticeBody'], value)]).toEqual([type, []])
    }
  })
})

/** An example's value; a reference to a component's is followed. */
function valueIn(example: unknown): unknown {
  const { $ref, value } = isObject(example) ? example : {}
  const name = /^#\/components\/examples\/(\w+)$/.exec(String($ref))?.[1]
  if (name === undefined) return value
  return objectAt(objectAt(objectAt(document, 'components'), 'examples'), name)['value']
}

describe('a client generated from the document', () => {
  const own = fileURLToPath(new URL('../../../..', import.meta.url))

  /** The compiler's complaints about a program that uses the generated types. */
  async function complaintsOf(program: string): Promise<string> {
    const types = astToString(await openapiTypescript(JSON.stringify(document)))
    const cache = join(own, 'node_modules/.cache')
    await mkdir(cache, { recursive: true })
    const folder = await mkdtemp(join(cache, 'client-'))
    await writeFile(join(folder, 'api.d.ts'), types)
    await writeFile(join(folder, 'client.ts'), program)
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--skipLibCheck',
      '--types',
      '',
    ]
    try {
      await promisify(execFile)(join(own, 'node_modules/.bin/tsc'), [...flags, join(folder, 'client.ts')])
      return ''
    } catch (error) {
      return String(isObject(error) ? error['stdout'] : error)
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  const calls = (amount: string) => `
import createClient from 'openapi-fetch'
import type { components, paths, webhooks } from './api.d.ts'

const client = createClient<paths>({ baseUrl: 'https://pay.shop.example', headers: { authorization: 'Bearer key' } })
const { data, error } = await client.POST('/v1/orders', { body: { orderId: 'ord-1', name: 'x', amount: ${amount} } })
if (error !== undefined) throw new Error(error.detail)
const url: string = data.returnUrl
const order = await client.GET('/v1/orders/{orderId}', { params: { path: { orderId: data.orderId } } })
const status: components['schemas']['OrderStatus'] | undefined = order.data?.status
const refunded = await client.POST('/v1/orders/{orderId}/refunds', {
  params: { path: { orderId: 'ord-1' }, header: { 'Idempotency-Key': 'once' } },
  body: { reason: 'asked' },
})
const list = await client.GET('/v1/orders', { params: { query: { review: true, limit: 10 } } })
type Paid = webhooks['payment.paid']['post']['requestBody']['content']['application/json']
export const seen = [url, status, refunded.data?.state, list.data?.orders[0]?.payments[0]?.card?.number] as const
export const balanceOf = (notice: Paid): number => notice.data.order.balance
`

  test('type-checks, and refuses an amount that is text', async () => {
    expect(await complaintsOf(calls('1_000'))).toBe('')
    expect(await complaintsOf(calls(`'1000'`))).toMatch(/Type 'string' is not assignable to type 'number'/)
  })
})
