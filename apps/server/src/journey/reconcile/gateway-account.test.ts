import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import { gatewayOf } from '../../../testing/gateway.ts'
import { httpWithin } from '../../../testing/network.ts'
import { buy, comeBack, go, isPaid, orderOf, register } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { openGateways } from '../../gateway/gateways.ts'
import { noteDeployment } from '../../store/deployment.ts'
import { startJourney } from '../journey.ts'
import { accountOf } from './gateway-account.ts'

const hourMs = 3_600_000
const slow = { ORDER_LIFE_MS: String(hourMs), SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '3600000' }
const otherKey = 'key-of-another-account'

const ready = async (world: World): Promise<unknown> => {
  const answer = await go(`${world.url}/readyz`)
  return [answer.status, await answer.json()]
}

async function paidWorld(engine: (typeof engines)[number] = 'sqlite') {
  const world = await startWorld({ engine, env: slow })
  const { impUid } = await buy(world, { orderId: 'ord-paid' })
  await comeBack(await world.gateway.approve(impUid))
  await world.until('paid', () => isPaid(world, 'ord-paid'))
  return world
}

/** The next start of the same server with another key, at this gateway. */
async function startedWith(world: World, key: string, gateway: World['gateway'], sent = key) {
  await world.journey().stop()
  const { config, clock } = world.deps()
  const v1 = config.gateways['portone-v1']
  if (v1 === null) throw new Error('V1 is not configured')
  const withKey = (given: string) => ({
    ...config,
    gateways: { ...config.gateways, 'portone-v1': { ...v1, key: given, url: gateway.url } },
  })
  const means = { http: httpWithin(world.clock), nowMs: clock.monotonicMs, log: world.deps().log }
  return startJourney({
    ...world.deps(),
    config: withKey(key),
    gateways: openGateways(withKey(sent), means),
  })
}

