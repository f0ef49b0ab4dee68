import { describe, expect, test } from 'vitest'
import { buy, comeBack, go, looks, orderId, tell, tellOf } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { canary } from '../../testing/written.ts'
import { routesOf } from './routes.ts'

/** What a stranger has and sends along: a key that is wrong, and a cookie of another program. */
const baggage = {
  authorization: `Bearer ${canary('wrong merchant key')}`,
  cookie: canary('cookie'),
  referer: `https://shop.example/?${canary('cookie')}`,
}
const stray = canary('wrong merchant key')

describe('what a stranger sends', () => {
  test('P-03, S-17: a key, a cookie, or a secret put into any part of a request stands in no line and in no answer', async () => {
    await using world = await startWorld()
    const { returnUrl } = await buy(world)
    // What has the shape of an id may be logged as one: a claim names it.
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

  test('P-03: the log names procedures there are, and of no other call what it called itself', async () => {
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

describe('what a customer is', () => {
  test('P-04: the PG’s own words about a failure are not repeated in a line', async () => {
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

  test('P-03: a thousand odd inputs make no series of their own: labels are kinds, and there are only so many', async () => {
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
    // A kind that had not happened yet may have by now, such as a look-up that ran out of time; what was sent may not.
    const added = after.filter((series) => !before.includes(series))
    expect(added.length).toBeLessThanOrEqual(5)
    expect(added.filter((series) => !/^landfall_[a-z_]+\{[a-z]+="[a-z_]+"\}$/.test(series))).toEqual([])
    expect(after.join('\n')).not.toMatch(/imp_|theirs|made-up|made\.up|E\d/)
    expect(after.join('\n')).not.toContain(orderId)
  })
})
