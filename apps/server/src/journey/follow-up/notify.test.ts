import { fail, NOTICE_ATTEMPTS_MAX } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { buy, comeBack, isPaid, orderId, orderOf } from '../../../testing/shopper.ts'
import { engines } from '../../../testing/fresh-database.ts'
import { noticeSecret, startWorld, type World } from '../../../testing/world.ts'
import { openHttp, type Http } from '../../gateway/http.ts'
import { leaseNotices } from '../../store/outbox.ts'
import { notifier } from './notify.ts'

const secondMs = 1_000
const hourMs = 3_600_000

async function paid(world: World, id = orderId) {
  const bought = await buy(world, { orderId: id })
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world, id), 5_000)
  return bought
}

const states = async (world: World) => (await orderOf(world)).notices.map(({ state }) => state)
/** Advances time in growing steps until the next attempt; returns the wait, accurate to a sixth. */
async function nextAttempt(world: World): Promise<number> {
  const [before, startedAtMs] = [world.receiver.attempts.length, world.clock.nowMs()]
  for (let turn = 0; turn < 300; turn += 1) {
    await world.pass(1)
    const tookMs = world.clock.nowMs() - startedAtMs
    if (world.receiver.attempts.length > before) return tookMs
    await world.clock.oversleep(Math.max(secondMs, tookMs / 6))
  }
  return Number.NaN
}

describe('delivered', () => {
  test('N-06: the notice says what is recorded, is signed with every live secret, and is sent once', async () => {
    const second = `whsec_${Buffer.from('the next secret of this test').toString('base64')}`
    await using world = await startWorld({ env: { NOTIFY_SECRETS: `${second} ${noticeSecret}` } })
    const { impUid } = await paid(world)
    await world.until('told', () => world.receiver.received.length === 1)
    expect(world.receiver.received[0]?.body).toMatchObject({
      type: 'payment.paid',
      sequence: 1,
      timestamp: world.clock
        .date(world.clock.nowMs())
        .toISOString()
        .replace(/\d\d\.\d+Z$/, world.receiver.received[0]?.body.timestamp.slice(17) ?? ''),
      data: {
        order: { orderId, status: 'paid', balance: 14_000, review: null },
        payment: { paymentId: impUid, standing: 'kept', amount: 14_000, currency: 'KRW' },
      },
    })
    expect(world.receiver.attempts).toMatchObject([{ signatures: 2 }]) // N-06
    await world.pass(10 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
    expect(await states(world)).toEqual(['delivered'])
  })

  test('N-03, C-04: the shop’s answer is lost: the notice is sent again with the same id and body', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(500)
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length === 1)
    expect(new Set(world.receiver.attempts.map(({ id }) => id)).size).toBe(1)
    const sent = world.sent.filter(({ path }) => path === '/notices')
    expect(sent).toHaveLength(2)
    expect(sent[0]?.body).toBe(sent[1]?.body)
  })

  test('N-09: the process dies before the first attempt: the notice is sent after the restart', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(503)
    await paid(world)
    await world.crash()
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length >= 1, 45_000, 500)
    expect(new Set(world.receiver.received.map(({ id }) => id)).size).toBe(1)
  })

  test('N-04: the notices of one order are delivered in order', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(500)
    const { impUid } = await paid(world)
    await world.gateway.cancelInConsole(impUid, 4_000)
    await world.pass(2 * secondMs)
    await world.gateway.cancelInConsole(impUid)
    await world.until('three are owed', async () => (await orderOf(world)).notices.length === 3, 10_000)
    await world.pass(20 * secondMs)
    expect(new Set(world.receiver.attempts.map(({ type }) => type))).toEqual(new Set(['payment.paid']))
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length === 3, 600_000, 5_000)
    expect(world.receiver.types()).toEqual([
      'payment.paid',
      'payment.partially_cancelled',
      'payment.cancelled',
    ])
    expect(
      world.receiver.received.map(({ body }) => [
        body.sequence,
        body.data.order.status,
        body.data.order.balance,
      ]),
    ).toEqual([
      [1, 'paid', 14_000],
      [2, 'partially_cancelled', 10_000],
      [3, 'cancelled', 0],
    ])
  })

  test('N-02, N-08, L-05: an order whose notice always fails delays no other order', async () => {
    await using world = await startWorld({ env: { NOTIFY_TIMEOUT_MS: '200' } })
    world.receiver.refuseAbout('ord-bad')
    await paid(world, 'ord-bad')
    for (const id of ['ord-1', 'ord-2', 'ord-3']) await paid(world, id)
    await world.until('the others are told', () => world.receiver.received.length === 3, 10_000)
    expect(world.receiver.received.map(({ body }) => body.data.order.orderId).toSorted()).toEqual([
      'ord-1',
      'ord-2',
      'ord-3',
    ])
  })
})

