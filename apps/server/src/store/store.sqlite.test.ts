import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../testing/fresh-database.ts'
import { DatabaseUnusable, openDatabase, StorageUnavailable, type Database } from './engines/open.ts'
import { aClaim, anOrder, noted, noting, nowMs, one, reading, type OpenedStore } from './fixtures.contract.ts'
import { insertOrder, readOrder } from './orders.ts'
import { insertReceipt } from './receipts.ts'
import { pathOf } from './engines/sqlite.ts'
import { storeContract } from './store.contract.ts'

type File = OpenedStore & { readonly path: string }

async function openFile(database = freshDatabase('sqlite')): Promise<File> {
  const { url, [Symbol.asyncDispose]: remove } = await database
  const opened: Database[] = []
  const connect = async (): Promise<Database> => {
    const db = await openDatabase(url, (run) => void setImmediate(run))
    opened.push(db)
    return db
  }
  return {
    path: pathOf(url),
    connect,
    [Symbol.asyncDispose]: async () => {
      for (const db of opened) await db.close()
      await remove()
    },
  }
}

storeContract('SQLite', () => openFile())

const pragma = async (db: Database, name: string): Promise<unknown> => {
  const row: unknown = one(await db.query.all(sql.raw(`pragma ${name}`)))
  return row !== null && typeof row === 'object' ? one(Object.values(row)) : row
}
const settings = async (db: Database) => [
  await pragma(db, 'journal_mode'),
  await pragma(db, 'synchronous'),
  await pragma(db, 'foreign_keys'),
]
const FULL = 2

describe('SQLite: stable storage', () => {
  // Without the line in engines/sqlite.ts that sets it, the reopened connections run at 1, NORMAL, and this fails.
  test('every connection writes ahead and syncs each commit, also to a used file that is opened again (C-05)', async () => {
    await using file = await openFile()
    const first = await file.connect()
    await insertOrder(first, anOrder('ord-1'), nowMs)
    const second = await file.connect()
    expect([await settings(first), await settings(second)]).toEqual([
      ['wal', FULL, 1],
      ['wal', FULL, 1],
    ])
    await Promise.all([first.close(), second.close()])
    const reopened = await file.connect()
    await insertOrder(reopened, anOrder('ord-2'), nowMs)
    expect(await settings(reopened)).toEqual(['wal', FULL, 1])
  })

  test('migrations are applied at start, once', async () => {
    await using file = await openFile(emptyDatabase('sqlite'))
    await insertOrder(await file.connect(), anOrder('ord-1'), nowMs)
    const again = await file.connect()
    expect(await readOrder(again, 'ord-1')).not.toBeNull()
    const journal: { entries: unknown[] } = JSON.parse(
      readFileSync(new URL('../../migrations/sqlite/meta/_journal.json', import.meta.url), 'utf8'),
    )
    expect(await again.query.all(sql.raw('select hash from __drizzle_migrations'))).toHaveLength(
      journal.entries.length,
    )
  })

  test('a full disk: nothing is acknowledged that is not stored, reads go on, and it recovers by itself (C-06)', async () => {
    await using file = await openFile()
    const db = await file.connect()
    await pragma(db, `max_page_count = ${Number(await pragma(db, 'page_count')) + 8}`)
    const ids = Array.from({ length: 400 }, (_, index) => `imp_${index}${'x'.repeat(50)}`)
    const acknowledged: string[] = []
    const refusals: unknown[] = []
    // In waves of four, so that a commit holds several units when it fails.
    for (let wave = 0; wave < ids.length; wave += 4)
      await Promise.all(
        ids.slice(wave, wave + 4).map((id) =>
          insertReceipt(db, aClaim(id, 'ord-1'), { lease: 'door', nowMs, leaseUntilMs: nowMs }).then(
            () => acknowledged.push(id),
            (error: unknown) => refusals.push(error),
          ),
        ),
      )
    expect(refusals.length).toBeGreaterThan(8)
    expect(acknowledged.length).toBeGreaterThan(8)
    expect(refusals.every((error) => error instanceof StorageUnavailable)).toBe(true)
    const stored = async (reader: Database) =>
      (await reader.query.select().from(reader.tables.receipts))
        .map((row) => /imp_\w+/.exec(row.claim)?.[0] ?? '')
        .toSorted()
    expect(await stored(await file.connect())).toEqual(acknowledged.toSorted())
    await db.check()
    await pragma(db, 'max_page_count = 1000000')
    expect(await insertOrder(db, anOrder('ord-1'), nowMs)).toBe(true)
  })
})

