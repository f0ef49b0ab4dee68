import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { buy, go, orderId, register, tell } from '../../testing/shopper.ts'
import { merchantKey, startWorld, type World } from '../../testing/world.ts'
import { limits } from '../config/limits.ts'

const authorization = `Bearer ${merchantKey}`
const json = 'application/json'

/** Sends a request's headers and one byte of its body, and leaves it so. */
async function slowBody(world: World, path: string, type = json): Promise<Socket> {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1').on('error', () => socket.destroy())
  await once(socket, 'connect')
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n\r\n{`)
  return socket
}

const answerTo = async (socket: Socket): Promise<string> => {
  const [text] = await once(socket, 'data')
  socket.destroy()
  return String(text)
}

const post = (world: World, path: string, input: unknown, headers: Readonly<Record<string, string>> = {}) =>
  go(`${world.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': json, ...headers },
    body: JSON.stringify(input),
  })

describe('slow bodies', () => {
  // Each route's places are fewer than these sockets: without the limits they take them all.
  test('D-06: on every route they take no place from others, and each has a deadline', async () => {
    await using world = await startWorld({ sockets: true })
    const bought = await buy(world)
    const paths = ['/webhooks/portone', '/complete', '/trpc/payments.verify'] as const
    const sockets: Socket[] = []
    for (const path of paths)
      for (let at = 0; at < limits.placesMax.webhook + 10; at += 1) sockets.push(await slowBody(world, path))
    expect((await tell(world, '{"imp_uid":"imp_1","merchant_uid":"o"}')).status).toBe(200)
    expect((await go(bought.returnUrl)).status).toBe(303)
    expect((await post(world, '/trpc/payments.verify', { token: bought.token })).status).toBe(200)
    expect((await register(world)).orderId).toBe(orderId)
    const cut = Promise.all(sockets.map(answerTo))
    await world.clock.advance(limits.bodyTimeoutMs + limits.bodySlowAfterMs)
    expect(new Set((await cut).map((text) => text.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']))
    expect((await world.journey().measure()).match(/^landfall_shed_total\{what="body"\} (\d+)$/m)?.[1]).toBe(
      String(sockets.length),
    )
  })

  test.for([3_600_000, -3_600_000])(
    'K-03, D-06: a clock that is set by %d ms cuts off no honest body, and lets no slow one stay',
    async (ms) => {
      await using world = await startWorld({ sockets: true })
      const slow = await slowBody(world, '/webhooks/portone')
      const answer = answerTo(slow)
      await world.clock.advance(limits.bodySlowAfterMs)
      world.clock.leap(ms)
      await world.clock.advance(limits.bodySlowAfterMs)
      expect(slow.destroyed).toBe(false)
      await world.clock.advance(limits.bodyTimeoutMs)
      expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*retry-after/i)
    },
  )

  test('D-06: beyond the limit for an address and a kind of route the oldest is cut off, once it is slow', async () => {
    await using world = await startWorld({ sockets: true })
    const first = await slowBody(world, '/webhooks/portone')
    const other = await slowBody(world, '/complete')
    const rest = await Promise.all(
      Array.from({ length: limits.bodiesPerAddressMax }, () => slowBody(world, '/webhooks/portone')),
    )
    expect((await tell(world, '{"imp_uid":"imp_1"}')).status).toBe(200)
    const answer = answerTo(first)
    await world.clock.advance(2 * limits.bodySlowAfterMs)
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*connection: close/i)
    expect(other.readableLength).toBe(0)
    for (const socket of [first, ...rest, other]) socket.destroy()
  })

  test('D-06: a call without a live key is answered before its body comes, one with a key is listened to', async () => {
    await using world = await startWorld({ sockets: true })
    const names = ['orders.register', 'orders.cancel,notices.replay', 'orders.nothing']
    for (const name of names) {
      const answer = await answerTo(await slowBody(world, `/trpc/${name}?batch=1`))
      expect([name, answer.slice(0, 12)]).toEqual([
        name,
        name === 'orders.nothing' ? 'HTTP/1.1 404' : 'HTTP/1.1 401',
      ])
    }
    expect(await answerTo(await slowBody(world, '/trpc/orders.register', 'text/plain'))).toMatch(
      /^HTTP\/1\.1 415/,
    )
    expect((await post(world, '/trpc/orders.reconcile', { orderId }, { authorization })).status).toBe(404)
  })
})

describe('batches', () => {
  const env = { ADDRESS_REQUESTS_PER_SECOND: '1' }
  const input = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at, { imp_uid: 'imp_1' }]))

  test.each([
    'orders.cancel,payments.verify,payments.verify',
    'payments.verify,orders.cancel%2Cpayments.verify',
  ])('D-08: each public call of a batch counts, whatever stands before it: %s', async (names) => {
    await using world = await startWorld({ env })
    for (let at = 0; at < 5; at += 1)
      expect((await post(world, `/trpc/${names}?batch=1`, input)).status).not.toBe(429)
    const over = await post(world, `/trpc/${names}?batch=1`, input)
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '5'])
  })
})

describe('many customers behind one address', () => {
  test('D-07: own links are served on every route while the address is over its rate, at a rate for each order', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1' } })
    const flood = async (path: string) => {
      for (let at = 0; at < 30; at += 1) await go(`${world.url}${path}`)
      return (await go(`${world.url}${path}`)).status
    }
    expect(await flood('/complete?imp_uid=imp_1')).toBe(429)
    expect(await flood('/trpc/payments.screen')).toBe(429)
    for (let at = 0; at < 30; at += 1) {
      const { returnUrl, token } = await buy(world, { orderId: `ord-${at}` })
      const own = { authorization: `Bearer ${token}` }
      expect((await go(`${returnUrl}?imp_uid=imp_${at}&imp_success=true`)).status).toBe(303)
      expect((await go(`${world.url}/trpc/payments.screen`, { headers: own })).status).toBe(200)
      for (const door of ['/trpc/payments.verify', '/v1/payments/verify'])
        expect([door, (await post(world, door, { token })).status]).toEqual([door, 200])
    }
    const { returnUrl, token } = await buy(world)
    let served = 0
    while ((await go(returnUrl)).status === 303) served += 1
    expect(served).toBeGreaterThanOrEqual(limits.ownLink.burst)
    // What is not a whole own link has no such rate of its own.
    const outcome = await world
      .journey()
      .tokens.sign(
        { scope: 'outcome', orderId: 'ord-1', paymentId: 'imp_000000000001', sinceMs: world.clock.nowMs() },
        world.clock.nowMs() + 60_000,
      )
    for (const other of [outcome, `${token}x`, 'x'])
      expect((await go(`${world.url}/complete/${other}?imp_uid=imp_1`)).status).toBe(429)
  })

  test('D-07: a flood of one kind of route does not count against the others', async () => {
    await using world = await startWorld({ env: { ADDRESS_REQUESTS_PER_SECOND: '1' } })
    for (let at = 0; at < 20; at += 1) await go(`${world.url}/complete?imp_uid=imp_1`)
    expect((await go(`${world.url}/complete?imp_uid=imp_1`)).status).toBe(429)
    expect((await post(world, '/trpc/payments.verify', { imp_uid: 'imp_1' })).status).toBe(200)
  })

  test('D-07 D-06: while strangers hold their part of the places, own links and the shop find one', async () => {
    await using world = await startWorld()
    world.lag(limits.strangersLagMsMax)
    const { returnUrl } = await buy(world)
    expect((await go(`${world.url}/complete?imp_uid=imp_1`)).status).toBe(503)
    expect((await go(`${returnUrl}?imp_uid=imp_1`)).status).toBe(303)
  })
})