describe('tried again, and then parked', () => {
  test('N-01, L-04: a receiver down for four days is tried ten times over about three days, then the notice is parked with an alarm', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '1000' } })
    world.receiver.answerWith(500)
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    const waits: number[] = []
    for (let attempt = 2; attempt <= NOTICE_ATTEMPTS_MAX; attempt += 1) waits.push(await nextAttempt(world))
    expect(world.receiver.attempts).toHaveLength(NOTICE_ATTEMPTS_MAX)
    const meant = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
      (seconds) => seconds * secondMs,
    )
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual((meant[index] ?? 0) * 0.89)
      expect(wait).toBeLessThanOrEqual((meant[index] ?? 0) * 1.3 + 2 * secondMs)
    }
    expect(await states(world)).toEqual(['parked'])
    expect(
      world.logs.filter((line) => line.includes('"level":50') && line.includes('notice parked')),
    ).toHaveLength(1)
    await world.clock.oversleep(100 * hourMs)
    await world.pass(5 * secondMs)
    expect(world.receiver.attempts).toHaveLength(NOTICE_ATTEMPTS_MAX)
  })

  test('N-05: 410 Gone parks at once', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(410)
    await paid(world)
    await world.until('parked', async () => (await states(world))[0] === 'parked')
    await world.clock.oversleep(24 * hourMs)
    await world.pass(5 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
  })

  test.for([429, 503])('N-05: %i with Retry-After is not tried sooner', async (status) => {
    await using world = await startWorld()
    world.receiver.answerWith(status, { 'retry-after': '120' })
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    world.receiver.answerWith(204)
    await world.pass(118 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
    await world.until('told', () => world.receiver.received.length === 1, 10_000)
  })

  test('N-11: a Retry-After of a year counts as a day, is counted and told; an unreadable one counts as none', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(503, { 'retry-after': '31536000' })
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    expect(await world.deps().metrics.text()).toContain('landfall_bounded_total{what="receiver"} 1')
    expect(world.logs.filter((line) => line.includes('longer than a day'))).toHaveLength(1)
    expect(world.logs.join('')).toContain('"ms":86400000')
    world.receiver.answerWith(503, { 'retry-after': 'soon' })
    await world.clock.oversleep(24 * hourMs)
    await world.until('tried again', () => world.receiver.attempts.length === 2, 5_000)
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length === 1, 400_000, 5_000)
  })

  test('N-05: a Retry-After that is a date is not tried sooner', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    const inMs = (ms: number): string => world.clock.date(world.clock.nowMs() + ms).toUTCString()
    world.receiver.answerWith(503, { date: inMs(0), 'retry-after': inMs(3_600_000) })
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    world.receiver.answerWith(204)
    await world.pass(3_590 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
    await world.until('told', () => world.receiver.received.length === 1, 20_000)
  })

  test.for([1, 48])(
    'K-03: the clock goes back %d h: a notice waits no longer than it was to',
    async (hours) => {
      await using world = await startWorld({ fraction: 0 })
      world.receiver.answerWith(503, { 'retry-after': '600' })
      await paid(world)
      await world.until('tried', () => world.receiver.attempts.length === 1)
      world.receiver.answerWith(204)
      world.clock.leap(-hours * hourMs)
      await world.pass(590 * secondMs)
      expect(world.receiver.attempts).toHaveLength(1)
      await world.until('told', () => world.receiver.received.length === 1, 20_000)
      expect(world.logs.filter((line) => line.includes('the clock was set'))).toHaveLength(1)
    },
  )

  test('K-03: two servers whose clock goes back move what is due once', async () => {
    await using world = await startWorld({ fraction: 0, env: { SWEEP_INTERVAL_MS: '5000' } })
    await using _peer = await world.startPeer()
    world.receiver.answerWith(503, { 'retry-after': '7200' })
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    world.receiver.answerWith(204)
    world.clock.leap(-hourMs)
    await world.pass(7_190 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
    await world.until('told', () => world.receiver.received.length === 1, 20_000)
  })

  test('a redirect is a refusal: it is not followed (S-14)', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(302, { location: `${world.url}/healthz` })
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    expect(await states(world)).toEqual(['waiting'])
    expect(world.sent.filter(({ path }) => path === '/healthz')).toEqual([])
  })

  test('P-03: no log line of a failed notice carries a secret or a signature', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(500)
    await paid(world)
    await world.until('tried', () => world.receiver.attempts.length === 1)
    expect(world.logs.join('')).not.toMatch(/whsec_|v1,|token-secret|merchant-key|sandbox-secret/)
  })
})

