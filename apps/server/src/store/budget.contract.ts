import { describe, expect, test } from 'vitest'
import { openBudget, PAUSE_MAX_MS, pauseCalls, pausedUntil, takeCalls } from './budget.ts'
import type { Database } from './engines/open.ts'
import { anyOf, nowMs, type OpenedStore } from './fixtures.contract.ts'

const secondMs = nowMs - (nowMs % 1_000)
const all = { spanMs: secondMs, callsMax: 10 }
const claims = { name: 'claim', spanMs: secondMs, callsMax: 8 }

async function opened(store: OpenedStore): Promise<[Database, Database]> {
  const db = await store.connect()
  await openBudget(db, ['claim', 'timer'])
  return [db, await store.connect()]
}

/** What every engine promises about the calls that all servers together may make. */
export function budgetContract(engine: string, open: () => Promise<OpenedStore>): void {
  describe(`${engine}: calls to the gateway`, () => {
    test('a second has as many calls as it has, for all servers together, and no share has more than its own (S-14, G-13)', async () => {
      await using store = await open()
      const [db, other] = await opened(store)
      expect(await takeCalls(db, 8, all, claims)).toBe(true)
      expect(await takeCalls(other, 1, all, claims)).toBe(false)
      const timer = { ...claims, name: 'timer' }
      expect(await takeCalls(other, 3, all, timer)).toBe(false)
      expect(await takeCalls(other, 2, all, timer)).toBe(true)
      expect(await takeCalls(db, 1, all, timer)).toBe(false)
    })

    test('what a share no longer has is not taken from the others', async () => {
      await using store = await open()
      const [db] = await opened(store)
      expect(await takeCalls(db, 5, all, { ...claims, callsMax: 4 })).toBe(false)
      expect(await takeCalls(db, 8, all, claims)).toBe(true)
      expect(await takeCalls(db, 3, { ...all, callsMax: 10 }, { ...claims, callsMax: 99 })).toBe(false)
      expect(await takeCalls(db, 2, all, { ...claims, callsMax: 10 })).toBe(true)
    })

    test('the next second begins anew, and a share over a longer span goes on', async () => {
      await using store = await open()
      const [db] = await opened(store)
      const long = { ...claims, callsMax: 12 }
      expect(await takeCalls(db, 10, all, long)).toBe(true)
      const next = { ...all, spanMs: secondMs + 1_000 }
      expect(await takeCalls(db, 3, next, long)).toBe(false)
      expect(await takeCalls(db, 2, next, long)).toBe(true)
      expect(await takeCalls(db, 8, next, { ...claims, spanMs: secondMs + 1_000 })).toBe(true)
    })

    test('a share nobody opened has no calls', async () => {
      await using store = await open()
      expect(await takeCalls(await store.connect(), 1, all, claims)).toBe(false)
      const [db] = await opened(store)
      expect(await takeCalls(db, 1, all, { ...claims, name: 'stranger' })).toBe(false)
    })

    test('each gateway has its own: calls and pauses of one are none of the other’s', async () => {
      await using store = await open()
      const [db] = await opened(store)
      await openBudget(db, ['claim'], 'other ')
      expect(await takeCalls(db, 8, all, claims)).toBe(true)
      expect(await takeCalls(db, 8, all, claims, 'other ')).toBe(true)
      expect(await takeCalls(db, 1, all, claims, 'other ')).toBe(false)
      await pauseCalls(db, nowMs, 5_000, 'other ')
      expect([await pausedUntil(db, nowMs), await pausedUntil(db, nowMs, 'other ')]).toEqual([
        0,
        nowMs + 5_000,
      ])
    })

    test('the counts are where servers of other versions look for them', async () => {
      await using store = await open()
      const [db] = await opened(store)
      const rows = await db.query.select().from(db.tables.budget)
      expect(rows.map(({ name }) => name).toSorted()).toEqual(['calls', 'claim', 'pause', 'timer'])
    })

    test('a server that starts beside another leaves the count as it is', async () => {
      await using store = await open()
      const [db, other] = await opened(store)
      expect(await takeCalls(db, 8, all, claims)).toBe(true)
      await pauseCalls(db, nowMs, 700)
      await openBudget(other, ['claim', 'timer', 'stranger'])
      expect(await takeCalls(other, 1, all, claims)).toBe(false)
      expect(await pausedUntil(other, nowMs)).toBe(nowMs + 700)
      expect(await takeCalls(other, 1, all, { ...claims, name: 'stranger' })).toBe(true)
    })

    test('a second that is over for another server has no more calls, unless its clock was far ahead (K-03)', async () => {
      await using store = await open()
      const [db] = await opened(store)
      const takenAhead = async (aheadMs: number) => {
        const spanMs = secondMs + aheadMs
        expect(await takeCalls(db, 1, { ...all, spanMs }, { ...claims, spanMs })).toBe(true)
        return takeCalls(db, 1, all, claims)
      }
      expect(await takenAhead(1)).toBe(false)
      expect(await takenAhead(4_999)).toBe(false)
      expect(await takenAhead(5_000)).toBe(true)
    })

    test('servers that count at one moment all have their calls, and none is counted twice', async () => {
      await using store = await open()
      const servers = await opened(store)
      const taken = await Promise.all(
        Array.from({ length: 5 }, (_, index) => takeCalls(anyOf(servers, index), 1, all, claims)),
      )
      expect(taken).toEqual([true, true, true, true, true])
      expect(await takeCalls(anyOf(servers), 4, all, claims)).toBe(false)
      expect(await takeCalls(anyOf(servers), 3, all, claims)).toBe(true)
    })

    test('a count that others change each time is given up after five tries', async () => {
      await using store = await open()
      const [db] = await opened(store)
      let tries = 0
      const contested: Database = {
        ...db,
        atomically: async () => {
          tries += 1
          return 'stale'
        },
      }
      expect(await takeCalls(contested, 1, all, claims)).toBe(false)
      expect(tries).toBe(5)
    })
  })

  describe(`${engine}: a pause the gateway asked for (G-13)`, () => {
    test('nobody calls until it is over; without one everybody may', async () => {
      await using store = await open()
      const [db, other] = await opened(store)
      expect(await pausedUntil(db, nowMs)).toBe(0)
      await pauseCalls(db, nowMs, 700)
      expect(await pausedUntil(other, nowMs + 1)).toBe(nowMs + 700)
    })

    test('where no budget was opened nobody is told to wait', async () => {
      await using store = await open()
      const db = await store.connect()
      await pauseCalls(db, nowMs, 700)
      expect(await pausedUntil(db, nowMs)).toBe(0)
    })

    test('a longer pause counts, a shorter one shortens none', async () => {
      await using store = await open()
      const [db] = await opened(store)
      await pauseCalls(db, nowMs, 700)
      await pauseCalls(db, nowMs + 100, 200)
      expect(await pausedUntil(db, nowMs)).toBe(nowMs + 700)
      await pauseCalls(db, nowMs + 100, 900)
      expect(await pausedUntil(db, nowMs)).toBe(nowMs + 1_000)
    })

    test('a pause told by a clock that is ahead silences nobody, and gives way to a true one (K-03)', async () => {
      await using store = await open()
      const [db] = await opened(store)
      const aheadMs = nowMs + 5_000
      await pauseCalls(db, aheadMs, PAUSE_MAX_MS)
      expect(await pausedUntil(db, nowMs)).toBe(aheadMs + PAUSE_MAX_MS)
      expect(await pausedUntil(db, nowMs - 1)).toBe(0)
      // Five seconds are what two sound clocks may differ by: until then it is a pause like any other.
      await pauseCalls(db, nowMs, 700)
      expect(await pausedUntil(db, nowMs)).toBe(aheadMs + PAUSE_MAX_MS)
      await pauseCalls(db, nowMs - 1, 700)
      expect(await pausedUntil(db, nowMs - 1)).toBe(nowMs + 699)
    })
  })
}
