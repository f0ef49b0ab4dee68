import { GatewayName } from '@landfall/payment-core'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { cancelsOfOrder, settleCancel } from './cancels.ts'
import { leaseCancels } from './due-cancels.ts'
import type { Database } from './engines/open.ts'
import {
  aClaim,
  aNotice,
  anIntent,
  anOrder,
  anyOf,
  at,
  by,
  deciding,
  nowMs,
  one,
  reading,
  type OpenedStore,
  type TakeBy,
} from './fixtures.contract.ts'
import { leaseOrders, lookNoLaterThan } from './due-orders.ts'
import type { GatewayScope } from './gateway-scope.ts'
import { insertOrder, recordDecision } from './orders.ts'
import { leaseNotices, noticesOfOrder, replayNotices, settleNotice } from './outbox.ts'
import { insertReceipt, leaseReceipts, makeReceiptsDue, settleReceipt } from './receipts.ts'

/** The four kinds of due rows and how each is taken; ids of the rows taken. */
const kinds: ReadonlyArray<[kind: string, take: (db: Database, by: TakeBy) => Promise<string[]>]> = [
  ['orders', leaseOrders],
  ['receipts', async (db, by) => (await leaseReceipts(db, by)).map((row) => row.receiptId)],
  ['cancels', async (db, by) => (await leaseCancels(db, by)).map((row) => row.intentId)],
  ['notices', async (db, by) => (await leaseNotices(db, by)).map((row) => row.noticeId)],
]

/** The kinds that ask a gateway. */
const asking: ReadonlyArray<[kind: string, take: (db: Database, by: Scoped) => Promise<string[]>]> = [
  ['orders', leaseOrders],
  ['receipts', async (db, by) => (await leaseReceipts(db, by)).map((row) => row.receiptId)],
  ['cancels', async (db, by) => (await leaseCancels(db, by)).map((row) => row.intentId)],
]
type Scoped = TakeBy & { readonly scope: GatewayScope }

/** One due row of each kind, and two servers. */
async function dueWork(
  store: OpenedStore,
  gateway: GatewayName = 'portone-v1',
): Promise<[Database, Database]> {
  const db = await store.connect()
  await insertOrder(db, { ...anOrder('ord-1'), gateway }, nowMs)
  const read = await reading(db, 'ord-1')
  const decision = deciding(
    read,
    { sequence: 1 },
    { intents: [anIntent()], notices: [aNotice(read.order, 1)] },
  )
  await recordDecision(db, read, decision, { ...at, dueAtMs: nowMs })
  const receipt = await insertReceipt(db, aClaim('imp_1', 'ord-1'), {
    lease: 'door',
    nowMs,
    leaseUntilMs: nowMs + 10,
  })
  await settleReceipt(db, receipt, { state: 'waiting', dueAtMs: nowMs })
  return [db, await store.connect()]
}