describe('a receiver that is gone', () => {
  test('N-05, L-04: 410 parks one notice; later notices wait, and are sent when the receiver accepts one', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(410)
    await paid(world, 'ord-1')
    await world.until('refused', () => world.receiver.attempts.length === 1)
    for (const id of ['ord-2', 'ord-3']) await paid(world, id)
    await world.pass(500 * secondMs)
    expect(world.receiver.attempts).toHaveLength(1)
    expect((await orderOf(world, 'ord-2')).notices).toMatchObject([{ state: 'waiting' }])
    world.receiver.answerWith(204)
    await world.until('told', () => world.receiver.received.length === 2, 300 * secondMs, secondMs)
    expect((await orderOf(world, 'ord-1')).notices).toMatchObject([{ state: 'parked' }])
    expect(world.logs.some((line) => line.includes('"level":50') && line.includes('410'))).toBe(true)
  })

  test('L-04: it stays gone: one notice tests it every ten minutes, and notices that waited three days are parked', async () => {
    await using world = await startWorld()
    world.receiver.answerWith(410)
    await paid(world, 'ord-1')
    await world.until('refused', () => world.receiver.attempts.length === 1)
    for (const id of ['ord-2', 'ord-3', 'ord-4']) await paid(world, id)
    const before = world.receiver.attempts.length
    await world.clock.oversleep(77 * hourMs)
    await world.pass(30 * secondMs)
    expect(world.receiver.attempts.length - before).toBeLessThanOrEqual(1)
    for (const id of ['ord-1', 'ord-2', 'ord-3', 'ord-4'])
      expect((await orderOf(world, id)).notices).toMatchObject([{ state: 'parked' }])
  })
})

describe('where notices go', () => {
  test.for([
    ['EPRIVATE', 'private address', 'NOTIFY_URL leads to a private address'],
    ['ECONNREFUSED', 'unreachable: ECONNREFUSED', 'notice not delivered'],
  ])(
    'N-07: after %s the log, the list and the story say why: %s',
    async ([cause = '', answer = '', line = '']) => {
      await using world = await startWorld()
      world.receiver.answerWith(503, { 'retry-after': '3600' })
      await paid(world)
      await world.until('tried', () => world.receiver.attempts.length === 1)
      const { store, clock } = world.deps()
      await store.query.update(store.tables.notices).set({ dueAtMs: 0 })
      const nowMs = clock.nowMs()
      const [row] = await leaseNotices(store, {
        lease: 'mine',
        nowMs,
        leaseUntilMs: nowMs + secondMs,
        limit: 1,
      })
      const http: Http = async () => fail({ kind: 'unreachable', cause })
      if (row !== undefined) await notifier({ ...world.deps(), http }).deliver(row)
      const { notices } = await world.merchant.notices.list.query({ orderId })
      expect(notices[0]?.answers.at(-1)).toMatchObject({ answer })
      expect(world.logs.join('')).toContain(line)
      expect(JSON.stringify(await world.merchant.orders.story.query({ orderId }))).toContain(answer)
    },
  )

  test('N-07: a name that resolves to a private address is not connected to unless it is allowed', async () => {
    await using world = await startWorld({ sockets: true })
    const url = world.url.replace('127.0.0.1', 'localhost')
    const ask = {
      method: 'GET',
      url: `${url}/healthz`,
      headers: {},
      deadlineMs: 2_000,
      answerBytesMax: 1_000,
    } as const
    const guarded = openHttp({ publicOnly: true })
    expect(await guarded.http(ask)).toEqual({
      ok: false,
      problem: { kind: 'unreachable', cause: 'EPRIVATE' },
    })
    await guarded.close()
    const open = openHttp()
    expect(await open.http({ ...ask, url: `${world.url}/healthz` })).toMatchObject({ ok: true })
    await open.close()
  })
})