describe('G-22: the gateway key', () => {
  test('a wrong one is told in the log and in readyz, and nothing expires on it', async () => {
    await using world = await startWorld({ env: { PORTONE_V1_KEY: otherKey, ...slow } })
    await register(world, { orderId: 'ord-open' })
    expect(await world.journey().checkGatewayKeys()).toEqual(new Map([['portone-v1', 'refused']]))
    expect(await ready(world)).toEqual([
      503,
      { status: 'not ready', problems: ['the gateway refuses PORTONE_V1_KEY and PORTONE_V1_SECRET'] },
    ])
    expect(world.logs.filter((line) => line.includes('the gateway refuses PORTONE_V1_KEY'))).toHaveLength(1)
    await world.clock.advance(3 * hourMs)
    expect(await orderOf(world, 'ord-open')).toMatchObject({ status: 'open', payments: [] })
  })

  test('a good one is tried and noted, readyz is fine, and an old answer is asked for again after half a minute', async () => {
    await using world = await startWorld()
    expect(await ready(world)).toEqual([200, { status: 'ready' }])
    expect(await world.journey().checkGatewayKeys()).toEqual(new Map([['portone-v1', 'accepted']]))
    const asked = () => world.sent.filter(({ path }) => path === '/users/getToken').length
    expect(asked()).toBe(1)
    for (let index = 0; index < 20; index += 1) await ready(world)
    expect(asked()).toBe(1)
  })

  test('a gateway that does not answer is no reason not to start or not to be ready; it is told, and tried again', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rest: 'down' })
    expect(await world.journey().checkGatewayKeys()).toEqual(new Map([['portone-v1', 'unreachable']]))
    expect(await ready(world)).toEqual([200, { status: 'ready', warnings: ['the gateway does not answer'] }])
    world.gateway.misbehave({ rest: 'normal' })
    expect(await world.journey().checkGatewayKeys()).toEqual(new Map([['portone-v1', 'unreachable']]))
    // Nobody asks: it is tried again by itself.
    await world.pass(31_000)
    expect(world.logs.join('')).toContain('the gateway accepts the key')
    expect(await ready(world)).toEqual([200, { status: 'ready' }])
  })

  test.for(engines)(
    'one of another account is refused, asks nothing, and lets no order expire, paid or not (%s)',
    async (engine) => {
      await using world = await paidWorld(engine)
      expect(await world.journey().checkGatewayKeys()).toEqual(new Map([['portone-v1', 'accepted']]))
      await register(world, { orderId: 'ord-open' })
      await using other = gatewayOf(world.clock, otherKey)
      const journey = await startedWith(world, otherKey, other)
      await world.clock.advance(1.5 * hourMs)
      expect(await journey.checkGatewayKeys()).toEqual(new Map([['portone-v1', 'other_account']]))
      expect(await journey.readiness()).toMatchObject({
        problems: ['PORTONE_V1_KEY is of another gateway account than the payments in DATABASE_URL'],
      })
      expect(await orderOf(world, 'ord-open')).toMatchObject({ status: 'open' })
      expect(await orderOf(world, 'ord-paid')).toMatchObject({ status: 'paid', reviews: [] })
      const kinds = new Set(other.calls().map(({ path }) => path.replace(/\/imp_.*/, '')))
      expect([...kinds].toSorted()).toEqual(['/payments', '/users/getToken'])
      expect(await journey.deps.gateways.of('portone-v1').cancel(refund)).toMatchObject({ kind: 'not_sent' })
      expect(world.logs.join('')).toContain('PORTONE_V1_KEY is of another gateway account')
      await journey.stop()
    },
  )

  test('one of another account is found out before any payment, by an amount that is not fixed there', async () => {
    await using world = await startWorld()
    await register(world, { orderId: 'ord-open' })
    await world.journey().checkGatewayKeys()
    await using other = gatewayOf(world.clock, otherKey)
    const journey = await startedWith(world, otherKey, other)
    expect(await journey.checkGatewayKeys()).toEqual(new Map([['portone-v1', 'other_account']]))
    await journey.stop()
  })

  test('a new one of the same account is noted, once the gateway has shown that it knows our payments', async () => {
    await using world = await paidWorld()
    await world.journey().checkGatewayKeys()
    // The sandbox knows one key: the new one is configured, and the old one is sent.
    const journey = await startedWith(
      world,
      otherKey,
      world.gateway,
      world.config.gateways['portone-v1']?.key,
    )
    expect(await journey.checkGatewayKeys()).toEqual(new Map([['portone-v1', 'accepted']]))
    await journey.stop()
  })

  test('with an empty database any account is as good as another', async () => {
    await using world = await startWorld()
    await world.journey().checkGatewayKeys()
    await using other = gatewayOf(world.clock, otherKey)
    const journey = await startedWith(world, otherKey, other)
    expect(await journey.checkGatewayKeys()).toEqual(new Map([['portone-v1', 'accepted']]))
    await journey.stop()
  })
})

const refund = {
  intentId: 'intent-1',
  refusals: 0,
  paymentId: 'imp_000000000001',
  orderId: 'ord-paid',
  money: { amount: 1_000, currency: 'KRW' },
  expectedBalance: 14_000,
  reason: 'asked',
  refundAccount: null,
  taxFree: null,
  vat: null,
}

describe('readyz', () => {
  test('N-12: without an address no notice is sent, and readyz says so', async () => {
    await using world = await startWorld({ env: { NOTIFY_URL: '' } })
    expect(await ready(world)).toEqual([
      200,
      { status: 'ready', warnings: ['NOTIFY_URL is missing: no notice is sent'] },
    ])
  })

  test('N-10: a receiver that is gone is told until it is back', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(410)
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('refused', () => world.receiver.attempts.length === 1)
    await world.pass(100)
    expect(await ready(world)).toEqual([
      200,
      { status: 'ready', warnings: ['the shop answers 410 Gone to notices: none are sent for now'] },
    ])
    world.receiver.answerWith(204)
    await world.merchant.notices.replay.mutate({ from: 0, to: world.clock.nowMs() })
    await world.until('told', () => world.receiver.received.length === 1)
    expect(await ready(world)).toEqual([200, { status: 'ready' }])
  })
})