/** What every engine promises about rows that wait to be worked on. */
export function leasesContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: leases`, () => {
    test.each(kinds)(
      'due %s are taken by one worker, and by another when its lease has run out (L-07)',
      async (_, take) => {
        await using store = await open()
        const servers = await dueWork(store)
        const taken = await Promise.all(
          Array.from({ length: 20 }, (__, index) => take(anyOf(servers, index), by(`worker ${index}`))),
        )
        expect(taken.flat()).toHaveLength(1)
        expect(await take(one(servers), by('too early', nowMs + 9))).toEqual([])
        expect(await take(one(servers), by('in time', nowMs + 10))).toEqual(taken.flat())
      },
    )

    test.each(asking)('due %s of one protocol’s orders can be taken alone', async (_, take) => {
      for (const gateway of GatewayName.options) {
        await using store = await open()
        const [db] = await dueWork(store, gateway)
        const others = GatewayName.options.filter((name) => name !== gateway)
        expect(await take(db, { ...by('others'), scope: others })).toEqual([])
        expect(await take(db, { ...by('own'), scope: [gateway] })).toHaveLength(1)
      }
    })

    test('receipts of unregistered orders belong to every protocol', async () => {
      await using store = await open()
      const db = await store.connect()
      const holder = { lease: 'door', nowMs, leaseUntilMs: nowMs }
      await insertReceipt(db, aClaim('imp_1', 'ord-none'), holder)
      expect(await leaseReceipts(db, { ...by('worker'), scope: ['portone-v2'] })).toHaveLength(1)
    })

    test('an order of an earlier version, which knew V1 alone, is V1’s', async () => {
      await using store = await open()
      const [db] = await dueWork(store)
      await db.query.update(db.tables.orders).set({ gateway: null })
      expect(await leaseOrders(db, { ...by('v2'), scope: ['portone-v2'] })).toEqual([])
      expect(await leaseOrders(db, { ...by('v1'), scope: ['portone-v1'] })).toEqual(['ord-1'])
    })

    test.each(kinds)('%s that are not due are left alone', async (_, take) => {
      await using store = await open()
      const [db] = await dueWork(store)
      expect(await take(db, by('worker', nowMs - 1))).toEqual([])
    })

    test('a worker takes no more than it asks for, earliest first', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const [orderId, dueAtMs] of [
        ['late', nowMs - 1],
        ['early', nowMs - 3],
        ['middle', nowMs - 2],
      ] as const)
        await insertOrder(db, anOrder(orderId), dueAtMs)
      expect(await leaseOrders(db, by('first', nowMs, 2))).toEqual(['early', 'middle'])
      expect(await leaseOrders(db, by('second', nowMs, 2))).toEqual(['late'])
    })

    test('an order is free again once its look is recorded', async () => {
      await using store = await open()
      const [db] = await dueWork(store)
      await leaseOrders(db, by('worker'))
      const read = await reading(db, 'ord-1')
      await recordDecision(db, read, deciding(read, {}), { ...at, dueAtMs: nowMs })
      expect(await leaseOrders(db, by('another'))).toEqual(['ord-1'])
    })

    test('an order that needs no more looks is never due', async () => {
      await using store = await open()
      const [db] = await dueWork(store)
      const read = await reading(db, 'ord-1')
      await recordDecision(db, read, deciding(read, {}), { ...at, dueAtMs: null })
      expect(await leaseOrders(db, by('worker', nowMs + 1e12))).toEqual([])
    })

    test('a look is brought forward, never put back', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs + 100)
      await lookNoLaterThan(db, 'ord-1', nowMs + 200)
      expect(await leaseOrders(db, by('worker', nowMs + 99))).toEqual([])
      await lookNoLaterThan(db, 'ord-1', nowMs + 50)
      expect(await leaseOrders(db, by('worker', nowMs + 50))).toEqual(['ord-1'])
    })

    test('a worker whose lease was taken over ends no notice (S-15, K-02)', async () => {
      await using store = await open()
      const [slow, quick] = await dueWork(store)
      const old = one(await leaseNotices(slow, by('slow')))
      const taken = one(await leaseNotices(quick, by('quick', nowMs + 20)))
      expect(await settleNotice(slow, old, { state: 'parked', dueAtMs: null, lastAnswer: 'too late' })).toBe(
        'stale',
      )
      expect(await settleNotice(quick, taken, { state: 'delivered', dueAtMs: null, lastAnswer: '204' })).toBe(
        'done',
      )
      expect(await noticesOfOrder(quick, 'ord-1')).toMatchObject([{ state: 'delivered' }])
    })

    test('a worker whose lease was taken over ends no intent (S-15, K-02)', async () => {
      await using store = await open()
      const [slow, quick] = await dueWork(store)
      const old = one(await leaseCancels(slow, by('slow')))
      const taken = one(await leaseCancels(quick, by('quick', nowMs + 20)))
      expect(await settleCancel(slow, old, { state: 'over', dueAtMs: null, lastProblem: 'too late' })).toBe(
        'stale',
      )
      expect(await settleCancel(quick, taken, { state: 'done', dueAtMs: null, lastProblem: null })).toBe(
        'done',
      )
      expect(await cancelsOfOrder(quick, 'ord-1')).toMatchObject([
        { ...anIntent(), state: 'done', attempts: 1 },
      ])
    })

    test('an intent that was settled after a fast clock read it is not taken as it was then (S-15, K-03)', async () => {
      await using store = await open()
      const [fast, quick] = await dueWork(store)
      const later = by('fast', nowMs + 3_600_000)
      const meanwhile = async (writes: Parameters<Database['atomically']>[0]) => {
        const sent = one(await leaseCancels(quick, by('quick')))
        await settleCancel(quick, sent, { state: 'accepted', dueAtMs: nowMs + 5, lastProblem: null })
        return fast.atomically(writes)
      }
      const held: Database = Object.create(fast, { atomically: { value: meanwhile } })
      expect(await leaseCancels(held, later)).toEqual([])
      expect(await leaseCancels(fast, later)).toMatchObject([{ state: 'accepted' }])
    })

    test('a worker whose lease was taken over ends no receipt (S-15, K-02)', async () => {
      await using store = await open()
      const [slow, quick] = await dueWork(store)
      const old = one(await leaseReceipts(slow, by('slow')))
      await leaseReceipts(quick, by('quick', nowMs + 20))
      await settleReceipt(slow, old, { state: 'done', dueAtMs: null })
      expect(one(await leaseReceipts(quick, by('next', nowMs + 40)))).toMatchObject({
        receiptId: old.receiptId,
        attempts: old.attempts,
      })
    })
  })

  describe(`${engine}: notices`, () => {
    test('of one order only the earliest that waits is taken (N-04); other orders are not held up (L-05)', async () => {
      await using store = await open()
      const db = await store.connect()
      for (const orderId of ['ord-1', 'ord-2']) {
        await insertOrder(db, anOrder(orderId), nowMs)
        const read = await reading(db, orderId)
        const notices = orderId === 'ord-1' ? [1, 2, 3] : [1]
        await recordDecision(
          db,
          read,
          deciding(read, {}, { notices: notices.map((sequence) => aNotice(read.order, sequence)) }),
          at,
        )
      }
      const taken = async (fromMs: number) => {
        const rows = await leaseNotices(db, by(`at ${fromMs}`, fromMs))
        return { rows, names: rows.map((row) => `${row.orderId} ${row.sequence}`).toSorted() }
      }
      const first = await taken(nowMs)
      expect(first.names).toEqual(['ord-1 1', 'ord-2 1'])
      expect((await taken(nowMs + 1)).names).toEqual([])
      // Put off: the later ones wait with it, also when they themselves are long due.
      await Promise.all(
        first.rows.map((row) =>
          settleNotice(db, row, { state: 'waiting', dueAtMs: nowMs + 500, lastAnswer: '500' }),
        ),
      )
      expect((await taken(nowMs + 100)).names).toEqual([])
      const again = await taken(nowMs + 500)
      expect(again.names).toEqual(['ord-1 1', 'ord-2 1'])
      // Given up or delivered: the next may go.
      await Promise.all(
        again.rows.map((row) => settleNotice(db, row, { state: 'parked', dueAtMs: null, lastAnswer: '500' })),
      )
      expect((await taken(nowMs + 600)).names).toEqual(['ord-1 2'])
    })

    test('a page of a replay begins after the last of the one before, whatever was told meanwhile (N-01)', async () => {
      await using store = await open()
      const db = await store.connect()
      await insertOrder(db, anOrder('ord-1'), nowMs)
      const read = await reading(db, 'ord-1')
      const notices = [1, 2, 3].map((sequence) => aNotice(read.order, sequence))
      await recordDecision(db, read, deciding(read, { sequence: 3 }, { notices }), at)
      const tell = async (worker: string) => {
        for (const turn of notices.keys()) {
          const row = one(await leaseNotices(db, by(`${worker} ${turn}`)))
          await settleNotice(db, row, { state: 'delivered', dueAtMs: null, lastAnswer: '204' })
        }
      }
      await tell('first')
      const range = { fromMs: nowMs, toMs: nowMs + 1, limit: 2 }
      const page = await replayNotices(db, { ...range, after: null }, nowMs)
      expect(page).toHaveLength(2)
      await expect(tell('again')).rejects.toThrow('expected more') // two of the three wait
      const rest = await replayNotices(db, { ...range, after: one(page, 1) }, nowMs)
      const ids = (await noticesOfOrder(db, 'ord-1')).map(({ id }) => id)
      expect([...page, ...rest].map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    })

    test('a notice is kept as the exact text that is sent', async () => {
      await using store = await open()
      const [db] = await dueWork(store)
      const { order } = await reading(db, 'ord-1')
      expect(one(await leaseNotices(db, by('worker'))).body).toBe(JSON.stringify(aNotice(order, 1).body))
    })
  })

  describe(`${engine}: receipts`, () => {
    const timesOf = async (db: Database) =>
      (await db.query.select().from(db.tables.receipts)).map((row) => row.times)

    test('the same claim a hundred times is one receipt; another status is another (W-04)', async () => {
      await using store = await open()
      const servers = [await store.connect(), await store.connect()]
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          insertReceipt(anyOf(servers, index), aClaim('imp_1', 'ord-1'), by(`door ${index}`)),
        ),
      )
      expect(await timesOf(one(servers))).toEqual([100])
      await insertReceipt(one(servers), aClaim('imp_1', 'ord-1', 'cancelled'), by('door'))
      expect(new Set(await timesOf(one(servers)))).toEqual(new Set([1, 100]))
    })

    test('a claim is held by the door that took it in, and taken over when that door has died', async () => {
      await using store = await open()
      const db = await store.connect()
      const { receiptId, claim } = await insertReceipt(db, aClaim('imp_1', null), by('door'))
      expect(await leaseReceipts(db, by('early', nowMs + 9))).toEqual([])
      expect(await leaseReceipts(db, by('heir', nowMs + 10))).toMatchObject([
        { receiptId, claim, lease: 'heir', firstAtMs: nowMs },
      ])
    })

    test('a claim that comes again while it is looked at is looked at once more', async () => {
      await using store = await open()
      const db = await store.connect()
      const first = await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('first'))
      await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('second', nowMs + 5))
      await settleReceipt(db, first, { state: 'done', dueAtMs: null })
      expect(await leaseReceipts(db, by('worker', nowMs + 20))).toMatchObject([
        { firstAtMs: nowMs, receivedAtMs: nowMs + 5 },
      ])
    })

    test('a claim that comes again after its end starts anew, with its whole age before it', async () => {
      await using store = await open()
      const db = await store.connect()
      const first = await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('first'))
      await settleReceipt(db, first, { state: 'dropped', dueAtMs: null })
      expect(await leaseReceipts(db, by('worker', nowMs + 1e12))).toEqual([])
      await insertReceipt(db, aClaim('imp_1', 'ord-1'), by('second', nowMs + 1_000))
      expect(await leaseReceipts(db, by('worker', nowMs + 2_000))).toMatchObject([
        { firstAtMs: nowMs + 1_000, attempts: 0 },
      ])
    })

    test('claims about nothing we know are taken apart from the others, and are like them once their order is there (D-01, L-06, W-06)', async () => {
      await using store = await open()
      const db = await store.connect()
      for (let index = 0; index < 20; index += 1)
        await insertReceipt(db, aClaim(`imp_${index}`, `theirs-${index}`), by('door', nowMs - 60_000), {
          orderId: `theirs-${index}`,
          isStranger: true,
          dueAtMs: nowMs - 60_000,
        })
      const ours = await insertReceipt(db, aClaim('imp_ours', 'ord-1'), by('door', nowMs - 1_000))
      const first = await leaseReceipts(db, { ...by('worker', nowMs + 20), limit: 5 })
      expect(first.map(({ receiptId }) => receiptId)).toEqual([ours.receiptId])
      await makeReceiptsDue(db, 'theirs-7', nowMs)
      const second = await leaseReceipts(db, { ...by('worker', nowMs + 20), limit: 5 })
      expect(second).toMatchObject([{ claim: { orderId: 'theirs-7' }, isStranger: false }])
      const strangers = await leaseReceipts(db, { ...by('worker', nowMs + 20), limit: 50, strangers: true })
      expect(strangers).toHaveLength(19)
      expect(strangers.every(({ isStranger }) => isStranger)).toBe(true)
    })

    test('claims that came before their order are due when it is registered, ended ones are not (W-06)', async () => {
      await using store = await open()
      const db = await store.connect()
      const [waiting, ended, other] = [
        aClaim('imp_1', 'ord-1'),
        aClaim('imp_2', 'ord-1'),
        aClaim('imp_3', 'ord-2'),
      ]
      for (const claim of [waiting, ended, other]) {
        const receipt = await insertReceipt(db, claim, by('door'))
        const next =
          claim === ended
            ? { state: 'done' as const, dueAtMs: null }
            : { state: 'waiting' as const, dueAtMs: nowMs + 1e6 }
        await settleReceipt(db, receipt, next)
      }
      await makeReceiptsDue(db, 'ord-1', nowMs)
      expect((await leaseReceipts(db, by('worker', nowMs))).map(({ claim }) => claim)).toEqual([waiting])
      const { receipts } = db.tables
      expect(
        await db.query.select({ state: receipts.state }).from(receipts).where(eq(receipts.state, 'done')),
      ).toHaveLength(1)
    })
  })
}