describe.for(engines)('told again, on %s', (engine) => {
  const replay = (world: World, input: Parameters<World['merchant']['notices']['replay']['mutate']>[0]) =>
    world.merchant.notices.replay.mutate(input)

  test('N-01: a parked notice is replayed by its id, under the same id', async () => {
    await using world = await startWorld({ engine })
    world.receiver.answerWith(410)
    await paid(world)
    await world.until('parked', async () => (await states(world))[0] === 'parked')
    world.receiver.answerWith(204)
    const [notice] = (await orderOf(world)).notices
    expect(await replay(world, { id: notice?.id ?? '' })).toEqual({ replayed: 1 })
    await world.until('told', () => world.receiver.received.length === 1, 700 * secondMs, 10 * secondMs)
    expect(world.receiver.received[0]?.id).toBe(notice?.id)
    expect(await replay(world, { id: 'nobody’s' })).toEqual({ replayed: 0 })
  })

  test('N-10: a receiver that is gone is tried at once by a replay, of a parked notice, a waiting one, or a range', async () => {
    await using world = await startWorld({ engine })
    world.receiver.answerWith(410)
    await paid(world, 'ord-1')
    await world.until('parked', () => world.receiver.attempts.length === 1)
    await paid(world, 'ord-2')
    await world.pass(30 * secondMs)
    const idOf = async (id: string): Promise<string> => (await orderOf(world, id)).notices[0]?.id ?? ''
    const [parked, waiting, to] = [await idOf('ord-1'), await idOf('ord-2'), world.clock.nowMs()]
    for (const [index, asked] of [{ id: parked }, { id: waiting }, { from: 0, to }].entries()) {
      await replay(world, asked)
      await world.until('tried', () => world.receiver.attempts.length === index + 2, 5 * secondMs)
    }
    world.receiver.answerWith(204)
    await replay(world, { id: parked })
    await world.until('both told', () => world.receiver.received.length === 2, 5 * secondMs)
  })

  test('N-01, N-04: a range is replayed in each order’s sequence, and nothing outside it', async () => {
    await using world = await startWorld({ engine })
    await paid(world, 'ord-before')
    await world.pass(10 * secondMs)
    const from = world.clock.nowMs()
    const { impUid } = await paid(world)
    await world.gateway.cancelInConsole(impUid, 4_000)
    await world.until('told', () => world.receiver.received.length === 3, 60 * secondMs)
    await world.pass(10 * secondMs)
    world.receiver.answerWith(503) // else both may be told again before the second call asks
    expect(await replay(world, { from, to: world.clock.nowMs() })).toEqual({ replayed: 2 })
    expect(await replay(world, { from, to: world.clock.nowMs() })).toEqual({ replayed: 0 }) // they wait already
    world.receiver.answerWith(204)
    await world.until('told again', () => world.receiver.received.length === 5, 60 * secondMs)
    const [, first, second, ...again] = world.receiver.received
    expect(again).toEqual([first, second])
  })

  test('O-01: only for the shop’s programs', async () => {
    await using world = await startWorld({ engine })
    await expect(world.anyone.notices.replay.mutate({ from: 0, to: 1 })).rejects.toMatchObject({
      data: { code: 'UNAUTHORIZED' },
    })
    await expect(replay(world, { from: 2, to: 1 })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } })
  })
})
