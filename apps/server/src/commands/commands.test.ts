import { Facts } from '@landfall/payment-core'
import BetterSqlite3 from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../testing/fresh-database.ts'
import { adminOf, type EmptyDatabase } from '../../testing/postgres.ts'
import { openDatabase, type Database } from '../store/db.ts'
import { anOrder, at, nastyText, nowMs, paying, reading } from '../store/examples.contract.ts'
import { insertOrder, listOrders, recordDecision } from '../store/orders.ts'
import { noticesOfOrder } from '../store/outbox.ts'
import { pathOf } from '../store/sqlite.ts'

// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 })

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

function command(name: 'copy' | 'backup' | 'self-check', ...words: readonly string[]) {
  const program = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [program, '--', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, error] = ['', '']
  child.stdout.on('data', (text) => (out += String(text)))
  child.stderr.on('data', (text) => (error += String(text)))
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), out, error }))
  return { ended, child, out: () => out }
}

const idOf = (index: number): string => `ord-${String(index).padStart(5, '0')}`

/** Orders with texts of every kind; every tenth is paid, with its payment, proof, notice and history. */
async function filled(database: EmptyDatabase, count: number): Promise<void> {
  const db = await open(database.url)
  const ids = Array.from({ length: count }, (_, index) => idOf(index))
  await Promise.all(
    ids.map((id, index) =>
      insertOrder(db, { ...anOrder(id), name: index % 7 === 0 ? `${nastyText}\0` : id }, nowMs),
    ),
  )
  for (let index = 0; index < count; index += 10) {
    const read = await reading(db, idOf(index))
    await recordDecision(db, read, paying(read, `imp_${index}`), at)
  }
  await db.close()
}

const rowsIn = async (db: Database): Promise<number> =>
  (await db.query.select().from(db.tables.orders)).length

