import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { readBooks } from '../../src/store/books.ts'
import { openDatabase } from '../../src/store/engines/open.ts'
import { copyAside } from '../../src/store/engines/sqlite-copies.ts'
import { readOrder } from '../../src/store/orders.ts'
import { buy, orderOf, tell, tellOf, type Bought } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'

const fileOf = (world: World): string => world.config.databaseUrl.replace(/^file:/, '')

/** What a restore drill finds in a backup. */
async function drilled(backup: string) {
  using copy = copyAside(`file:${backup}`)
  const db = await openDatabase(copy.url, (run) => void setImmediate(run))
  const { faults, rows } = await readBooks(db)
  await db.close()
  return { faults, orders: rows['orders'] }
}

test('C-06 a full disk: 503 and no 2xx for what is not stored, reads go on, and it recovers without a restart', async () => {
  await using world = await startWorld()
  const bought = await buy(world, { orderId: 'ord-1' })
  await world.gateway.approve(bought.impUid)
  await world.gateway.settled()
  await world.until('it is paid', async () => (await orderOf(world, 'ord-1')).status === 'paid')
  world.failDisk(true)
  const answer = await tell(
    world,
    JSON.stringify({ imp_uid: 'imp_000000000001', merchant_uid: 'ord-x', status: 'paid' }),
  )
  expect(answer.status).toBe(503)
  await expect(
    world.merchant.orders.register.mutate({ orderId: 'ord-2', name: 'x', amount: 100 }),
  ).rejects.toMatchObject({
    data: { httpStatus: 503 },
  })
  expect((await orderOf(world, 'ord-1')).status).toBe('paid')
  await world.pass(30_000)
  world.failDisk(false)
  expect((await tellOf(world, bought)).status).toBe(200)
  const later = await buy(world, { orderId: 'ord-2' })
  await world.gateway.approve(later.impUid)
  await world.until('the next order is paid', async () => (await orderOf(world, 'ord-2')).status === 'paid')
})

test('C-09 S-02 a backup taken mid-run is put back: what happened since is learned again, every notice has the id it had, and no order is paid twice', async () => {
  await using world = await startWorld({ engine: 'sqlite' })
  const backup = `${fileOf(world)}.backup`
  const before: Bought[] = []
  for (let at = 0; at < 6; at += 1) before.push(await buy(world, { orderId: `ord-${at}` }))
  for (const each of before.slice(0, 3)) await world.gateway.approve(each.impUid)
  await world.until('three are paid', async () =>
    (await Promise.all([0, 1, 2].map((at) => orderOf(world, `ord-${at}`)))).every(
      ({ status }) => status === 'paid',
    ),
  )
  // As the documented command does it: safe on a live file.
  await world.deps().store.query.run(sql`vacuum into ${backup}`)
  expect(await drilled(backup), 'a backup of a running server adds up').toEqual({ faults: [], orders: 6 })
  // Since the backup: payments, a deposit, a cancel in the console, a cancel by the shop, another sum than the one that was fixed, which is before a person, and an order nobody will know any more.
  for (const each of before.slice(3, 5)) await world.gateway.approve(each.impUid)
  await world.gateway.approve(before[5]?.impUid ?? '', { amount: 100 })
  await world.gateway.cancelInConsole(before[0]?.impUid ?? '', 1_000)
  await world.merchant.orders.cancel.mutate({
    orderId: 'ord-1',
    amount: 2_000,
    reason: '변심',
    idempotencyKey: 'k',
  })
  const forgotten = await buy(world, { orderId: 'ord-forgotten' })
  await world.gateway.approve(forgotten.impUid)
  const all = () => Promise.all(before.map(({ orderId }) => orderOf(world, orderId)))
  const settled = async (): Promise<boolean> => {
    const statuses = (await all()).map(({ status }) => status).join()
    const notices = (await all()).flatMap((order) => order.notices)
    return (
      statuses === 'partially_cancelled,partially_cancelled,paid,paid,paid,open' &&
      notices.every(({ state }) => state === 'delivered') &&
      notices.length >= 8
    )
  }
  await world.until('the day is over', settled, 60_000)
  await world.pass(10_000)
  const held = await all()
  const ids = new Set(world.receiver.received.map(({ id }) => id))
  const atGateway = JSON.stringify(world.gateway.payments())
  const cancelsBefore = world.sent.filter(({ path }) => path === '/payments/cancel').length
  await world.replaceFile(backup)
  expect((await readOrder(world.deps().store, 'ord-3'))?.order.status).toBe('open')
  await world.until('all is known again', settled, 180_000)
  await world.pass(60_000)
  const again = await all()
  for (const [at, order] of again.entries()) {
    const review = at === 5 ? { reason: 'amount_conflict' } : null
    expect(order).toMatchObject({ status: held[at]?.status, balance: held[at]?.balance, review })
    expect(order.notices.map(({ id }) => id).toSorted()).toEqual(
      held[at]?.notices.map(({ id }) => id).toSorted(),
    )
  }
  const known = world.receiver.received.filter(({ body }) => body.data.order.orderId !== 'ord-forgotten')
  expect(
    known.map(({ id }) => id).filter((id) => !ids.has(id)),
    'ids that were never told before',
  ).toEqual([])
  for (const { orderId } of before)
    expect(
      new Set(
        known
          .filter(({ body }) => body.type === 'payment.paid' && body.data.order.orderId === orderId)
          .map(({ id }) => id),
      ).size,
    ).toBeLessThanOrEqual(1)
  expect(JSON.stringify(world.gateway.payments()), 'no money moved').toBe(atGateway)
  expect(world.sent.filter(({ path }) => path === '/payments/cancel')).toHaveLength(cancelsBefore)
  // The order itself is gone with the backup: its payment is before a person, and is not given back by itself (M-17).
  await world.pass(20 * 60_000)
  const review = await world.merchant.orders.list.query({ review: true })
  expect(review.orphans).toMatchObject([
    { orderId: 'ord-forgotten', paymentId: forgotten.impUid, cancelledAmount: 0 },
  ])
})