describe('G-22: the store of V2', () => {
  /** The next start of the same shop with these settings of V2, or with V1 left out. */
  async function startedWithV2(world: World, change: { storeId?: string; secret?: string; isMoved?: true }) {
    await world.journey().stop()
    const { config, clock, log } = world.deps()
    const { 'portone-v1': v1, 'portone-v2': v2 } = config.gateways
    if (v2 === null) throw new Error('V2 is not configured')
    const { isMoved, ...own } = change
    const gateways = { 'portone-v1': isMoved ? null : v1, 'portone-v2': { ...v2, ...own } }
    const means = { http: httpWithin(world.clock), nowMs: clock.monotonicMs, log }
    return startJourney({
      ...world.deps(),
      config: { ...config, gateways },
      gateways: openGateways({ ...config, gateways }, means),
    })
  }
  const stateOf = async (journey: Awaited<ReturnType<typeof startedWithV2>>) =>
    (await journey.checkGatewayKeys()).get('portone-v2')

  test('is the account: a wrong secret is refused and told by its variables', async () => {
    await using world = await startWorld({
      gateways: 'v2',
      env: { PORTONE_V2_SECRET: 'another-secret', ...slow },
    })
    expect((await world.journey().checkGatewayKeys()).get('portone-v2')).toBe('refused')
    expect(await ready(world)).toEqual([
      503,
      { status: 'not ready', problems: ['the gateway refuses PORTONE_V2_SECRET or PORTONE_V2_STORE_ID'] },
    ])
  })

  test('a shop that moves to V2 keeps its account where V2 knows its payment, and where it has none yet', async () => {
    for (const isPaidYet of [true, false]) {
      await using world = await startWorld({ gateways: 'both', env: slow })
      await world.journey().checkGatewayKeys()
      const { impUid } = await buy(world, { orderId: 'ord-paid' })
      if (isPaidYet) {
        await comeBack(await world.gateway.approve(impUid))
        await world.until('paid', () => isPaid(world, 'ord-paid'))
      }
      const { store } = world.deps()
      // The first start with V2 is the one without V1.
      await store.query
        .delete(store.tables.deployment)
        .where(eq(store.tables.deployment.name, 'gateway_account_v2'))
      const journey = await startedWithV2(world, { isMoved: true })
      expect(await stateOf(journey)).toBe('accepted')
      await journey.stop()
    }
  })

  test('another store than the noted one, which knows none of our orders, is another account, and nothing expires', async () => {
    await using world = await startWorld({ gateways: 'v2', env: slow })
    await register(world, { orderId: 'ord-open' })
    await world.journey().checkGatewayKeys()
    const { store } = world.deps()
    await noteDeployment(store, 'gateway_account_v2', 'another store', { nowMs: world.clock.nowMs() + 1 })
    const journey = await startedWithV2(world, {})
    expect(await stateOf(journey)).toBe('other_account')
    await world.clock.advance(3 * hourMs)
    expect(await orderOf(world, 'ord-open')).toMatchObject({ status: 'open' })
    await journey.stop()
  })

  test('a secret that was changed is of the same store', async () => {
    await using world = await startWorld({ gateways: 'v2', env: slow })
    await register(world, { orderId: 'ord-open' })
    await world.journey().checkGatewayKeys()
    const { config } = world.deps()
    const known = accountOf(config.gateways, 'portone-v2')
    const v2 = config.gateways['portone-v2']
    if (v2 === null) throw new Error('V2 is not configured')
    expect(accountOf({ ...config.gateways, 'portone-v2': { ...v2, secret: 'changed' } }, 'portone-v2')).toBe(
      known,
    )
    expect(
      accountOf({ ...config.gateways, 'portone-v2': { ...v2, storeId: 'store-2' } }, 'portone-v2'),
    ).not.toBe(known)
  })
})
