import { eq } from 'drizzle-orm'
import { expect, describe, test } from 'vitest'
import { engines } from '../../../../testing/fresh-database.ts'
import { buy, comeBack, isPaid, name, orderId, price, register, tell } from '../../../../testing/shopper.ts'
import { played, scriptedOrders } from '../../../../testing/scripted-orders.ts'
import { startWorld, type World } from '../../../../testing/world.ts'
import { timelineWriteOfEach } from '../../../store/timeline.ts'

const scripted = (wanted: string) => {
  const found = scriptedOrders.find((each) => each.name === wanted)
  if (found === undefined) throw new Error(`no ${wanted}`)
  return found
}
const storyOf = (world: World, named = orderId) => world.merchant.orders.story.query({ orderId: named })

async function paid(world: World) {
  const bought = await buy(world)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world))
  return bought
}

describe('orders.story', () => {
  test.for(engines)(
    'found by its number, its payment, and a string of its reference (%s)',
    async (engine) => {
      await using world = await startWorld({ engine })
      await world.merchant.orders.register.mutate({
        orderId,
        name,
        amount: price,
        reference: { till: 'A-7' },
      })
      const { impUid } = await paid(world)
      const story = await storyOf(world)
      expect(story).toMatchObject({ orderId, order: { orderId, status: 'paid' }, leftOut: 0 })
      for (const named of [impUid, 'A-7']) expect(await storyOf(world, named)).toEqual(story)
      await expect(storyOf(world, 'A-8')).rejects.toMatchObject({ data: { kind: 'unknown_order' } })
      // A payment's id takes precedence over another order's reference.
      await world.merchant.orders.register.mutate({
        orderId: 'ord-3',
        name,
        amount: price,
        reference: [impUid],
      })
      expect(await storyOf(world, impUid)).toEqual(story)
      // A reference of two orders finds neither.
      await world.merchant.orders.register.mutate({
        orderId: 'ord-2',
        name,
        amount: price,
        reference: ['A-7'],
      })
      await expect(storyOf(world, 'A-7')).rejects.toMatchObject({ data: { kind: 'unknown_order' } })
    },
  )

  test('a key’s actions name their actor, automatic ones name none', async () => {
    await using world = await played(scripted('closed-and-paid'))
    const { lines } = await storyOf(world)
    const acts = lines.flatMap(({ kind, actor }) => (actor === null ? [] : [[kind, actor]]))
    expect(acts).toEqual([
      ['registered', 'key:default'],
      ['closed', 'key:default'],
    ])
    expect(lines).toContainEqual(
      expect.objectContaining({ kind: 'refund_decided', cause: 'late', amount: price, actor: null }),
    )
  })

  test('a lookup names its causes', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world)
    await world.merchant.orders.reconcile.mutate({ orderId })
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world))
    const looks = (await storyOf(world)).lines.filter((line) => line.kind === 'looked')
    expect(looks.map(({ status, doors }) => [status, doors])).toEqual([
      ['ready', ['person']],
      ['paid', ['return']],
    ])
  })
})

describe('what the story keeps', () => {
  test('the first claim of each source outlives its receipt', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    const claims = async () => (await storyOf(world)).lines.filter(({ kind }) => kind === 'claim')
    const before = await claims()
    expect(before).toMatchObject([
      { door: 'return', said: 'success', paymentId: impUid, times: 1 },
      { door: 'webhook', said: 'paid', paymentId: impUid, times: 1 },
    ])
    const { store } = world.deps()
    const { receipts } = store.tables
    await store.atomically([(query) => query.delete(receipts).where(eq(receipts.orderId, orderId))])
    expect(await claims()).toEqual(before.map((line) => ({ ...line, times: null, lastAt: null })))
  })

  test('a repeated claim is one line', async () => {
    await using world = await startWorld()
    const { impUid } = await buy(world)
    const lines = async () => (await storyOf(world)).lines.filter(({ kind }) => kind === 'claim').length
    for (let round = 0; round < 60; round += 1) {
      const status = ['ready', `word ${round}`, 'failed'][round % 3]
      await tell(world, JSON.stringify({ imp_uid: impUid, merchant_uid: orderId, status }))
      await world.pass(3_000)
    }
    expect(await lines()).toBeLessThanOrEqual(6)
  })

  test('of a thousand lines the first hundred and the last four hundred are given, with the number left out', async () => {
    await using world = await startWorld()
    await register(world)
    const { store, clock } = world.deps()
    const entry = { event: 'notice.replayed', paymentId: null, from: null, to: null, reason: '' } as const
    const writes = Array.from({ length: 1_000 }, (_, index) =>
      timelineWriteOfEach(
        store,
        [orderId],
        `act-${index}`,
        { ...entry, actor: `${index}` },
        clock.nowMs() + index,
      ),
    )
    await store.atomically(writes)
    const { lines, leftOut } = await storyOf(world)
    expect([lines.length, leftOut]).toEqual([500, 501])
    expect([lines[0]?.kind, lines.at(-1)?.actor]).toEqual(['registered', '999'])
  })

  test('repeated equal answers are one line with first time, last time and count', async () => {
    await using world = await startWorld({
      env: { SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' },
    })
    await paid(world)
    await world.until('told', () => world.receiver.types().length === 1)
    world.gateway.misbehave({ cancel: 'refused' })
    await world.merchant.orders.cancel.mutate({ orderId, reason: 'sold out', idempotencyKey: 'once' })
    await world.pass(30 * 3_600_000)
    const tried = (await storyOf(world)).lines.filter((line) => line.kind === 'refund_tried')
    expect(tried).toMatchObject([
      {
        outcome: 'refused',
        answer: '결제취소에 실패하였습니다.([8178] 정산금액 부족)',
        cause: 'shop',
        amount: price,
      },
    ])
    expect(tried[0]?.times).toBeGreaterThan(3)
    expect(tried[0]?.lastAt).toBeGreaterThan((tried[0]?.at ?? 0) + 10 * 3_600_000)
  })
})

describe('what the story does not say (P-04)', () => {
  test('whose account a refund goes to', async () => {
    await using world = await played(scripted('virtual-account-partly-refunded'))
    const told = JSON.stringify(await storyOf(world))
    expect(told).not.toContain('110-123-456789')
    expect(told).not.toContain('김철수')
  })

  test('a stranger’s text: unknown values appear as *other*', async () => {
    await using world = await startWorld()
    const { impUid } = await paid(world)
    await tell(world, JSON.stringify({ imp_uid: impUid, merchant_uid: orderId, status: 'call 010-1234' }))
    await world.pass(5_000)
    const told = await storyOf(world)
    expect(JSON.stringify(told.lines)).not.toContain('010-1234')
    expect(told.lines).toContainEqual(expect.objectContaining({ kind: 'claim', said: 'other' }))
  })

  test('the PG’s own text of a refusal: only the recognised reason appears', async () => {
    await using world = await played(scripted('refused-then-paid'))
    const { lines } = await storyOf(world)
    expect(JSON.stringify(lines)).not.toContain('카드사로 문의')
    expect(lines).toContainEqual(expect.objectContaining({ event: 'payment.failed', failReason: 'limit' }))
  })

  test('strangers’ claims about payments of other orders', async () => {
    await using world = await startWorld()
    await register(world)
    await tell(world, JSON.stringify({ imp_uid: 'imp_999999999999', merchant_uid: orderId, status: 'paid' }))
    await world.pass(10_000)
    expect(JSON.stringify(await storyOf(world))).not.toContain('imp_999999999999')
  })
})
