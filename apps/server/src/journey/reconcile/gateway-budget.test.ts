import { fail, ok } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import {
  buy,
  comeBack,
  go,
  isPaid,
  looks,
  orderOf,
  register,
  tell,
  tellOf,
} from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { atRest } from '../../../testing/in-flight.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import type { Deps } from '../../deps.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { pauseCalls } from '../../store/budget.ts'
import { withinBudget } from './gateway-budget.ts'
import { GatewayOutage } from './gateway-outage.ts'

type Looked = ReturnType<Gateway['lookup']>

/** The gateway calls of each test second, without token requests. */
const perSecond = (world: World): number[] => {
  const counts = new Map<number, number>()
  for (const { atMs, path } of world.gateway.calls())
    if (path !== '/users/getToken')
      counts.set(Math.floor(atMs / 1_000), (counts.get(Math.floor(atMs / 1_000)) ?? 0) + 1)
  return [...counts.values()]
}
const junk = (world: World, index: number, merchantUid = `theirs-${index}`) =>
  tell(
    world,
    JSON.stringify({
      imp_uid: `imp_${String(index).padStart(12, '0')}`,
      merchant_uid: merchantUid,
      status: 'paid',
    }),
  )

/** Advances time while orders are registered: fixing their amounts uses the budget too. */
async function registerMany(world: World, count: number): Promise<void> {
  let registered = 0
  const all = Array.from({ length: count }, async (_, index) => {
    await register(world, { orderId: `ord-${index}` })
    registered += 1
  })
  await world.until('all are registered', () => registered === count, 60_000, 200)
  await Promise.all(all)
}

test.for(engines)(
  'S-14, G-13: two servers on one database never ask more than the budget in a second, and use it (%s)',
  async (engine) => {
    await using world = await startWorld({
      engine,
      env: { GATEWAY_CALLS_PER_SECOND: '10', SWEEP_INTERVAL_MS: '500', SWEEP_LIST_EVERY_MS: '600000' },
    })
    await using peer = await world.startPeer()
    expect(peer.url).toBeTruthy()
    await registerMany(world, 10)
    for (let index = 0; index < 30; index += 1) await junk(world, index, `ord-${index % 10}`)
    await world.pass(6_000)
    expect(Math.max(...perSecond(world))).toBeLessThanOrEqual(10)
    expect(Math.max(...perSecond(world))).toBeGreaterThanOrEqual(7)
  },
)

test('S-14: with a budget of one call a second the timer still gets a call', async () => {
  await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '1' } })
  world.gateway.misbehave({ webhook: 'never' })
  const { impUid } = await buy(world)
  await world.gateway.approve(impUid)
  await world.until('paid', () => isPaid(world), 120_000, 500)
  expect(Math.max(...perSecond(world))).toBe(1)
})

