import { claimFromWebhook } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { buy, go, isPaid, looks, orderId, register, tell, tellOf } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { limits } from '../../config/limits.ts'
import { planFor } from './coalesce-claims.ts'

const impUid = (index: number): string => `imp_${String(index).padStart(12, '0')}`
const junkAbout = (world: World, merchantUid: string, index: number): Promise<Response> =>
  tell(world, JSON.stringify({ imp_uid: impUid(index), merchant_uid: merchantUid, status: 'paid' }))
const receipts = (world: World) => {
  const { query, tables } = world.deps().store
  return query.select().from(tables.receipts)
}

/** A virtual account is issued and recorded; the gateway itself sends no webhook. */
async function buyOnAccount(world: World) {
  world.gateway.misbehave({ webhook: 'never' })
  const bought = await buy(world)
  await world.gateway.issueAccount(bought.impUid)
  await tellOf(world, bought, 'ready')
  await world.pass(2_000)
  return bought
}

describe('many claims about one order', () => {
  test('D-01, L-06: junk with new payment ids costs a few rows and a lookup every two seconds, and a genuine claim among it is found', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    for (let at = 0; at < 200; at += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => junkAbout(world, orderId, at + index)),
      )
      expect(answers.every(({ status }) => status === 200)).toBe(true)
    }
    expect(await receipts(world)).toHaveLength(limits.claimsPerOrderMax + 1)
    await world.pass(4_000)
    const before = looks(world).length
    for (let step = 0; step < 50; step += 1) {
      await Promise.all([0, 1, 2, 3, 4].map((index) => junkAbout(world, orderId, 1_000 + step * 5 + index)))
      await world.pass(200)
    }
    // In ten seconds: five lookups of the order, and the increasingly rare retries of the few claims stored one by one.
    expect(looks(world).length - before).toBeLessThanOrEqual(6 + 4 * limits.claimsPerOrderMax)
    expect(await receipts(world)).toHaveLength(limits.claimsPerOrderMax + 1)
    await world.gateway.approve(bought.impUid)
    expect((await tellOf(world, bought)).status).toBe(200)
    expect(await receipts(world)).toHaveLength(limits.claimsPerOrderMax + 1)
    expect(await world.until('paid', () => isPaid(world), 10_000, 200)).toBeLessThanOrEqual(4_000)
  })

  test('D-01: concurrent claims do not exceed the order’s limit of rows', async () => {
    await using world = await startWorld()
    await buy(world)
    const { acceptClaim } = world.journey()
    const claims = Array.from({ length: 300 }, (_, index) =>
      claimFromWebhook({ imp_uid: impUid(index), merchant_uid: orderId, status: 'paid' }),
    )
    const taken = await Promise.all(
      claims.map(async (claim) => (claim.ok ? acceptClaim(claim.value) : claim)),
    )
    expect(taken.every(({ ok }) => ok)).toBe(true)
    expect((await receipts(world)).length).toBeLessThanOrEqual(limits.claimsPerOrderMax + 1)
  })

  test('L-06, D-01: junk that names an order does not postpone its scheduled lookup', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    const { store } = world.deps()
    const dueAtMs = async () => (await store.query.select().from(store.tables.orders))[0]?.dueAtMs
    const planned = await dueAtMs()
    await world.clock.advance(5_000)
    const claim = claimFromWebhook({ imp_uid: impUid(1), merchant_uid: bought.orderId, status: 'paid' })
    if (!claim.ok) throw new Error(claim.problem.where)
    const reason = { claim: claim.value, atMs: world.clock.nowMs(), adoptOrphans: false }
    const looked = await world
      .journey()
      .reconcile({ by: 'payment', paymentId: impUid(1), orderId: null }, reason)
    expect(looked).toMatchObject({ ok: false, problem: { kind: 'unknown_payment' } })
    expect(await dueAtMs()).toBe(planned)
  })

  test('W-08: a repeated claim about a finished payment is answered, neither stored nor looked up', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await world.until('paid', () => isPaid(world))
    await world.pass(2_000)
    const [rows, asked] = [await receipts(world), looks(world).length]
    for (let times = 0; times < 5; times += 1) expect((await tellOf(world, bought)).status).toBe(200)
    expect([await receipts(world), looks(world).length]).toEqual([rows, asked])
    expect((await tellOf(world, bought, 'cancelled')).status).toBe(200) // this may be news
    await world.until('asked', () => looks(world).length > asked)
  })

  test('D-01: claims about a stored payment with changing content do not exceed the limit of rows either', async () => {
    await using world = await startWorld()
    const bought = await buyOnAccount(world)
    for (let index = 0; index < 40; index += 1)
      await tell(world, JSON.stringify({ imp_uid: bought.impUid, status: `word ${index}` }))
    expect((await receipts(world)).length).toBeLessThanOrEqual(limits.claimsPerOrderMax + 1)
  })
})