describe('SQLite: another process holds the file (K-04)', () => {
  const locking = (path: string) => {
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    return {
      release: () => void (other.inTransaction && other.exec('rollback')),
      [Symbol.dispose]: () => void other.close(),
    }
  }
  /** Takes a turn of the event loop; how long it was. */
  const turn = async (): Promise<number> => {
    const begunMs = performance.now()
    await new Promise((resolve) => void setImmediate(resolve))
    return performance.now() - begunMs
  }
  /** Turns of the event loop while a promise is waited for. */
  const turnsDuring = async (promise: Promise<unknown>): Promise<number> => {
    let [over, turns] = [false, 0]
    const ended = promise.finally(() => (over = true))
    for (; !over; turns += 1) await turn()
    await ended
    return turns
  }
  const refusalOf = (written: Promise<unknown>): Promise<unknown> =>
    written.then(
      () => 'it was written',
      (error: unknown) => error,
    )

  test('a write waits for it, and the event loop goes on turning meanwhile', async () => {
    await using file = await openFile()
    const db = await file.connect()
    using lock = locking(file.path)
    const written = db.atomically([noting(db, 'a')])
    const turns: number[] = []
    for (let count = 0; count < 6; count += 1) turns.push(await turn())
    // On a busy machine any turn may be long; were the wait a long one all of them would be.
    expect(Math.min(...turns)).toBeLessThan(1_000)
    expect(await noted(db)).toEqual([])
    lock.release()
    expect(await written).toBe('done')
  })

  test('it waits only so long; then nothing is stored, and the next write is not made to wait as long again', async () => {
    await using file = await openFile()
    const db = await file.connect()
    // The hundred tries are the product's own; each waits less here, so that the test does.
    await pragma(db, 'busy_timeout = 1')
    using lock = locking(file.path)
    const first = refusalOf(db.atomically([noting(db, 'a')]))
    expect(await turnsDuring(first)).toBeGreaterThan(50)
    const next = refusalOf(db.atomically([noting(db, 'b')]))
    expect(await turnsDuring(next)).toBeLessThan(10)
    for (const refusal of [await first, await next]) expect(refusal).toBeInstanceOf(StorageUnavailable)
    expect(await noted(db)).toEqual([])
    lock.release()
    expect(await db.atomically([noting(db, 'c')])).toBe('done')
    expect(await noted(db)).toEqual(['c'])
  })
})

describe('SQLite: a file that cannot be used (C-08)', () => {
  const used = async (file: File): Promise<void> => {
    const db = await file.connect()
    await Promise.all(
      Array.from({ length: 600 }, (_, index) => insertOrder(db, anOrder(`ord-${index}`), nowMs)),
    )
    await reading(db, 'ord-1')
    await db.close()
  }
  const damages: ReadonlyArray<[what: string, damage: (path: string) => void]> = [
    ['it is no database at all', (path) => writeFileSync(path, 'This is a shopping list.\n'.repeat(400))],
    ['its header is gone', (path) => overwrite(path, 0, 100)],
    ['a page in its middle is gone', (path) => overwrite(path, 40_960, 4_096)],
    ['its end is cut off', (path) => truncateSync(path, 30_000)],
  ]

  test.each(damages)(
    '%s: it is refused with a sentence that says what to do, and left as it was',
    async (_, damage) => {
      await using file = await openFile()
      await used(file)
      damage(file.path)
      const before = readFileSync(file.path)
      const error: unknown = await file.connect().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DatabaseUnusable)
      expect(String(error)).toContain(`${file.path} is damaged or not a Landfall database`)
      expect(String(error)).toContain('put a backup in its place')
      expect(readFileSync(file.path).equals(before)).toBe(true)
    },
  )

  test('a sound file is opened again', async () => {
    await using file = await openFile()
    await used(file)
    expect(await readOrder(await file.connect(), 'ord-599')).not.toBeNull()
  })
})

function overwrite(path: string, offset: number, bytes: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, offset)
  closeSync(file)
}
