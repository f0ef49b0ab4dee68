import { describe, expect, test } from 'vitest'
import { buy, comeBack, expectPaidOnce, isPaid, looks, orderOf, tell } from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import type { Deps } from '../../deps.ts'
import { leaseRounds } from '../../store/poll-cursors.ts'
import { pollChanges, polledLists } from './poll-changes.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Orders with rare scheduled lookups, so that only the list finds their payments in time. */
const quietOrders = async (world: World, count: number) => {
  world.gateway.misbehave({ webhook: 'never' })
  const all = []
  for (let index = 0; index < count; index += 1) all.push(await buy(world, { orderId: `ord-${index}` }))
  return all
}
const pages = (world: World, status = 'paid') =>
  world.gateway.calls().filter(({ path }) => path === `/payments/status/${status}`)
const readUntil = async (world: World) => {
  const { query, tables } = world.deps().store
  const rows = await query.select().from(tables.rounds)
  return rows.find(({ status }) => status === 'paid')?.readUntilMs ?? 0
}
const strangers = (world: World, count: number, startingAt = 0) => {
  const ids = []
  for (let index = startingAt; index < startingAt + count; index += 1) {
    const opened = world.gateway.open({ merchantUid: `theirs-${index}`, amount: 1_000, noticeUrl: [] })
    if (!opened.ok) throw new Error(opened.errorMsg)
    ids.push(opened.impUid)
  }
  return ids
}
const held = async (world: World) => {
  const { query, tables } = world.deps().store
  return query.select().from(tables.payments)
}

describe('payments without a return or webhook', () => {
  test('L-01: thirty, days after they were registered, with neither return nor webhook: all final within 120 s', async () => {
    await using world = await startWorld({ env: { ORDER_LIFE_MS: String(30 * 24 * hourMs) } })
    const all = await quietOrders(world, 30)
    await world.clock.oversleep(3 * 24 * hourMs)
    await world.pass(2 * minuteMs)
    for (const { impUid } of all) await world.gateway.approve(impUid)
    const final = async () => {
      for (const { orderId } of all) if (!(await isPaid(world, orderId))) return false
      return true
    }
    expect(await world.until('all are paid', final, 3 * minuteMs, 1_000)).toBeLessThanOrEqual(2 * minuteMs)
    for (const { impUid, orderId } of all) await expectPaidOnce(world, impUid, orderId)
  })

  test('M-10: a cancel in the console without a webhook is found in the list, each part once', async () => {
    await using world = await startWorld()
    const { impUid, orderId } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ webhook: 'never' })
    for (const part of [4_000, 3_000]) {
      await world.gateway.cancelInConsole(impUid, part)
      await world.pass(minuteMs)
    }
    expect(await orderOf(world, orderId)).toMatchObject({ status: 'partially_cancelled', balance: 7_000 })
    expect(world.receiver.types()).toEqual([
      'payment.paid',
      'payment.partially_cancelled',
      'payment.partially_cancelled',
    ])
    const before = looks(world).length
    await world.pass(5 * minuteMs)
    expect(looks(world).length).toBe(before) // what is recorded is not looked at again, though the windows overlap
  })

  test('G-10: the lookup lags behind the list: it is repeated until it agrees', async () => {
    await using world = await startWorld()
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.cancelInConsole(impUid, 4_000)
    // A lookup that did not see the payment yet has settled the claim.
    await world.until(
      'claimed',
      async () => {
        const { query, tables } = world.deps().store
        return (await query.select().from(tables.receipts)).some(({ receiptId }) =>
          receiptId.startsWith('list'),
        )
      },
      2 * minuteMs,
      1_000,
    )
    const { store } = world.deps()
    await store.query.update(store.tables.receipts).set({ state: 'done', dueAtMs: Number.MAX_SAFE_INTEGER })
    await world.until('learned', async () => (await orderOf(world)).balance === 10_000, 2 * minuteMs, 1_000)
  })
})

