import { describe, expect, test } from 'vitest'
import {
  buy,
  comeBack,
  go,
  isPaid,
  looks,
  register,
  orderOf,
  tell,
  tellOf,
  tokenIn,
} from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { deleteOldOrphans } from '../../store/retention.ts'

const hourMs = 3_600_000
const unknown = (index: number) => `imp_${String(index).padStart(12, '0')}`
const junk = (world: World, index: number) =>
  tell(world, JSON.stringify({ imp_uid: unknown(index), merchant_uid: `theirs-${index}`, status: 'paid' }))
const receipts = (world: World) => {
  const { query, tables } = world.deps().store
  return query.select().from(tables.receipts)
}

describe.for(engines)('what is kept of claims, on %s', (engine) => {
  test('D-04: a settled claim is deleted after a while, a waiting one is not', async () => {
    await using world = await startWorld({ engine, env: { CLAIMS_KEPT_MS: String(hourMs) } })
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    await world.pass(60_000)
    expect((await receipts(world)).length).toBeGreaterThan(0)
    await world.clock.oversleep(hourMs)
    await junk(world, 1)
    await world.until('tidied', async () => (await receipts(world)).length === 1, 120_000, 5_000)
    expect(await receipts(world)).toMatchObject([{ paymentId: unknown(1), state: 'waiting' }])
  })

  test('D-04, D-01: beyond their quota the oldest claims about unknown subjects are deleted; claims about our orders never are', async () => {
    await using world = await startWorld({ engine, env: { CLAIMS_UNKNOWN_MAX: '10' } })
    world.gateway.misbehave({ rest: 'error', restOn: 'lookup' })
    await register(world, { orderId: 'ord-1' })
    await tell(world, JSON.stringify({ imp_uid: unknown(999), merchant_uid: 'ord-1', status: 'paid' }))
    for (let index = 0; index < 25; index += 1) {
      await world.clock.advance(10)
      await junk(world, index)
    }
    await world.until('tidied', async () => (await receipts(world)).length === 11, 120_000, 5_000)
    const left = (await receipts(world)).map(({ paymentId }) => paymentId)
    expect(left).toContain(unknown(999))
    expect(left.toSorted()).toEqual(
      [...Array(10).keys()].map((index) => unknown(index + 15)).concat(unknown(999)),
    )
  })

  test('D-04, M-17: payments of unregistered orders are deleted by age and number; payments of registered orders never are', async () => {
    await using world = await startWorld({ engine, env: { ORPHAN_AFTER_MS: '1000' } })
    const orphans = async () => (await world.merchant.orders.list.query({ review: true })).orphans ?? []
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    const theirs: string[] = []
    for (let index = 0; index < 4; index += 1) {
      const opened = world.gateway.open({ merchantUid: `theirs-${index}`, amount: 1_000 })
      if (!opened.ok) throw new Error(opened.errorMsg)
      theirs.push(opened.impUid)
      await world.gateway.approve(opened.impUid)
      await world.until('held', async () => (await orphans()).length === theirs.length, 120_000, 1_000)
    }
    const { store } = world.deps()
    expect(await deleteOldOrphans(store, { beforeMs: 0, keep: 4, limit: 500 })).toBe(0)
    expect(await deleteOldOrphans(store, { beforeMs: 0, keep: 2, limit: 500 })).toBe(2)
    const left = (await orphans()).map(({ paymentId }) => paymentId)
    expect(left.toSorted()).toEqual(theirs.slice(2).toSorted())
    await world.clock.oversleep(91 * 24 * hourMs)
    await world.until('tidied', async () => (await orphans()).length === 0, 120_000, 5_000)
    expect(await isPaid(world)).toBe(true)
    expect((await orderOf(world)).payments).toMatchObject([{ paymentId: bought.impUid, standing: 'kept' }])
  })

  test('L-05: unreadable claims, damaged or of a newer version, delay no other claim, however many they are', async () => {
    await using world = await startWorld({ engine, env: { SWEEP_BATCH: '4' } })
    world.gateway.misbehave({ rest: 'error', restOn: 'lookup', webhook: 'never' })
    for (let index = 0; index < 10; index += 1) await junk(world, index)
    const { query, tables } = world.deps().store
    await query
      .update(tables.receipts)
      .set({ claim: '{"source":"a newer door"}', dueAtMs: 0, leaseUntilMs: 0 })
    const bought = await buy(world, { expiresAt: world.clock.nowMs() + 900 * hourMs })
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    world.gateway.misbehave({ rest: 'normal' })
    expect(await world.until('paid', () => isPaid(world), 60_000, 500)).toBeLessThanOrEqual(20_000)
    await world.pass(20_000)
    expect((await receipts(world)).filter(({ claim }) => claim.includes('newer'))).toHaveLength(10)
    expect(world.logs.some((line) => line.includes('a claim cannot be read'))).toBe(true)
  })
})

