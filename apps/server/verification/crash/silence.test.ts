import { expect, test } from 'vitest'
import { insertOrder, readOrder } from '../../src/store/orders.ts'
import { go } from '../../testing/network.ts'
import { startWorld, type World } from '../../testing/world.ts'

const price = 5_000

/**
 * The busiest second of the world's time, counted where calls leave: a look-up, a list, a cancel or a preparation. Tokens are no look-ups.
 * (At the gateway a call may be heard a second later, for the world's time goes on while it is on its way.)
 */
function busiestSecond(world: World): number {
  const seconds = new Map<number, number>()
  for (const { path, atMs } of world.sent) {
    if (!path.startsWith('/payments')) continue
    const second = Math.floor(atMs / 1_000)
    seconds.set(second, (seconds.get(second) ?? 0) + 1)
  }
  return Math.max(0, ...seconds.values())
}

/** Registers orders and opens a window for each; time goes on meanwhile, for fixing the amounts at the gateway takes its budget too. */
async function buyMany(world: World, count: number, at: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, index) => at + index)
  let registered = 0
  const registering = numbers.map(async (number) => {
    await world.merchant.orders.register.mutate({ orderId: `ord-${number}`, name: '침묵', amount: price })
    registered += 1
  })
  await world.until('all are registered', () => registered === count, 60_000, 200)
  await Promise.all(registering)
  return numbers.map((number) => openWindow(world, `ord-${number}`))
}

/** The same as if they had been registered over the last minutes; that registering works is shown above. */
async function registerBefore(world: World, count: number): Promise<string[]> {
  const nowMs = world.clock.nowMs()
  await world.merchant.orders.register.mutate({ orderId: 'ord-0', name: '침묵', amount: price })
  const pattern = await readOrder(world.deps().store, 'ord-0')
  if (pattern === null) throw new Error('not registered')
  const orderIds = Array.from({ length: count }, (_, at) => `ord-${at}`)
  await Promise.all(
    orderIds
      .slice(1)
      .map((orderId, at) =>
        insertOrder(world.deps().store, { ...pattern.order, orderId }, nowMs + 20_000 + at),
      ),
  )
  return orderIds.map((merchantUid) => openWindow(world, merchantUid))
}

function openWindow({ gateway }: World, merchantUid: string): string {
  const opened = gateway.open({ merchantUid, amount: price, name: '침묵' })
  if (!opened.ok) throw new Error(opened.errorMsg)
  return opened.impUid
}

const notPaid = async (world: World): Promise<number> => {
  const { store } = world.deps()
  const { orders } = store.tables
  const rows = await store.query.select({ status: orders.status }).from(orders)
  return rows.filter(({ status }) => status !== 'paid').length
}

test('L-01 a thousand payments that nobody announces, neither return nor webhook, are final within 120 s of their approval, and the budget is kept (S-14)', async () => {
  const callsPerSecond = 100
  await using world = await startWorld({
    env: { GATEWAY_CALLS_PER_SECOND: String(callsPerSecond), LOOKUP_TIMEOUT_MS: '5000', LOG_LEVEL: 'warn' },
  })
  world.gateway.misbehave({ webhook: 'never' })
  for (let batch = 0; batch < 20; batch += 1) {
    const payments = await buyMany(world, 50, batch * 50)
    await world.pass(1_000)
    await Promise.all(payments.map((impUid) => world.gateway.approve(impUid)))
  }
  const tookMs = await world.until('all are paid', async () => (await notPaid(world)) === 0, 120_000, 500)
  expect(tookMs).toBeLessThanOrEqual(120_000)
  expect(busiestSecond(world)).toBeLessThanOrEqual(callsPerSecond)
  expect(world.gateway.webhooks()).toEqual([])
  console.log(
    `1,000 unannounced payments: final ${tookMs / 1_000} s after the last approval; busiest second ${busiestSecond(world)} of ${callsPerSecond} calls`,
  )
})

test('L-02 after an hour without the gateway a thousand stored webhooks are all final within 60 s and the backlog by throughput, and the budget is kept (S-14)', async () => {
  const [count, callsPerSecond] = [1_000, 50]
  const env = {
    GATEWAY_CALLS_PER_SECOND: String(callsPerSecond),
    LOOKUP_TIMEOUT_MS: '5000',
    SWEEP_BATCH: '512',
    SWEEP_INTERVAL_MS: '5000',
  }
  await using world = await startWorld({ env })
  const payments: string[] = []
  world.gateway.misbehave({ webhook: 'never' })
  payments.push(...(await registerBefore(world, count)))
  world.gateway.misbehave({ rest: 'error', restStatus: 503 })
  for (const impUid of payments) await world.gateway.approve(impUid)
  let acknowledged = 0
  for (let at = 0; at < count; at += 100)
    acknowledged += (
      await Promise.all(payments.slice(at, at + 100).map((impUid, index) => tell(world, impUid, at + index)))
    ).filter(Boolean).length
  expect(acknowledged).toBe(count)
  await world.pass(3_600_000)
  expect(await notPaid(world)).toBe(count)
  world.gateway.behave()
  const healedMs = world.clock.nowMs()
  await world.until('all are paid', async () => (await notPaid(world)) === 0, 200_000, 500)
  const tookMs = world.clock.nowMs() - healedMs
  // Each webhook needs one look-up; the timer and the lists may take three tenths of the budget besides.
  expect(tookMs).toBeLessThanOrEqual(60_000 + (count / callsPerSecond) * 1_000)
  expect(busiestSecond(world)).toBeLessThanOrEqual(callsPerSecond)
  console.log(
    `1,000 stored webhooks: final ${tookMs / 1_000} s after the gateway healed; busiest second ${busiestSecond(world)} of ${callsPerSecond} calls`,
  )
})

async function tell(world: World, impUid: string, number: number): Promise<boolean> {
  const answer = await go(`${world.url}/webhooks/portone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ imp_uid: impUid, merchant_uid: `ord-${number}`, status: 'paid' }),
  })
  return answer.status === 200
}
