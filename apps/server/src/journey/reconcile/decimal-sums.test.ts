import { expect, test } from 'vitest'
import { cancelsSent, go, isPaid, name, orderId, orderOf } from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'

test('M-33: refunds of 0.10 and 0.20 dollars leave 970 of 1,000 cents, also where the gateway adds up floats', async () => {
  await using world = await startWorld()
  const { returnUrl } = await world.merchant.orders.register.mutate({
    orderId,
    name,
    amount: 1_000,
    currency: 'USD',
  })
  const opened = world.gateway.open({ merchantUid: orderId, amount: 10, currency: 'USD', name })
  if (!opened.ok) throw new Error(opened.errorMsg)
  await world.gateway.approve(opened.impUid)
  await go(`${returnUrl}?imp_uid=${opened.impUid}`)
  await world.until('paid', () => isPaid(world), 5_000)
  for (const amount of [10, 20])
    await world.merchant.orders.cancel.mutate({
      orderId,
      amount,
      reason: 'a part',
      idempotencyKey: `key-${amount}`,
    })
  await world.until('both are back', async () => (await orderOf(world)).balance === 970, 30_000)
  expect(cancelsSent(world)).toMatchObject([
    { amount: 0.1, checksum: 10 },
    { amount: 0.2, checksum: 9.9 },
  ])
  const isRead = { status: 'partially_cancelled', balance: 970, review: null }
  expect(await orderOf(world)).toMatchObject(isRead)
  world.gateway.misbehave({ rowFields: { cancel_amount: 0.1 + 0.2 } })
  await world.merchant.orders.reconcile.mutate({ orderId })
  await world.pass(60_000)
  expect(await orderOf(world)).toMatchObject(isRead)
})
