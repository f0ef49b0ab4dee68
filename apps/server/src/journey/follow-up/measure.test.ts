import { expect, test } from 'vitest'
import { buy, comeBack, go, isPaid, orderId, orderOf, tellOf } from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { merchantKey, startWorld, type World } from '../../../testing/world.ts'
import { openMetrics } from '../../log/metrics.ts'

const metrics = async (world: World): Promise<string> => (await go(`${world.url}/metrics`)).text()

test('claims, lookups, events, notices and refunds are counted', async () => {
  await using world = await startWorld()
  const bought = await buy(world)
  await comeBack(await world.gateway.approve(bought.impUid))
  await tellOf(world, bought)
  await world.until('paid', () => isPaid(world), 5_000)
  await world.merchant.orders.cancel.mutate({ orderId, reason: 'why', idempotencyKey: 'key' })
  await world.until('told', () => world.receiver.received.length === 2, 10_000)
  await world.pass(2_000)
  const text = await metrics(world)
  for (const line of [
    /^landfall_claims_total\{source="return"\} 1$/m,
    /^landfall_claims_total\{source="webhook"\} [12]$/m,
    /^landfall_lookups_total\{outcome="ok"\} [1-9]/m,
    /^landfall_events_total\{event="payment.paid"\} 1$/m,
    /^landfall_events_total\{event="payment.cancelled"\} 1$/m,
    /^landfall_notices_total\{outcome="delivered"\} 2$/m,
    /^landfall_cancels_total\{outcome="done"\} 1$/m,
    /^landfall_waiting\{what="claims"\} 0$/m,
  ])
    expect(text).toMatch(line)
})

test('P-03: the metrics name no order, payment, notice, secret or key', async () => {
  await using world = await startWorld()
  const bought = await buy(world)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world), 5_000)
  const text = await metrics(world)
  for (const hidden of [bought.impUid, orderId, bought.token, merchantKey, 'sandbox-secret', 'whsec_'])
    expect(text).not.toContain(hidden)
  expect((await go(`${world.url}/metrics`)).headers.get('content-type')).toMatch(
    /^text\/plain; version=0\.0\.4/,
  )
})

test.for(engines)(
  'L-04: what waits, since when, and what needs a person stands in the gauges (%s)',
  async (engine) => {
    await using world = await startWorld({ engine })
    world.receiver.answerWith(410)
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('parked', async () => (await orderOf(world)).notices[0]?.state === 'parked')
    await world.gateway.cancelInConsole(bought.impUid)
    await world.until('owed', async () => (await orderOf(world)).notices.length === 2, 10_000)
    await world.pass(60_000)
    const text = await metrics(world)
    expect(text).toMatch(/^landfall_waiting\{what="parked_notices"\} 1$/m)
    expect(text).toMatch(/^landfall_waiting\{what="notices"\} 1$/m)
    expect(text).toMatch(/^landfall_waiting\{what="orders_for_review"\} 0$/m)
    expect(Number(/^landfall_oldest_due_seconds\{what="notices"\} (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(
      30,
    )
  },
)

test('L-09: the metrics include the event-loop lag', async () => {
  expect(await openMetrics({ ofProcess: true }).text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
})
