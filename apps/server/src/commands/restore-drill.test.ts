import BetterSqlite3 from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { landfallProcess } from '../../testing/command.ts'
import { engines, freshDatabase, type Engine } from '../../testing/fresh-database.ts'
import { adminOf, type TestDatabase } from '../../testing/postgres.ts'
import { readBooks } from '../store/books.ts'
import { openDatabase, type Database } from '../store/engines/open.ts'
import { backUp } from '../store/engines/sqlite-backup.ts'
import { pathOf } from '../store/engines/sqlite.ts'
import { anOrder, at, nowMs, paying, reading } from '../store/fixtures.contract.ts'
import { insertOrder, recordDecision } from '../store/orders.ts'

// Some tests start processes.

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

/** Three orders, of which one is paid. */
async function fill(db: Database): Promise<void> {
  for (const id of ['ord-1', 'ord-2', 'ord-3']) await insertOrder(db, anOrder(id), nowMs)
  const read = await reading(db, 'ord-1')
  await recordDecision(db, read, paying(read, 'imp_1'), at)
}

/** A backup as the documented commands make it: a file, or a database into which the dump was restored. */
async function backedUp(engine: Engine): Promise<TestDatabase & { readonly backup: string }> {
  const database = await freshDatabase(engine)
  const db = await open(database.url)
  await fill(db)
  await db.close()
  if (engine === 'postgres') return { ...database, backup: database.url }
  const backup = join(dirname(pathOf(database.url)), 'backup.db')
  backUp(database.url, backup)
  return { ...database, backup }
}

async function damaging(url: string, statement: string): Promise<void> {
  if (url.startsWith('file:')) {
    const raw = new BetterSqlite3(pathOf(url))
    raw.exec(statement)
    raw.close()
    return
  }
  const admin = await adminOf(url)
  await admin.ask(statement)
  await admin.end()
}

const drill = (backup: string, ...preloads: readonly string[]) =>
  landfallProcess(['restore-drill', '--backup', backup], preloads).ended

/** Something that connects while the modules of the drill are loaded, and tells nobody when it fails. */
const asks = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ load: (url, context, next) => {
    if (url.endsWith('/store/books.ts')) fetch('https://gateway.invalid/users/getToken').catch(() => 0)
    return next(url, context)
  } })`)}`

describe.each(engines)('restore-drill, on %s (C-09)', (engine) => {
  test('a good backup opens, migrates and adds up; its file stays as it was', async () => {
    await using database = await backedUp(engine)
    const bytes = engine === 'sqlite' ? readFileSync(database.backup) : null
    const { code, out, error } = await drill(database.backup)
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('orders 3, payments 1, proofs 1,')
    expect(out).toContain('Orders: open 2, paid 1\n')
    expect(out).toContain('KRW: paid 14000, returned 0, held for orders 14000 (minor units)\n')
    expect(out).toMatch(/It opens, migrates and adds up\.\n$/)
    if (bytes !== null) expect(readFileSync(database.backup).equals(bytes)).toBe(true)
  })

  test('any attempt to connect elsewhere fails it, and is named', async () => {
    await using database = await backedUp(engine)
    expect(await drill(database.backup, asks)).toMatchObject({
      code: 1,
      error: 'The drill failed: something tried to connect to gateway.invalid:443.\n',
    })
  })

  test.each([
    ['a status without its proof', 'delete from proofs', 'ord-1: the proof is not of the kept payment'],
    ['a payment that is gone', 'delete from payments', 'ord-1: the kept payment is missing'],
    [
      'another status',
      `update orders set status = 'cancelled' where order_id = 'ord-1'`,
      'ord-1: 0 of it went',
    ],
    ['an unreadable payment', `update payments set facts = '{'`, 'ord-1: cannot be read'],
    [
      'a status of nobody',
      `update orders set status = 'gone' where order_id = 'ord-2'`,
      '1 orders have a status that this',
    ],
    ['a notice too many', 'update notices set sequence = 9', 'ord-1: a notice has a number'],
  ])('S-01 S-05 S-13 %s is found', async (_, damage, sentence) => {
    await using database = await freshDatabase(engine)
    const db = await open(database.url)
    await fill(db)
    expect((await readBooks(db)).faults).toEqual([])
    await damaging(database.url, damage)
    const { faults } = await readBooks(db)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.join('\n')).toContain(sentence)
    await db.close()
  })
})

describe('restore-drill, of files', () => {
  test('C-08: a damaged backup, a missing one, and a database in use are refused in a sentence', async () => {
    await using database = await backedUp('sqlite')
    const { backup, url } = database
    const live = new BetterSqlite3(pathOf(url))
    live.pragma('journal_mode = WAL')
    live.prepare('update orders set version = version').run()
    expect(await drill(pathOf(url))).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^The backup cannot be restored\. .*-wal is beside it/),
    })
    live.close()
    const bytes = readFileSync(backup)
    writeFileSync(backup, bytes.fill(0, 4_096, 40_960))
    expect(await drill(backup)).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^The backup cannot be restored\. .* is damaged/),
    })
    expect((await drill(`${backup}.none`)).error).toMatch(/^The backup cannot be restored\. There is no file/)
  })
})
