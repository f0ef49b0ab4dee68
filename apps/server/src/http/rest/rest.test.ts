import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { inputOf, paidWorld } from '../../../testing/paid-world.ts'
import { call, proceduresOf } from '../../../testing/procedures.ts'
import { documented, requestOf, rest } from '../../../testing/rest.ts'
import { everything } from '../../../testing/rows.ts'
import { cancelsSent, go, orderId, orderOf, price, register, tokenIn } from '../../../testing/shopper.ts'
import { merchantKey, startWorld } from '../../../testing/world.ts'
import { routerFor } from '../trpc/router.ts'
import { declarations } from './procedures.ts'
import { pathFields, rows } from './rows.ts'

const authorization = `Bearer ${merchantKey}`

describe('the table of rows', () => {
  test('has every procedure of the shop and `payments.verify`, once', () => {
    const merchants = proceduresOf(routerFor(false)).filter(({ who }) => who.startsWith('merchant key'))
    const named = rows.map(({ procedure }) => procedure)
    expect(named.toSorted()).toEqual(['payments.verify', ...merchants.map(({ path }) => path)].toSorted())
  })

  test('queries are GET and mutations POST, and each field of a path is a field of the input', () => {
    for (const { procedure, method, path } of rows) {
      const declared = declarations.get(procedure)
      expect([procedure, declared?.type]).toEqual([procedure, method === 'GET' ? 'query' : 'mutation'])
      const fields = Object.fromEntries(pathFields({ path }).map((field) => [field, 'ord-1']))
      const issues = declared?.input.safeParse(fields).error?.issues ?? []
      expect([procedure, issues.filter(({ code }) => code === 'unrecognized_keys')]).toEqual([procedure, []])
    }
  })
})

describe('every row', () => {
  test('answers what its procedure answers', async () => {
    await using world = await paidWorld()
    for (const row of rows) {
      const { procedure } = row
      const input = inputOf({ path: procedure }, world.reviewId)
      const { path, ...init } = requestOf(row, input)
      const headers = { authorization, 'content-type': 'application/json' }
      const ask = async () =>
        documented(
          await go(world.url + path, { ...init, headers }),
          row.method,
          new URL(world.url + path).pathname,
        )
      expect([procedure, (await ask()).status]).toEqual([procedure, 200])
      // What the first call set going has ended when the two calls are compared.
      await world.pass(10_000)
      const [answer, type] = [await ask(), row.method === 'GET' ? 'query' : 'mutation'] as const
      const own = await call(world.url, { path: procedure, type }, input, { authorization })
      const Own = z.object({ result: z.object({ data: z.looseObject({}) }) })
      // Times pass, and a token is signed anew.
      const moving = { atMs: 0, token: '' }
      expect([procedure, { ...answer.body, ...moving }]).toEqual([
        procedure,
        { ...Own.parse(await own.json()).result.data, ...moving },
      ])
    }
  })

  test('reads numbers and booleans of the query by the schema’s types, and refuses other texts', async () => {
    await using world = await startWorld()
    await register(world, { orderId: 'ord-1' })
    await register(world, { orderId: 'ord-2' })
    const list = async (query: string) => rest(world.url, `GET /v1/orders?${query}`)
    const first = await list('limit=1')
    expect(first.body).toMatchObject({ orders: [{ orderId: 'ord-1' }], totals: null })
    const next = encodeURIComponent(String(first.body['nextCursor']))
    expect((await list(`limit=1&cursor=${next}`)).body).toMatchObject({ orders: [{ orderId: 'ord-2' }] })
    expect((await list('review=true')).body).toMatchObject({ orders: [], totals: [] })
    expect((await list('review=false')).body).toMatchObject({ totals: null })
    // A text that looks like a number stays a text where the schema wants one.
    expect((await list('reference=1001&text=ord-1')).status).toBe(200)
    for (const query of [
      'limit=',
      'limit=1e1',
      'limit=0x1',
      'limit=1.5',
      'limit=-1',
      'limit=+1',
      'limit=one',
    ])
      expect([query, (await list(query)).status]).toEqual([query, 400])
    for (const query of ['review=1', 'review=', 'review=TRUE', 'status=lost', 'from=99999999999999999999'])
      expect([query, (await list(query)).status]).toEqual([query, 400])
  })

  test('refuses unknown and doubled fields by name, and repeats no stranger’s text', async () => {
    await using world = await startWorld()
    await register(world)
    const detail = async (...asked: Parameters<typeof rest> extends [string, ...infer R] ? R : never) => {
      const { status, body } = await rest(world.url, ...asked)
      return [status, body['detail']]
    }
    const said = (where: string) => [400, `The input cannot be read: ${where}.`]
    expect(await detail('GET /v1/orders?limits=1')).toEqual(said('input: limits is no known field'))
    expect(await detail('GET /v1/orders?%3Cscript%3E=1')).toEqual(
      said('input: has a field that is not known'),
    )
    expect(await detail('GET /v1/orders?limit=1&limit=1')).toEqual(said('limit: is given twice'))
    expect(await detail(`GET /v1/orders/${orderId}?review=true`)).toEqual(said('query: this call takes none'))
    expect(await detail('POST /v1/orders?amount=1', { body: {} })).toEqual(
      said('query: this call takes none'),
    )
    const path = `POST /v1/orders/${orderId}/close` as const
    expect(await detail(path, { body: { orderId: 'ord-2' } })).toEqual(
      said('orderId: is given twice and differs'),
    )
    for (const body of [[], 'text', 1, null])
      expect(await detail(path, { body })).toEqual(said('the body is no JSON object'))
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)
    expect(await detail(path, { body: deep })).toEqual(said('nested too deep'))
    expect(await detail(path, { body: { orderId } })).toEqual([200, undefined])
  })

  test('a POST without fields needs no body', async () => {
    await using world = await startWorld()
    await register(world)
    expect((await rest(world.url, `POST /v1/orders/${orderId}/reconcile`)).body).toMatchObject({
      status: 'open',
    })
    expect((await rest(world.url, `POST /v1/orders/${orderId}/close`)).body).toMatchObject({
      status: 'expired',
    })
    expect((await rest(world.url, 'POST /v1/orders')).status).toBe(400)
  })

  test('ids of the path may hold any character, escaped', async () => {
    await using world = await startWorld()
    const reference = ['장바구니/7 %?#&']
    await world.merchant.orders.register.mutate({ orderId, name: 'x', amount: price, reference })
    const found = await rest(world.url, `GET /v1/orders/${encodeURIComponent(reference[0] ?? '')}/story`)
    expect(found.body).toMatchObject({ orderId, order: { reference } })
    expect((await rest(world.url, 'GET /v1/orders/%E0%A4%A/story')).status).toBe(404)
  })
})