test('S-25, R-12: however many claims came before, a return through another order’s link speaks for no order but that one', async () => {
  await using world = await startWorld()
  const bought = await buyOnAccount(world)
  for (let index = 0; index < limits.claimsPerOrderMax; index += 1)
    await tell(world, JSON.stringify({ imp_uid: bought.impUid, status: `word ${index}` }))
  const { returnUrl } = await register(world, { orderId: 'ord-strangers' })
  const said = new URLSearchParams({
    imp_uid: bought.impUid,
    imp_success: 'false',
    error_msg: 'a stranger says',
  })
  expect((await go(`${returnUrl}?${said.toString()}`)).status).toBe(303)
  await world.pass(10_000)
  const { orders } = world.deps().store.tables
  const rows = await world
    .deps()
    .store.query.select({ id: orders.orderId, returns: orders.returns })
    .from(orders)
  expect(rows.find(({ id }) => id === orderId)).toEqual({ id: orderId, returns: null })
})

describe('claims about unknown subjects', () => {
  test('D-01: faster than the disk can spare they are 503 and written nowhere; a claim about an order is taken all the same', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    const statuses: number[] = []
    for (let at = 0; at < limits.unknownClaims.burst + 200; at += 50)
      statuses.push(
        ...(
          await Promise.all(
            Array.from({ length: 50 }, (_, index) => junkAbout(world, `theirs-${at + index}`, at + index)),
          )
        ).map(({ status }) => status),
      )
    expect(statuses.filter((status) => status === 200)).toHaveLength(limits.unknownClaims.burst)
    const refused = await junkAbout(world, 'theirs', 999_999)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await receipts(world)).toHaveLength(limits.unknownClaims.burst)
    expect((await tellOf(world, bought)).status).toBe(200)
    const returned = await go(`${world.url}/complete?imp_uid=${impUid(7_000_000)}&imp_success=true`)
    expect(returned.status).toBe(303) // a customer's return does not pay for a stranger's webhooks
    expect(await world.journey().measure()).toContain('landfall_refused_claims_total{source="webhook"} 201')
    await world.clock.advance(1_000)
    expect((await junkAbout(world, 'theirs', 999_999)).status).toBe(200)
  })

  test('G-23, S-14: a flood costs two look-ups a second, each junk claim a few, and leaves nothing after a minute', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '5000' } })
    await register(world)
    const before = looks(world).length
    for (let second = 0; second < 20; second += 1) {
      for (let index = 0; index < 30; index += 1)
        await junkAbout(world, `theirs-${index}`, second * 100 + index)
      await junkAbout(world, orderId, 1_000_000 + second)
      await world.pass(1_000)
    }
    await world.pass(60_000)
    const waiting = (await receipts(world)).filter(
      ({ state, orderId: id }) => state === 'waiting' && id !== orderId,
    )
    expect(waiting).toEqual([])
    await world.pass(3_600_000)
    const asked = looks(world).slice(before)
    const strangers = asked.filter((path) => /imp_0000000/.test(path))
    expect(strangers.length).toBeLessThanOrEqual(2 * 82)
    expect(strangers.length).toBeGreaterThan(40)
    const times = Object.values(
      Object.groupBy(
        asked.filter((path) => path.includes('imp_')),
        (path) => path,
      ),
    )
    expect(Math.max(...times.map((each) => each?.length ?? 0))).toBeLessThanOrEqual(5)
  })

  test('L-06: a claim about a registered order never waits behind a thousand about unknown subjects', async () => {
    await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '20', SWEEP_BATCH: '8' } })
    for (let index = 0; index < 500; index += 1) await junkAbout(world, `theirs-${index}`, index)
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    expect(await world.until('paid', () => isPaid(world), 30_000, 200)).toBeLessThanOrEqual(5_000)
  })
})

describe('the same claim again and again', () => {
  test('D-02: a thousand copies of one return in ten seconds cost at most two lookups a second, one at a time', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    const { redirectUrl } = await world.gateway.issueAccount(bought.impUid)
    const before = looks(world).length
    for (let step = 0; step < 100; step += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => go(redirectUrl ?? '')))
      expect(answers.every(({ status }) => status === 303)).toBe(true)
      await world.pass(100)
    }
    expect(world.atOnce(`/payments/${bought.impUid}`)).toBe(1)
    expect(looks(world).length - before).toBeLessThanOrEqual(35)
    await world.gateway.deposit(bought.impUid)
    await go(redirectUrl ?? '')
    expect(await world.until('paid', () => isPaid(world), 10_000, 200)).toBeLessThanOrEqual(3_000)
  })

  test('W-04, D-02: claims during or just after the start of a lookup cause exactly one more', () => {
    const nowMs = 1_000_000
    const earlier = { state: 'waiting', receivedAtMs: nowMs - 200, dueAtMs: nowMs - 200, leaseUntilMs: 0 }
    expect(planFor(null, nowMs, 1_000)).toBe('now')
    expect(planFor(earlier, nowMs, 1_000)).toBe('stored')
    expect(planFor({ ...earlier, leaseUntilMs: nowMs + 25_000 }, nowMs, 1_000)).toBe('later')
    expect(planFor({ ...earlier, state: 'done' }, nowMs, 1_000)).toBe('later')
    expect(planFor({ ...earlier, state: 'done', receivedAtMs: nowMs - 1_000 }, nowMs, 1_000)).toBe('now')
    expect(planFor({ ...earlier, dueAtMs: nowMs + 60_000, receivedAtMs: 0 }, nowMs, 1_000)).toBe('now')
    expect(planFor({ ...earlier, state: 'done', receivedAtMs: nowMs + 3_600_000 }, nowMs, 1_000)).toBe('now') // K-03
  })
})