describe('lookups that are saved', () => {
  test('D-02: the token of an unknown payment does not cause a gateway call each time', async () => {
    await using world = await startWorld()
    const landed = await go(`${world.url}/complete?imp_uid=${unknown(1)}&imp_success=true`)
    const token = tokenIn(landed)
    await world.until('looked', () => looks(world).length === 1, 5_000)
    await Promise.all([...Array(20).keys()].map(() => world.anyone.payments.verify.mutate({ token })))
    for (let turn = 0; turn < 10; turn += 1) await world.anyone.payments.verify.mutate({ token })
    expect(looks(world).length).toBe(1)
    await world.clock.oversleep(1_500)
    await world.anyone.payments.verify.mutate({ token })
    expect(looks(world).length).toBeLessThanOrEqual(3)
  })

  test('P10: a return and the page that asks right after it cost one look-up and one token', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 50, restOn: 'lookup' })
    const bought = await buy(world)
    const tokensBefore = world.gateway.calls().filter(({ path }) => path === '/users/getToken').length
    const landed = await comeBack(await world.gateway.approve(bought.impUid))
    const shown = await world.anyone.payments.verify.mutate({ token: tokenIn(landed) })
    expect(shown.kind).toBe('paid')
    expect(looks(world)).toEqual([`/payments/${bought.impUid}`])
    const tokens = world.gateway.calls().filter(({ path }) => path === '/users/getToken').length
    expect(tokens - tokensBefore).toBeLessThanOrEqual(1)
  })

  test('D-02: a stranger’s claim that names an order does not keep its page from an update', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 50, restOn: 'lookup' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tell(world, JSON.stringify({ imp_uid: unknown(1), merchant_uid: bought.orderId, status: 'paid' }))
    const shown = await world.anyone.payments.verify.mutate({ token: bought.token })
    expect(shown.kind).toBe('paid')
  })
})

describe('stopping', () => {
  test('C-10: a first lookup in flight ends before the server stops', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 200, restOn: 'lookup' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    await world.restart()
    expect(await isPaid(world)).toBe(true)
    expect(await receipts(world)).toMatchObject([{ state: 'done' }])
  })

  test('C-10: a lookup that does not end is left within two seconds of the last answer, and repeated after the restart', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '60000', WORK_LEASE_MS: '25000' } })
    world.gateway.misbehave({
      webhook: 'never',
      rest: 'slow',
      restMs: 20_000,
      restOn: 'lookup',
      restTimes: 1,
    })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    let stopped = false
    const stopping = world
      .journey()
      .stop()
      .then(() => (stopped = true))
    await world.clock.advance(1_500)
    expect(stopped).toBe(false)
    await world.clock.advance(2_000)
    expect(stopped).toBe(true)
    await stopping
    await world.crash()
    await world.until('paid', () => isPaid(world), 60_000, 1_000)
  })
})