describe('Idempotency-Key', () => {
  const refund = `POST /v1/orders/${orderId}/refunds` as const
  const body = { amount: 1_000, reason: 'asked' }

  test('M-09: is `idempotencyKey` of a refund: the same key refunds once, with or without quotes', async () => {
    await using world = await paidWorld()
    const first = await rest(world.url, refund, { body, headers: { 'idempotency-key': 'key-1' } })
    const again = await rest(world.url, refund, { body, headers: { 'idempotency-key': '"key-1"' } })
    const inBody = await rest(world.url, refund, { body: { ...body, idempotencyKey: 'key-1' } })
    expect([again.body, inBody.body]).toEqual([first.body, first.body])
    expect(cancelsSent(world)).toHaveLength(1)
    const other = { body: { ...body, amount: 2_000 }, headers: { 'idempotency-key': 'key-1' } }
    expect((await rest(world.url, refund, other)).body).toMatchObject({
      status: 409,
      kind: 'idempotency_conflict',
    })
  })

  test('M-09: is refused when the body’s key differs, and a refund without a key is refused', async () => {
    await using world = await paidWorld()
    const before = await everything(world)
    const both = { body: { ...body, idempotencyKey: 'key-2' }, headers: { 'idempotency-key': 'key-1' } }
    expect((await rest(world.url, refund, both)).body).toMatchObject({
      status: 400,
      detail: 'The input cannot be read: idempotencyKey: is given twice and differs.',
    })
    expect((await rest(world.url, refund, { body })).status).toBe(400)
    expect((await rest(world.url, refund, { body, headers: { 'idempotency-key': '' } })).status).toBe(400)
    expect(await everything(world)).toEqual(before)
    const equal = { body: { ...body, idempotencyKey: 'key-1' }, headers: { 'idempotency-key': 'key-1' } }
    expect((await rest(world.url, refund, equal)).status).toBe(200)
  })

  test('changes nothing on the other POSTs: repeated with another key, each gives the same answer', async () => {
    await using world = await startWorld()
    const order = { orderId, name: 'x', amount: price }
    const calls = [
      ['POST /v1/orders', order],
      [`POST /v1/orders/${orderId}/close`, {}],
    ] as const
    for (const [path, input] of calls) {
      const ask = (key: string) => rest(world.url, path, { body: input, headers: { 'idempotency-key': key } })
      expect([path, (await ask('a')).status]).toEqual([path, 200])
      await world.pass(10_000)
      const before = await everything(world)
      expect([path, (await ask('b')).body]).toEqual([path, (await ask('c')).body])
      const { rows: after } = await everything(world)
      for (const table of ['orders', 'notices', 'timeline'])
        expect([path, table, after[table]?.length]).toEqual([path, table, before.rows[table]?.length])
    }
  })
})

describe('POST /v1/payments/verify', () => {
  test('is for anyone, with the callback as received or a view token', async () => {
    await using world = await paidWorld()
    const headers = { authorization: '' }
    const path = 'POST /v1/payments/verify'
    const shown = await rest(world.url, path, { body: { token: world.token }, headers })
    expect(shown.body).toMatchObject({ kind: 'paid', scope: 'full', order: { orderId } })
    const callback = { imp_uid: 'imp_000000000001', merchant_uid: orderId, imp_success: true, odd: [1] }
    const stranger = await rest(world.url, path, { body: callback, headers })
    expect(stranger.body).toMatchObject({ kind: 'checking', scope: 'outcome', order: null })
    expect((await rest(world.url, path, { body: { token: 'x' }, headers })).body).toMatchObject({
      status: 401,
      kind: 'bad_view_token',
    })
    expect((await rest(world.url, path, { headers })).status).toBe(400)
    expect(tokenIn(await go(`${world.url}/complete?merchant_uid=${orderId}`))).not.toBe('')
    expect((await orderOf(world)).status).toBe('paid')
  })
})
