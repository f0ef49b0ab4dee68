import { describe, expect, test } from 'vitest'
import { buy, comeBack, go, looks, orderId, tell, tellOf } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { canary } from '../../testing/written.ts'
import { routesOf } from './routes.ts'

/** Headers a stranger sends: a wrong merchant key and a foreign cookie. */
const baggage = {
  authorization: `Bearer ${canary('wrong merchant key')}`,
  cookie: canary('cookie'),
  referer: `https://shop.example/?${canary('cookie')}`,
}
const stray = canary('wrong merchant key')

describe('input from strangers', () => {
  test('P-03, S-17: a key, cookie or secret in any part of a request appears in no log line and no answer', async () => {
    await using world = await startWorld()
    const { returnUrl } = await buy(world)
    // A value with the shape of an id may be logged: claims name ids.
    const noId = `${stray} x`
    const bodies = [`imp_uid=${noId}&error_msg=${stray}`, `{"imp_uid":"${noId}","${stray}":1}`, stray]
    const types = ['application/x-www-form-urlencoded', 'application/json', stray]
    const paths = routesOf(world.journey(), null).map(({ path }) => path.replace(/:token\?|\*/, stray))
    const urls = [...new Set([...paths, `/${stray}`, `/trpc/orders.get,${stray}`, '/trpc/orders.get'])]
    for (const path of urls)
      for (const [index, type] of types.entries()) {
        const url = `${world.url}${path}?imp_uid=${noId}&input=${encodeURIComponent(`{"orderId":"${noId}"}`)}`
        const body = bodies[index] ?? ''
        const sent = [
          await go(url, { headers: { ...baggage, 'x-forwarded-for': stray, 'user-agent': stray } }),
          await go(url, { method: 'POST', headers: { ...baggage, 'content-type': type }, body }),
        ]
        for (const answer of sent) expect(await answer.text()).not.toContain(stray)
      }
    await go(`${returnUrl}?imp_uid=${noId}&imp_success=false&error_msg=${stray}&error_code=${stray}`)
    await world.pass(5_000)
    const lines = world.logs.join('')
    expect(world.logs.length).toBeGreaterThan(50)
    for (const value of [canary('wrong merchant key'), canary('cookie')])
      expect([value, lines.includes(value)]).toEqual([value, false])
    expect(await world.deps().metrics.text()).not.toContain(stray)
  })

  test('P-03: the log names existing procedures and no other called name', async () => {
    await using world = await startWorld()
    const { token } = await buy(world)
    for (const path of [token, `orders.get,${token}`, '__proto__', 'constructor', 'orders.get/../x', ''])
      await go(`${world.url}/trpc/${path}`)
    await go(`${world.url}/trpc/orders.get,orders.get?batch=1&input={}`)
    const routes = world.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    const named = new Set(routes.map(({ route }) => String(route)))
    expect([...named].toSorted()).toEqual(['/trpc/*', '/trpc/orders.get', '/trpc/orders.register'])
    expect(world.logs.join('')).not.toContain(token)
  })
})

describe('customer data', () => {
  test('P-04: the PG’s failure message is not logged', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    await comeBack(await world.gateway.refuse(bought.impUid, 'limit'))
    await world.until('recorded', () => world.logs.some((line) => line.includes('"event":"payment.failed"')))
    const failReason = world.gateway.payments()[0]?.fail_reason ?? 'none'
    expect(failReason.length).toBeGreaterThan(4)
    expect(world.logs.join('')).not.toContain(failReason)
  })
})

describe('metrics', () => {
  const seriesOf = async (world: World): Promise<string[]> =>
    (await world.deps().metrics.text())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ \S+$/, ''))
      .toSorted()

  test('P-03: odd inputs add no series of their own: labels come from a fixed set', async () => {
    await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '1000000' } })
    const odd = async (index: number): Promise<void> => {
      const id = `imp_${String(index).padStart(12, '0')}`
      await tell(world, JSON.stringify({ imp_uid: id, merchant_uid: `theirs-${index}`, status: `s${index}` }))
      await tell(world, `{"imp_uid":"${'x'.repeat(index % 80)} ${index}"}`, `text/x-${index}`)
      await go(`${world.url}/complete/${index}?imp_uid=${id}&error_code=E${index}`)
      await go(`${world.url}/made-up/${index}?${index}`)
      await go(`${world.url}/trpc/made.up${index}`)
    }
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await tellOf(world, bought)
    for (let index = 0; index < 5; index += 1) await odd(index)
    await world.until('told', () => world.receiver.received.length === 1)
    await go(`${world.url}/metrics`)
    const before = await seriesOf(world)
    for (let from = 5; from < 205; from += 20)
      await Promise.all([...Array(20).keys()].map((index) => odd(from + index)))
    await world.until('looked', () => looks(world).length > 5)
    await world.clock.advance(1_000)
    await go(`${world.url}/metrics`)
    const after = await seriesOf(world)
    expect(before.length).toBeGreaterThan(5)
    // New kinds of events may add series, such as a lookup timeout. Request input may not.
    const added = after.filter((series) => !before.includes(series))
    expect(added.length).toBeLessThanOrEqual(5)
    expect(added.filter((series) => !/^landfall_[a-z_]+\{[a-z]+="[a-z_]+"\}$/.test(series))).toEqual([])
    expect(after.join('\n')).not.toMatch(/imp_|theirs|made-up|made\.up|E\d/)
    expect(after.join('\n')).not.toContain(orderId)
  })
})
