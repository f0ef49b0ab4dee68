import { expect, test } from 'vitest'
import { isPaid, orderId, orderOf, register, tellOf } from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'
import { mapGateways } from '../../gateway/gateways.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { readPayment } from '../../store/payments.ts'
import { openReconciler } from './reconcile.ts'

test('S-06, W-06: a lookup that began before its order was registered does not overwrite newer facts', async () => {
  await using world = await startWorld({ env: { ORPHAN_AFTER_MS: '1000' } })
  world.gateway.misbehave({ webhook: 'never' })
  const opened = world.gateway.open({ merchantUid: orderId, amount: 14_000, name: 'sample' })
  if (!opened.ok) throw new Error(opened.errorMsg)
  const paymentId = opened.impUid
  await tellOf(world, { impUid: paymentId, orderId, returnUrl: '', token: '' })
  const deps = world.deps()
  const isHeld = async (): Promise<boolean> => (await readPayment(deps.store, paymentId)) !== null
  await world.until('held without its order', isHeld, 120_000, 1_000)

  // The answer says «ready». Before it arrives the payment is paid, its order registered, and both recorded.
  let overtaken = 0
  const lookup: Gateway['lookup'] = async (ref, priority) => {
    const answer = await deps.gateways.of('portone-v1').lookup(ref, priority)
    overtaken += 1
    if (overtaken > 1) return answer
    await world.gateway.approve(paymentId)
    await register(world)
    await world.until('paid', () => isPaid(world), 60_000)
    return answer
  }
  const { reconcile } = openReconciler(
    { ...deps, gateways: mapGateways(deps.gateways, (gateway) => ({ ...gateway, lookup })) },
    () => undefined,
  )
  const looked = await reconcile(
    { by: 'payment', paymentId, orderId },
    { claim: null, atMs: world.clock.nowMs(), adoptOrphans: true },
  )

  expect(looked).toEqual({ ok: true, value: { orderId } })
  expect(overtaken).toBe(2)
  expect(await orderOf(world)).toMatchObject({ status: 'paid', review: null })
  expect((await readPayment(deps.store, paymentId))?.payment).toMatchObject({
    status: 'paid',
    contradiction: null,
  })
})