test('G-13: a 429 pauses every server for as long as it asks', async () => {
  await using world = await startWorld()
  await using peer = await world.startPeer()
  for (let index = 0; index < 5; index += 1) await register(world, { orderId: `ord-${index}` })
  world.gateway.misbehave({ rest: 'too_many', restOn: 'all', restRetryAfterSeconds: 60 })
  await world.until('told to wait', () => world.gateway.calls().length > 6, 60_000, 500)
  await world.pass(2_000)
  const before = world.gateway.calls().length
  world.gateway.behave()
  const bought = await go(`${peer.url}/webhooks/portone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ imp_uid: 'imp_000000000001', merchant_uid: 'ord-1', status: 'paid' }),
  })
  expect(bought.status).toBe(200)
  await world.pass(50_000)
  expect(world.gateway.calls().length).toBe(before)
  await world.pass(30_000)
  expect(world.gateway.calls().length).toBeGreaterThan(before)
})

test('L-06, D-01: a genuine claim is final within ten seconds while junk uses its whole share', async () => {
  await using world = await startWorld({
    env: { GATEWAY_CALLS_PER_SECOND: '10', SWEEP_INTERVAL_MS: '200' },
  })
  for (let index = 0; index < 150; index += 1) await junk(world, index)
  await world.pass(2_000)
  world.gateway.misbehave({ webhook: 'never' })
  const bought = await buy(world)
  await world.gateway.approve(bought.impUid)
  await tellOf(world, bought)
  expect(await world.until('paid', () => isPaid(world), 30_000, 200)).toBeLessThanOrEqual(10_000)
  expect(Math.max(...perSecond(world))).toBeLessThanOrEqual(10)
})

test.for([48, -48])(
  'K-03: the clock jumps by %d hours: neither budget nor pause wedges the rest',
  async (hours) => {
    await using world = await startWorld({
      env: { GATEWAY_CALLS_PER_SECOND: '5', ORDER_LIFE_MS: '900000000' },
    })
    world.gateway.misbehave({ rest: 'too_many', restOn: 'all', restRetryAfterSeconds: 500 })
    const bought = await buy(world)
    expect(world.logs.join('')).toContain('gateway_busy')
    world.clock.leap(hours * 3_600_000)
    world.gateway.behave()
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 30_000, 500)
    expect((await orderOf(world)).review).toBe(null)
  },
)

/** A second server on the world's database with a gateway that answers at once. Its clock is ahead by `aheadMs`, which may change. */
const serverOf = (world: World, clock: { aheadMs: number }, answers: Array<Awaited<Looked>> = []) => {
  const [stopping, asked] = [new AbortController(), { count: 0 }]
  const deps: Deps = {
    ...world.deps(),
    clock: { ...world.clock, nowMs: () => world.clock.nowMs() + clock.aheadMs },
  }
  const answering: Gateway = {
    ...deps.gateways.of('portone-v1'),
    lookup: async () => {
      asked.count += 1
      return answers.shift() ?? ok([])
    },
  }
  const ends = { stopping: stopping.signal, leaving: stopping.signal }
  const gateway = withinBudget(deps, answering, '', ends, new GatewayOutage())
  const look = () => gateway.lookup({ by: 'order', orderId: 'ord-1' })
  return { asked, look, stop: () => stopping.abort() }
}

test('G-13: a pause that another server stored is reported at once, without waiting for the next second', async () => {
  await using world = await startWorld()
  const { asked, look } = serverOf(world, { aheadMs: 0 })
  await pauseCalls(world.deps().store, world.clock.nowMs(), 5_000)
  // The test does not advance the clock, so a sleeping call would never return.
  expect(await look()).toEqual(fail({ kind: 'gateway_busy', retryAfterMs: 5_000 }))
  expect(asked.count).toBe(0)
})

test('G-13: a wait that is cut to ten minutes is counted and told; a shorter one is neither', async () => {
  await using world = await startWorld()
  const busy = (retryAfterMs: number) => fail({ kind: 'gateway_busy', retryAfterMs } as const)
  const told = () => world.logs.filter((line) => line.includes('the gateway asks to wait')).length
  await serverOf(world, { aheadMs: 0 }, [busy(5_000)]).look()
  expect(told()).toBe(0)
  await world.pass(6_000)
  await serverOf(world, { aheadMs: 0 }, [busy(600_000)]).look()
  expect(told()).toBe(1)
  expect(await world.deps().metrics.text()).toContain('landfall_bounded_total{what="gateway"} 1')
})

describe('K-03: servers whose clocks are wrong', () => {
  test('S-14: two servers whose clocks are a day apart: neither exceeds the budget by its own count', async () => {
    await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '10' } })
    const servers = [serverOf(world, { aheadMs: 0 }), serverOf(world, { aheadMs: 86_400_000 })]
    const looks = []
    for (let each = 0; each < 30; each += 1)
      for (const { look } of servers) {
        looks.push(look())
        await atRest()
      }
    const counts = servers.map(({ asked }) => asked.count)
    for (const { stop } of servers) stop()
    await Promise.all(looks)
    // The claims' share is eight of ten.
    expect(counts).toEqual([8, 8])
  })

  test('a pause read while the clock was ahead ends when the clock is corrected', async () => {
    await using world = await startWorld()
    const clock = { aheadMs: 60_000 }
    const busy = fail({ kind: 'gateway_busy', retryAfterMs: 5_000 } as const)
    const { asked, look } = serverOf(world, clock, [busy])
    expect(await look()).toEqual(busy)
    expect(await look()).toMatchObject({ ok: false, problem: { kind: 'gateway_busy', retryAfterMs: 5_000 } })
    expect(asked.count).toBe(1)
    clock.aheadMs = 0
    expect(await look()).toEqual(ok([]))
    expect(asked.count).toBe(2)
  })
})

test.for([
  { callsPerSecond: 20, most: 44 },
  { callsPerSecond: 3, most: 9 },
])(
  'D-01, S-14: of $callsPerSecond calls a second, claims about unknown subjects get at most a tenth',
  async ({ callsPerSecond, most }) => {
    await using world = await startWorld({
      env: {
        GATEWAY_CALLS_PER_SECOND: String(callsPerSecond),
        SWEEP_INTERVAL_MS: '200',
        SWEEP_LIST_EVERY_MS: '6000000',
      },
    })
    for (let index = 0; index < 100; index += 1) await junk(world, index)
    await world.pass(20_000)
    expect(looks(world).length).toBeGreaterThan(most / 3)
    expect(looks(world).length).toBeLessThanOrEqual(most)
  },
)

test('L-06, L-01: claims about known orders leave the timer its share of the budget', async () => {
  await using world = await startWorld({
    env: { GATEWAY_CALLS_PER_SECOND: '10', SWEEP_INTERVAL_MS: '200', SWEEP_LIST_EVERY_MS: '6000000' },
  })
  world.gateway.misbehave({ webhook: 'never' })
  await registerMany(world, 10)
  const bought = await buy(world)
  await world.gateway.approve(bought.impUid)
  for (let index = 0; index < 80; index += 1) await junk(world, index, `ord-${index % 10}`)
  let index = 1_000
  const speakOfTheOthers = async (): Promise<boolean> => {
    for (let order = 0; order < 10; order += 1) await junk(world, (index += 1), `ord-${order}`)
    return isPaid(world)
  }
  const tookMs = await world.until('the timer has found it', speakOfTheOthers, 60_000, 1_000)
  expect(tookMs).toBeLessThanOrEqual(45_000)
})