describe('copy: a SQLite file into an empty Postgres', () => {
  test('everything is there afterwards, and the counts and sums that were compared are told', async () => {
    await using file = await freshDatabase('sqlite')
    await using target = await freshDatabase('postgres')
    await filled(file, 1_234)
    const { code, out, error } = await command('copy', '--from', file.url, '--to', target.url).ended
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('orders: 1234 of 1234')
    expect(out).toContain('counts, sums and every value agree')
    expect(out).toContain(`orders.amount ${1_234 * 14_000}`)
    const [before, after] = [await open(file.url), await open(target.url)]
    const page = { status: null, review: false, afterOrderId: '', limit: 2_000 } as const
    const byId = async (db: Database) =>
      (await listOrders(db, page))
        .map((record) => ({
          ...record,
          order: { ...record.order, name: record.order.name.replace('\0', '\ufffd') },
        }))
        .toSorted((a, b) => (a.order.orderId < b.order.orderId ? -1 : 1))
    expect(await byId(after)).toEqual(await byId(before))
    expect(await noticesOfOrder(after, idOf(10))).toEqual(await noticesOfOrder(before, idOf(10)))
    const [proof] = await after.query.select().from(after.tables.proofs)
    expect(Facts.safeParse(JSON.parse(proof?.observation ?? '')).success).toBe(true)
    await Promise.all([before.close(), after.close()])
  })

  test('a target that is not empty is refused and left as it is', async () => {
    await using file = await freshDatabase('sqlite')
    await using target = await freshDatabase('postgres')
    await filled(file, 3)
    const db = await open(target.url)
    await insertOrder(db, anOrder('theirs'), nowMs)
    const { code, error } = await command('copy', '--from', file.url, '--to', target.url).ended
    expect(code).toBe(1)
    expect(error).toContain('The target is not empty: there are rows in «orders»')
    expect(await rowsIn(db)).toBe(1)
    await db.close()
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'ended half-way by %s it leaves the target empty, and can be done again',
    async (signal) => {
      await using file = await freshDatabase('sqlite')
      await using target = await freshDatabase('postgres')
      await filled(file, 600)
      const db = await open(target.url)
      // What the copy has to wait for, once it has copied the orders.
      const admin = await adminOf(target.url)
      await admin.ask(`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(600); return new; end $$`)
      await admin.ask(`create trigger slow before insert on payments for each row execute function slow()`)
      const running = command('copy', '--from', file.url, '--to', target.url)
      const isSlow = async () =>
        (
          await admin.ask(
            `select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
          )
        ).length > 0
      while (!(await isSlow())) await new Promise((resolve) => void setTimeout(resolve, 20))
      expect(running.out()).toContain('orders: 600 of 600')
      running.child.kill(signal)
      const { error } = await running.ended
      if (signal === 'SIGINT') expect(error).toContain('Nothing was copied')
      await admin.ask(`drop trigger slow on payments`)
      await admin.end()
      expect(await rowsIn(db)).toBe(0)
      expect((await command('copy', '--from', file.url, '--to', target.url).ended).code).toBe(0)
      expect(await rowsIn(db)).toBe(600)
      await db.close()
    },
  )

  test('a value that changes on its way is noticed, and nothing is kept', async () => {
    await using file = await freshDatabase('sqlite')
    await using target = await freshDatabase('postgres')
    await filled(file, 30)
    const db = await open(target.url)
    const admin = await adminOf(target.url)
    await admin.ask(`create function worse() returns trigger language plpgsql as
      $$ begin new.reason = 'lost'; return new; end $$`)
    await admin.ask(`create trigger worse before insert on timeline for each row execute function worse()`)
    await admin.end()
    const { code, error } = await command('copy', '--from', file.url, '--to', target.url).ended
    expect(code).toBe(1)
    expect(error).toContain('«timeline» differs after copying')
    expect(await rowsIn(db)).toBe(0)
    await db.close()
  })

  test('what cannot be copied is told in a sentence: no file, a newer file, no Postgres, no words', async () => {
    await using file = await freshDatabase('sqlite')
    await using target = await freshDatabase('postgres')
    const refused = async (from: string, to: string) =>
      (await command('copy', '--from', from, '--to', to).ended).error
    expect(await refused(file.url, target.url)).toContain('There is no file')
    await filled(file, 1)
    expect(await refused(file.url, 'postgres://user:pass-word@127.0.0.1:9/x')).toMatch(
      /Postgres at 127.0.0.1:9\/x cannot be used(?!.*pass-word)/,
    )
    const raw = new BetterSqlite3(pathOf(file.url))
    raw.exec('alter table orders add column tomorrow text')
    raw.close()
    expect(await refused(file.url, target.url)).toContain('of a newer Landfall: it has orders.tomorrow')
    expect(await command('copy').ended).toMatchObject({
      code: 2,
      error: expect.stringContaining('--from file:'),
    })
  })
})

test.each(['copy', 'backup', 'self-check'] as const)(
  '%s: an option it does not know is named, with how it is asked, and nothing is done',
  async (name) => {
    const { code, out, error } = await command(name, '--form', 'file:./shop.db').ended
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toMatch(/^Unknown option '--form'.*\n\n[A-Z].*\n\n {2}pnpm /)
    expect(error).not.toContain('\n    at ')
  },
)

describe('backup: of a SQLite file that is being written to (C-09)', () => {
  test('it holds everything acknowledged before it began, opens as a database, and holds up no writer', async () => {
    await using file = await freshDatabase('sqlite')
    await filled(file, 500)
    const db = await open(file.url)
    const into = join(dirname(pathOf(file.url)), 'backup.db')
    let [over, written] = [false, 0]
    const writing = (async () => {
      for (; !over; written += 1) await insertOrder(db, anOrder(`live-${written}`), nowMs)
    })()
    const { code, out, error } = await command('backup', '--from', file.url, '--to', into).ended
    over = true
    await writing
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(written).toBeGreaterThan(5)
    const backup = await open(`file:${into}`)
    const found = await rowsIn(backup)
    expect(out).toContain(`${found} orders, read through and sound`)
    expect(found).toBeGreaterThanOrEqual(500)
    expect(found).toBeLessThanOrEqual(500 + written)
    expect((await reading(backup, idOf(10))).order.status).toBe('paid')
    expect(await noticesOfOrder(backup, idOf(10))).toEqual(await noticesOfOrder(db, idOf(10)))
    await Promise.all([backup.close(), db.close()])
  })

  test('it replaces no file, leaves none unfinished, and says what Postgres is backed up with', async () => {
    await using file = await freshDatabase('sqlite')
    await filled(file, 1)
    const into = join(dirname(pathOf(file.url)), 'backup.db')
    const told = async (from: string) => (await command('backup', '--from', from, '--to', into).ended).error
    expect(await told('file:/nowhere/landfall.db')).toContain('There is no file')
    expect(await told('postgres://localhost/x')).toContain('pg_dump')
    const raw = new BetterSqlite3(pathOf(file.url))
    raw.exec('drop table orders')
    raw.close()
    expect(await told(file.url)).toContain('no such table: orders')
    expect([existsSync(into), existsSync(`${into}.unfinished`)]).toEqual([false, false])
    await using sound = await freshDatabase('sqlite')
    await filled(sound, 1)
    expect(await told(sound.url)).toBe('')
    const before = readFileSync(into)
    expect(await told(sound.url)).toContain('is there already')
    expect(readFileSync(into).equals(before)).toBe(true)
  })
})
