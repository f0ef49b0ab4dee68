import { KeyScope } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { inputOf, paidWorld, scopedKeys, tampered } from '../../../testing/paid-world.ts'
import { documented, requestOf } from '../../../testing/rest.ts'
import { everything } from '../../../testing/rows.ts'
import { go } from '../../../testing/shopper.ts'
import { merchantKey, startWorld } from '../../../testing/world.ts'
import { declarations } from './procedures.ts'
import { rows, type RestRow } from './rows.ts'

/** The rows that need a key, each with its scope. */
const forKeys = rows.flatMap((row) => {
  const who = declarations.get(row.procedure)?.who
  const scope = KeyScope.options.find((one) => who === `merchant key: ${one}`)
  return scope === undefined ? [] : [{ row, scope }]
})

async function ask(
  url: string,
  row: RestRow,
  input: unknown,
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>> = {},
) {
  const { path, ...init } = requestOf(row, input)
  const address = new URL(url + path)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  const sent = { ...(init.method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers }
  return documented(await go(address.href, { ...init, headers: sent }), row.method, address.pathname)
}

describe('merchant key', () => {
  test('O-01, S-19: without it every row gives the same 401; nothing is changed, looked up or sent', async () => {
    await using world = await paidWorld()
    const before = await everything(world)
    expect(forKeys).toHaveLength(11)
    const refusals = new Set<string>()
    for (const { row } of forKeys)
      for (const [what, headers, query] of tampered(merchantKey)) {
        const input = inputOf({ path: row.procedure }, world.reviewId)
        const { status, body } = await ask(world.url, row, input, headers, query)
        expect([row.procedure, what, status]).toEqual([row.procedure, what, 401])
        refusals.add(JSON.stringify(body))
      }
    expect([...refusals]).toEqual([expect.stringContaining('"kind":"unauthorized"')])
    expect(await everything(world)).toEqual(before)
  })

  test('O-01: it is checked before the input is read, so a refusal reveals nothing about the input', async () => {
    await using world = await startWorld()
    for (const { row } of forKeys)
      for (const body of ['', 'text', '[]', '{"amount":-1}', '{'])
        for (const query of ['', '?limit=x', '?unknown=1']) {
          const isPost = row.method === 'POST'
          const answer = await go(`${world.url}${row.path}${query}`, {
            method: row.method,
            headers: { 'content-type': 'application/json' },
            ...(isPost ? { body } : {}),
          })
          expect([row.procedure, body, query, answer.status]).toEqual([row.procedure, body, query, 401])
        }
  })

  test('S-19: a key without the scope gets 403 with the scope’s name; nothing is changed; the scope alone admits', async () => {
    const { keyOf, setting } = scopedKeys()
    await using world = await paidWorld({ MERCHANT_API_KEYS: setting })
    const before = await everything(world)
    for (const { row, scope } of forKeys)
      for (const given of KeyScope.options.filter((one) => one !== scope)) {
        const input = inputOf({ path: row.procedure }, world.reviewId)
        const { status, body } = await ask(world.url, row, input, { authorization: `Bearer ${keyOf(given)}` })
        expect([row.procedure, given, status, body['detail']]).toEqual([
          row.procedure,
          given,
          403,
          `This merchant key lacks the scope ${scope}.`,
        ])
      }
    expect(await everything(world)).toEqual(before)
    for (const { row, scope } of forKeys) {
      const input = inputOf({ path: row.procedure }, world.reviewId)
      const { status } = await ask(world.url, row, input, { authorization: `Bearer ${keyOf(scope)}` })
      expect([row.procedure, status]).toEqual([row.procedure, 200])
    }
  })
})
