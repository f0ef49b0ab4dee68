import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { listen } from '../../testing/receiver.ts'
import { buy, comeBack, go, tell, tellOf } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import type { Route } from './requests.ts'
import { openAdmission } from './admission.ts'
import { limits } from '../config/limits.ts'
import type { Env } from './answer.ts'

const json = { 'content-type': 'application/json' }
const shed = async (world: World): Promise<string[]> =>
  [...(await world.journey().measure()).matchAll(/^landfall_shed_total(\{.*\} \d+)$/gm)].map(
    ([, value]) => value ?? '',
  )

/** A server on real sockets whose `payments.watch` streams never end. */
async function openPages(world: World) {
  const app = new Hono<Env>()
  const { admitting, serving } = openAdmission({ ...world.deps(), tokens: world.journey().tokens }, () => 0)
  app.use(admitting)
  const endless: Route['handler'] = async (c) =>
    c.body(new ReadableStream({ start: (stream) => stream.enqueue(Uint8Array.of(32)) }))
  app.get('/trpc/payments.watch', serving({ takes: 'nothing', handler: endless }))
  app.get('/trpc/payments.screen', serving({ takes: 'nothing', handler: async (c) => c.text('here') }))
  const { server, port } = await listen(app, {})
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
  return {
    ask: () => ask('/trpc/payments.screen'),
    watch: async (token?: string) => {
      const leaving = new AbortController()
      const own: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      // Undici closes the connection once the body is garbage-collected, so the caller keeps it.
      const { status, headers, body } = await ask('/trpc/payments.watch', {
        signal: leaving.signal,
        headers: own,
      })
      return { status, headers, body, leave: () => leaving.abort() }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

describe('overload', () => {
  test('D-03: under event loop delay the server refuses webhooks first, customers last and probes never, and recovers', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    const ending = await world.gateway.approve(bought.impUid)
    world.lag(limits.webhooksLagMsMax)
    const refused = await tellOf(world, bought)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({ kind: 'busy' })
    expect((await comeBack(ending)).status).toBe(303)
    world.lag(limits.requestsLagMsMax)
    const page = await go(ending.redirectUrl ?? '', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await page.text()).toContain('잠시 후 다시 열어 주세요')
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await go(world.url + path)).status).toBe(200)
    world.lag(0)
    expect((await tellOf(world, bought)).status).toBe(200)
    expect(await shed(world)).toEqual(['{what="webhook"} 1', '{what="page"} 1'])
  })

  test('D-03: an address over its rate gets 429; other addresses, the shop and the gateway do not', async () => {
    await using world = await startWorld({
      env: { ADDRESS_REQUESTS_PER_SECOND: '2', TRUSTED_PROXIES: '127.0.0.0/8' },
    })
    const from = (address: string) =>
      go(`${world.url}/complete?imp_uid=%20`, { headers: { 'x-forwarded-for': address } })
    const statuses: number[] = []
    for (let index = 0; index < 25; index += 1) statuses.push((await from(`2001:db8::${index}`)).status)
    expect(statuses).toEqual([...Array(20).fill(400), ...Array(5).fill(429)])
    expect((await from('203.0.113.9')).status).toBe(400)
    const bought = await buy(world)
    for (let index = 0; index < 25; index += 1) {
      expect((await tellOf(world, bought)).status).toBe(200)
      expect((await go(`${world.url}/trpc/orders.get`)).status).not.toBe(429)
    }
    await world.clock.advance(1_000)
    expect([(await from('2001:db8::1')).status, (await from('2001:db8::2')).status]).toEqual([400, 400])
    expect((await from('2001:db8::3')).status).toBe(429)
  })

  test('W-18: a forged X-Forwarded-For does not change the client address', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1' } })
    const statuses: number[] = []
    for (let index = 0; index < 12; index += 1)
      statuses.push(
        (await go(`${world.url}/complete`, { headers: { 'x-forwarded-for': `203.0.113.${index}` } })).status,
      )
    expect(statuses).toEqual([...Array(10).fill(400), 429, 429])
    expect(world.logs.filter((line) => line.includes('TRUSTED_PROXIES is empty'))).toHaveLength(1)
  })

  test('D-03 D-07: each address may hold a limited number of watch streams, own links apart; closing one frees a place', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1000' } })
    await using pages = await openPages(world)
    const ofAddressMax = limits.placesMax.watch * limits.addressPart
    const opened = await Promise.all(Array.from({ length: ofAddressMax }, () => pages.watch()))
    expect(opened.every(({ status }) => status === 200)).toBe(true)
    const one = await pages.watch()
    expect([one.status, one.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await pages.ask()).status).toBe(200)
    const { token } = await buy(world)
    expect((await pages.watch(token)).status).toBe(200)
    opened[0]?.leave()
    let status = 503
    while (status === 503) status = (await pages.watch()).status
    expect(status).toBe(200)
  })
})

describe('one request', () => {
  test('R-17: a query that is too long or has too many parameters gets 400 on every route', async () => {
    await using world = await startWorld()
    const long = `a=${'b'.repeat(limits.queryCharactersMax)}`
    const many = Array.from({ length: limits.parametersMax + 1 }, (_, index) => `p${index}=1`).join('&')
    for (const path of ['/complete', '/trpc/payments.screen', '/result/x', '/webhooks/portone'])
      for (const query of [long, many]) {
        const answer = await go(`${world.url}${path}?${query}`)
        expect([path, answer.status]).toEqual([path, 400])
        expect(await answer.json()).toMatchObject({ kind: 'bad_input' })
      }
  })

  test('W-13: the webhook and the procedures refuse deeply nested input before parsing it, and accept plain input', async () => {
    await using world = await startWorld()
    const deep = '['.repeat(limits.jsonDepthMax + 1) + ']'.repeat(limits.jsonDepthMax + 1)
    const answers = [
      await tell(world, `{"imp_uid":${deep}}`),
      await go(`${world.url}/trpc/payments.verify`, { method: 'POST', headers: json, body: deep }),
      await go(`${world.url}/trpc/payments.screen?input=${encodeURIComponent(deep)}`),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ message: expect.stringContaining('nested too deep') })
    }
    const { token } = await buy(world)
    const plain = await go(`${world.url}/trpc/payments.verify`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ token }),
    })
    expect(plain.status).toBe(200)
  })
})
