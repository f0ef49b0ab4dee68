import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { call as callAt, type Procedure } from '../../../testing/procedures.ts'
import { buy, comeBack, go, orderId, register } from '../../../testing/shopper.ts'
import { merchantKey, startWorld, type World } from '../../../testing/world.ts'

const ErrorAnswer = z.object({
  error: z.object({ message: z.string(), data: z.object({ kind: z.string() }) }),
})

/** Calls a procedure by plain HTTP. */
const call = (
  world: World,
  path: string,
  type: Procedure['type'],
  authorization?: string,
  input: unknown = {},
): Promise<Response> =>
  callAt(world.url, { path, type }, input, authorization === undefined ? {} : { authorization })

describe('401', () => {
  test('any live key is accepted, a retired one is not', async () => {
    await using world = await startWorld({
      env: { MERCHANT_API_KEYS: `${merchantKey} another-live-key-of-it` },
    })
    await register(world)
    expect(
      (await call(world, 'orders.get', 'query', 'Bearer another-live-key-of-it', { orderId })).status,
    ).toBe(200)
    expect(
      (await call(world, 'orders.get', 'query', 'Bearer retired-key-of-this-shop', { orderId })).status,
    ).toBe(401)
  })

  test('P-01: only a view token opens a screen', async () => {
    await using world = await startWorld()
    await register(world)
    for (const path of ['payments.screen', 'payments.watch'])
      for (const token of ['x', 'a.b.c', orderId]) {
        const answer = await call(world, path, 'query', `Bearer ${token}`)
        const text = await answer.text()
        expect([
          path,
          answer.status === 401 || text.includes('bad_view_token'),
          text.includes(orderId),
        ]).toEqual([path, true, false])
      }
  })
})

describe('errors', () => {
  const told = async (answer: Response) => {
    const { error } = ErrorAnswer.parse(await answer.json())
    return [answer.status, error.data.kind, error.message] as const
  }

  test('an error is `{kind, message}`: one sentence without stack, SQL or input (P-05)', async () => {
    await using world = await startWorld()
    const authorization = `Bearer ${merchantKey}`
    const answers = [
      await call(world, 'orders.get', 'query', authorization, { orderId: '<script>x' }),
      await call(world, 'orders.get', 'query', authorization, { orderId: 'ord-404' }),
      await call(world, 'orders.nothing', 'query', authorization),
      await call(world, 'orders.register', 'query', authorization),
      await call(world, 'payments.verify', 'mutation', undefined, 'text'),
      await go(`${world.url}/trpc/payments.verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      }),
      await go(`${world.url}/trpc/payments.screen?input=%7B`),
    ]
    for (const answer of answers) {
      const text = await answer.clone().text()
      expect(text).not.toMatch(/stack|at \w+ \(|node_modules|select |sqlite|<script>|ord-404/i)
      const [status, kind, message] = await told(answer)
      expect([status >= 400 && status < 500, typeof kind, typeof message]).toEqual([true, 'string', 'string'])
      expect(message).not.toContain('\n')
    }
  })

  test('a server fault is a 500 that carries only the id of its log line', async () => {
    await using world = await startWorld()
    await register(world)
    // No version of the server writes such a row.
    const { query, tables } = world.deps().store
    await query.update(tables.orders).set({ status: 'haunted' })
    const answer = await call(world, 'orders.get', 'query', `Bearer ${merchantKey}`, { orderId })
    const [status, kind, message] = await told(answer)
    expect([status, kind]).toEqual([500, 'our_fault'])
    const id = /logged as (\S+)\./.exec(message)?.[1] ?? 'none'
    expect(message).not.toContain('haunted')
    expect(
      world.logs.some(
        (line) => line.includes(id) && line.includes('"level":50') && line.includes('ZodError'),
      ),
    ).toBe(true)
  })

  test('O-09: a batch of twenty calls is accepted, a batch of a thousand is refused', async () => {
    await using world = await startWorld()
    const batch = (count: number) => {
      const paths = Array.from({ length: count }, () => 'payments.screen').join(',')
      return go(`${world.url}/trpc/${paths}?batch=1`, { headers: { authorization: 'Bearer x' } })
    }
    expect((await batch(20)).status).toBe(401)
    for (const count of [21, 1_000]) {
      const answer = await batch(count)
      expect([400, 413, 414, 431]).toContain(answer.status)
      expect((await answer.text()).length).toBeLessThan(2_000)
    }
  })
})

describe('payments.watch', () => {
  test('sends the present screen, then every change, and ends at the final one', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid, token } = await buy(world)
    const answer = await call(world, 'payments.watch', 'query', `Bearer ${token}`)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const stream = answer.text()
    await world.pass(500)
    await comeBack(await world.gateway.approve(impUid))
    await world.pass(3_000)
    const kinds = [...(await stream).matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind)
    expect(kinds[0]).toBe('checking')
    expect(kinds.at(-1)).toBe('paid')
  })
})

describe('shop.*', () => {
  test('the price is the server’s, whatever the browser sends', async () => {
    await using world = await startWorld()
    const [product] = await world.merchant.shop.products.query()
    const bought = await call(world, 'shop.order', 'mutation', undefined, {
      productId: product?.productId,
      amount: 1,
      price: 1,
    })
    expect(
      z.object({ result: z.object({ data: z.unknown() }) }).parse(await bought.json()).result.data,
    ).toMatchObject({ amount: product?.amount, currency: 'KRW', token: expect.any(String) })
    await expect(world.anyone.shop.order.mutate({ productId: 'yacht' })).rejects.toMatchObject({
      data: { kind: 'bad_input' },
    })
    await expect(world.anyone.shop.order.mutate({ orderId: 'ord-none' })).rejects.toMatchObject({
      data: { kind: 'unknown_order' },
    })
  })

  test('a second try keeps the order’s id and link; a paid order cannot be bought again', async () => {
    await using world = await startWorld()
    const first = await world.anyone.shop.order.mutate({ productId: 'coffee' })
    expect(await world.anyone.shop.order.mutate({ orderId: first.orderId })).toEqual(first)
    const opened = world.gateway.open({
      merchantUid: first.orderId,
      amount: first.amount,
      mRedirectUrl: first.returnUrl,
    })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await comeBack(await world.gateway.approve(opened.impUid))
    await world.until(
      'paid',
      async () => (await world.anyone.payments.screen.query({ token: first.token })).kind === 'paid',
    )
    await expect(world.anyone.shop.order.mutate({ orderId: first.orderId })).rejects.toMatchObject({
      data: { kind: 'unknown_order' },
    })
  })
})