describe('listed payments of unregistered orders', () => {
  test('M-17: held for a person after a while, with two look-ups each and not a flood of them; never cancelled', async () => {
    // Test minutes pass in milliseconds: an answer that takes a real second must not time out.
    const env = { SWEEP_INTERVAL_MS: '5000', WORK_LEASE_MS: '240000', LOOKUP_TIMEOUT_MS: '10000' }
    await using world = await startWorld({ env })
    for (const impUid of strangers(world, 20)) await world.gateway.approve(impUid)
    await world.pass(5 * minuteMs)
    expect(looks(world).length).toBeLessThanOrEqual(20)
    await world.pass(15 * minuteMs)
    expect((await held(world)).filter(({ standing }) => standing === 'orphan')).toHaveLength(20)
    expect(looks(world).length).toBeLessThanOrEqual(40)
    await world.pass(20 * minuteMs)
    expect(looks(world).length).toBeLessThanOrEqual(40)
    expect(world.sent.filter(({ path }) => path === '/payments/cancel')).toEqual([])
    expect((await world.merchant.orders.list.query({ review: true })).orphans).toHaveLength(20)
  })
})

describe('every payment is found, each once', () => {
  test('G-15: several pages whose rows shift while they are read: every payment is found, each claimed once', async () => {
    await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '5000' } })
    const ids = strangers(world, 250)
    for (const impUid of ids) await world.gateway.approve(impUid)
    // One row leaves the list of paid payments after its first page is read.
    let left = false
    let leaving: Promise<unknown> = Promise.resolve()
    const leave = setInterval(() => {
      if (left || pages(world).length === 0) return
      left = true
      leaving = world.gateway.cancelInConsole(ids[0] ?? '')
    }, 1)
    const { query, tables } = world.deps().store
    const claimed = async () =>
      new Set((await query.select().from(tables.receipts)).map(({ paymentId }) => paymentId))
    await world.until('all are claimed', async () => (await claimed()).size >= 250, 4 * minuteMs, 1_000)
    clearInterval(leave)
    await leaving
    expect([...(await claimed())].toSorted()).toEqual(ids.toSorted())
    // Each payment is claimed once although the windows overlap, and the one that left once more as cancelled.
    await world.pass(60_000)
    const rows = await query.select().from(tables.receipts)
    expect(rows.length).toBeLessThanOrEqual(251)
    expect(new Set(rows.map(({ times }) => times))).toEqual(new Set([1]))
  })

  test('G-15: the payments of a long outage are read in parts, and the watermark moves part by part', async () => {
    await using world = await startWorld({ env: { GATEWAY_CALLS_PER_SECOND: '50000' } })
    world.gateway.misbehave({ rest: 'error', restOn: 'lookup' })
    const ids = []
    for (let part = 0; part < 6; part += 1) {
      const some = strangers(world, 120, part * 120)
      for (const impUid of some) await world.gateway.approve(impUid)
      ids.push(...some)
      await world.clock.oversleep(10 * minuteMs)
    }
    world.gateway.behave()
    const { query, tables } = world.deps().store
    const found = async () => (await query.select().from(tables.receipts)).length >= ids.length
    await world.until('all are found', found, 5 * minuteMs, 1_000)
    const lastPage = Math.max(
      ...pages(world).map(({ query: asked }) => Number(/page=(\d+)/.exec(asked)?.[1])),
    )
    expect(lastPage).toBeLessThanOrEqual(5)
  })

  test('the watermark stays while the gateway or our disk fails, and no payment is lost', async () => {
    await using world = await startWorld()
    const [bought] = await quietOrders(world, 1)
    await world.clock.oversleep(25 * hourMs) // past its life: only money can bring it back
    await world.pass(2 * minuteMs)
    const before = await readUntil(world)
    world.gateway.misbehave({ rest: 'down', restOn: 'all' })
    await world.gateway.approve(bought?.impUid ?? '')
    await world.pass(5 * minuteMs)
    expect(await readUntil(world)).toBeLessThanOrEqual(before + minuteMs)
    const whileDown = pages(world).length
    expect(whileDown).toBeLessThan(60)
    world.gateway.misbehave({ rest: 'normal' })
    world.failDisk(true)
    await world.pass(2 * minuteMs)
    expect(await readUntil(world)).toBeLessThanOrEqual(before + minuteMs)
    world.failDisk(false)
    await world.until('paid', () => isPaid(world, 'ord-0'), 3 * minuteMs, 1_000)
    const { notices } = await orderOf(world, 'ord-0')
    expect(notices.map(({ type }) => type)).toEqual(['order.expired', 'payment.paid'])
  })

  test('C-01: killed during a round: the next server continues at the watermark', async () => {
    await using world = await startWorld()
    const [bought] = await quietOrders(world, 1)
    await world.clock.oversleep(20 * minuteMs)
    await world.gateway.approve(bought?.impUid ?? '')
    world.gateway.misbehave({ rest: 'slow', restMs: 200, restOn: 'lookup' })
    const before = pages(world).length
    await world.until('reading', () => pages(world).length > before, 2 * minuteMs, 1_000)
    await world.crash()
    world.gateway.behave()
    await world.until('paid', () => isPaid(world, 'ord-0'), 2 * minuteMs, 1_000)
    await expectPaidOnce(world, bought?.impUid ?? '', 'ord-0')
  })

  test.for(engines)('two servers share one round, on %s', async (engine) => {
    await using world = await startWorld({ engine })
    await world.pass(minuteMs)
    const alone = pages(world).length
    await using peer = await world.startPeer()
    expect(peer.url).toBeTruthy()
    const startedAtMs = world.clock.nowMs()
    await world.until('five more rounds', () => pages(world).length >= alone + 5, 600_000, 250)
    const due = (world.clock.nowMs() - startedAtMs) / world.config.sweep.listEveryMs
    expect(pages(world).length - alone).toBeLessThanOrEqual(Math.ceil(due) + 1)
  })

  test('K-03: the clock jumps two days ahead and back: later payments are still found', async () => {
    await using world = await startWorld({ env: { ORDER_LIFE_MS: String(30 * 24 * hourMs) } })
    const [bought] = await quietOrders(world, 1)
    await world.pass(minuteMs)
    world.clock.leap(48 * hourMs)
    await world.pass(2 * minuteMs)
    world.clock.leap(-48 * hourMs)
    await world.gateway.approve(bought?.impUid ?? '')
    // The order's own lookup is due two days ahead, so only the list can find it, and the list's watermark is in the future too.
    const { store } = world.deps()
    await store.query.update(store.tables.rounds).set({ dueAtMs: 0, leaseUntilMs: 0 })
    await world.until('paid', () => isPaid(world, 'ord-0'), 3 * minuteMs, 1_000)
    await expectPaidOnce(world, bought?.impUid ?? '', 'ord-0')
  })

  test('K-03, M-10: a cancel made while a server’s clock was an hour ahead is found after the clock is corrected', async () => {
    await using world = await startWorld()
    const { impUid, orderId } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    world.gateway.misbehave({ webhook: 'never' })
    const { store, gateways, clock } = world.deps()
    const aheadMs = hourMs
    const ahead = { ...world.deps(), clock: { ...clock, nowMs: () => clock.nowMs() + aheadMs } }
    const readAll = async (by: Deps): Promise<void> => {
      await store.query.update(store.tables.rounds).set({ dueAtMs: 0, leaseUntilMs: 0 })
      const nowMs = by.clock.nowMs()
      const rows = await leaseRounds(
        store,
        { lease: 'mine', nowMs, leaseUntilMs: nowMs + 1 },
        polledLists(gateways.names),
      )
      for (const row of rows) await pollChanges({ ...by, gateways }, row)
    }
    await readAll(ahead)
    expect(await readUntil(world)).toBeLessThanOrEqual(clock.nowMs())
    await world.gateway.cancelInConsole(impUid, 4_000)
    await readAll(ahead)
    await world.clock.oversleep(20 * minuteMs)
    await readAll(world.deps())
    await world.until('it is known', async () => (await orderOf(world, orderId)).balance === 10_000, minuteMs)
  })
})

test('D-04: the list and a webhook of one payment are two claims and one lookup', async () => {
  await using world = await startWorld()
  const [bought] = await quietOrders(world, 1)
  await world.gateway.approve(bought?.impUid ?? '')
  await tell(world, JSON.stringify({ imp_uid: bought?.impUid, merchant_uid: 'ord-0', status: 'paid' }))
  await world.until('paid', () => isPaid(world, 'ord-0'), 5_000)
  const before = looks(world).length
  await world.pass(2 * minuteMs)
  expect(looks(world).length).toBe(before)
})
