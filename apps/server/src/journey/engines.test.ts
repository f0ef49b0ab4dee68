import { describe, expect, test } from 'vitest'
import { engines } from '../../testing/fresh-database.ts'
import { buy, comeBack, expectPaidOnce, go, isPaid, orderId, tellOf } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { watch } from './requests/show.ts'

describe.each(engines)('on %s', (engine) => {
  test('one payment: return, lookup, proof, notice', async () => {
    await using world = await startWorld({ engine })
    const bought = await buy(world)
    expect((await comeBack(await world.gateway.approve(bought.impUid))).status).toBe(303)
    await world.until('paid', () => isPaid(world), 5_000)
    await world.until('told', () => world.receiver.types().includes('payment.paid'))
    await expectPaidOnce(world, bought.impUid)
  })

  test('fifty returns and webhooks at two servers at once: one finalisation, one notice (K-01)', async () => {
    await using world = await startWorld({ engine })
    await using peer = await world.startPeer()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    const doors = Array.from({ length: 50 }, (_, index) => {
      const at = index % 2 === 0 ? world.url : peer.url
      return index % 3 === 0
        ? tellOf({ ...world, url: at }, bought)
        : go(`${bought.returnUrl.replace(world.url, at)}?imp_uid=${bought.impUid}`)
    })
    for (const { status } of await Promise.all(doors)) expect([200, 303]).toContain(status)
    await world.until('paid', () => isPaid(world), 5_000)
    await world.pass(10_000)
    await expectPaidOnce(world, bought.impUid)
  })

  test.each(['crash', 'restart'] as const)(
    'a %s between the acknowledged webhook and its lookup: the next start finishes it, once (C-01, C-10)',
    async (end) => {
      await using world = await startWorld({ engine })
      const bought = await buy(world)
      world.gateway.misbehave({ webhook: 'never', rest: 'slow' })
      await world.gateway.approve(bought.impUid)
      expect((await tellOf(world, bought)).status).toBe(200)
      const ended = world[end]()
      await world.pass(2_000)
      await ended
      world.gateway.misbehave({ webhook: 'never', rest: 'normal' })
      await world.until('paid', () => isPaid(world), 120_000)
      await expectPaidOnce(world, bought.impUid)
    },
  )

  test('notices of one order arrive in order across a crash, under one id each (N-04, C-04)', async () => {
    await using world = await startWorld({ engine })
    const first = await buy(world)
    await comeBack(await world.gateway.refuse(first.impUid, 'limit'))
    await world.until('the failure is known', async () => (await sequenceOf(world)) === 1)
    const second = await buy(world)
    await comeBack(await world.gateway.approve(second.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    await world.crash()
    await world.until('both are told', () => new Set(world.receiver.types()).size === 2, 120_000)
    expect([...new Set(world.receiver.types())]).toEqual(['payment.failed', 'payment.paid'])
    await expectPaidOnce(world, second.impUid)
  })

  test('a page open at one server shows another server’s record', async () => {
    await using world = await startWorld({ engine })
    await using peer = await world.startPeer()
    const bought = await buy(world)
    const viewer = await peer.journey.tokens.read(bought.token)
    if (viewer === null) throw new Error('the token is ours')
    const kinds: string[] = []
    const page = new AbortController()
    const watching = (async () => {
      for await (const screen of watch(peer.journey, viewer, bought.token, page.signal))
        kinds.push(screen.kind)
    })()
    await world.until('the page is open', () => kinds.length > 0)
    await world.gateway.approve(bought.impUid)
    await tellOf(world, bought)
    await world.until('it is shown', () => kinds.includes('paid'), 4_000)
    expect(kinds.at(-1)).toBe('paid')
    page.abort()
    await watching
  })
})

const sequenceOf = async (world: World): Promise<number> =>
  (await world.merchant.orders.get.query({ orderId })).notices.length
