import { expect, test } from 'vitest'
import { buy, isPaid, orderOf } from '../../../testing/shopper.ts'
import { startWorld } from '../../../testing/world.ts'

const hourMs = 3_600_000

test.for([1, 48])(
  'K-03: the clock was %d hours ahead and is put right: what nobody speaks of is still learned within a minute and a half',
  async (hours) => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    const { impUid } = await buy(world)
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world))
    // While the clock is ahead the lists are read, so their next poll is scheduled from a future time.
    world.clock.leap(hours * hourMs)
    await world.pass(70_000)
    world.clock.leap(-hours * hourMs)
    await world.pass(5_000)
    world.gateway.misbehave({ webhook: 'never' })
    await world.gateway.cancelInConsole(impUid)
    const tookMs = await world.until(
      'cancelled',
      async () => (await orderOf(world)).status === 'cancelled',
      120_000,
      5_000,
    )
    expect(tookMs).toBeLessThanOrEqual(90_000)
  },
)
