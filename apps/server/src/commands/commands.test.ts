import { Facts } from '@landfall/payment-core'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { landfall, landfallProcess } from '../../testing/command.ts'
import { emptyDatabase, engines, freshDatabase } from '../../testing/fresh-database.ts'
import { adminOf, type TestDatabase } from '../../testing/postgres.ts'
import { copyToPostgres } from '../store/copy.ts'
import { openDatabase, type Database } from '../store/engines/open.ts'
import { anOrder, at, nastyText, nowMs, paying, reading } from '../store/fixtures.contract.ts'
import { orderPlaces } from '../store/order-list.ts'
import { insertOrder, readOrder, recordDecision } from '../store/orders.ts'
import { noticesOfOrder } from '../store/outbox.ts'
import { pathOf } from '../store/engines/sqlite.ts'

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

const idOf = (index: number): string => `ord-${String(index).padStart(5, '0')}`

/** Orders with texts of every kind; every tenth is paid, with its payment, proof, notice and history. */
async function filled(database: TestDatabase, count: number): Promise<void> {
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
    await filled(file, 123)
    const { code, out, error } = await landfall(['copy', '--from', file.url, '--to', target.url])
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('orders: 123 of 123')
    expect(out).toContain('counts, sums and every value agree')
    expect(out).toContain(`orders.amount ${123 * 14_000}`)
    const [before, after] = [await open(file.url), await open(target.url)]
    const all = { status: null, review: false, reviewReason: null, fromMs: null, toMs: null, reference: null }
    const read = async (db: Database) => {
      const places = await orderPlaces(db, all, null, 200)
      const records = await Promise.all(places.map(({ orderId }) => readOrder(db, orderId)))
      return records.filter((record) => record !== null)
    }
    const byId = async (db: Database) =>
      (await read(db))
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

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'ended half-way by %s it leaves the target empty, and can be done again',
    async (signal) => {
      await using file = await freshDatabase('sqlite')
      await using target = await freshDatabase('postgres')
      await filled(file, 60)
      const db = await open(target.url)
      // What the copy has to wait for, once it has copied the orders.
      const admin = await adminOf(target.url)
      await admin.ask(`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(600); return new; end $$`)
      await admin.ask(`create trigger slow before insert on payments for each row execute function slow()`)
      const running = landfallProcess(['copy', '--from', file.url, '--to', target.url])
      const isSlow = async () =>
        (
          await admin.ask(
            `select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
          )
        ).length > 0
      while (!(await isSlow())) await new Promise((resolve) => void setTimeout(resolve, 20))
      expect(running.out()).toContain('orders: 60 of 60')
      running.child.kill(signal)
      const { error } = await running.ended
      if (signal === 'SIGINT') expect(error).toContain('Nothing was copied')
      await admin.ask(`drop trigger slow on payments`)
      await admin.end()
      expect(await rowsIn(db)).toBe(0)
      await copyToPostgres(file.url, target.url, () => undefined)
      expect(await rowsIn(db)).toBe(60)
      await db.close()
    },
  )

  test('what cannot be copied is told in a sentence, without a password; a copy from nowhere, with how it is asked', async () => {
    await using file = await freshDatabase('sqlite')
    const nowhere = 'postgres://user:pass-word@127.0.0.1:9/x'
    const [away, unasked] = await Promise.all([
      landfall(['copy', '--from', file.url, '--to', nowhere]),
      landfall(['copy']),
    ])
    expect(away).toMatchObject({ code: 1, out: '' })
    expect(away.error).toMatch(/^\nPostgres at 127\.0\.0\.1:9\/x cannot be used: connect ECONNREFUSED.*\n$/)
    expect(away.error).not.toContain('pass-word')
    expect(unasked).toMatchObject({
      code: 2,
      error: expect.stringContaining('--from file:./data/landfall.db'),
    })
  })
})

describe('words that no command knows', () => {
  const names = 'doctor keys listen trigger replay self-check ask backup restore-drill copy erase'.split(' ')
  test.each(names)(
    '%s: an unknown option is named, with how it is asked, and nothing is done',
    async (name) => {
      const { code, out, error } = await landfall([name, '--form', 'file:./shop.db'])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(error).toMatch(/^error: unknown option '--form'\n/)
      expect(error).toContain(`Usage: npx -y pnpm landfall ${name} `)
      expect(error).not.toContain('\n    at ')
    },
  )

  test('an unknown command, or none, is answered with the list of all', async () => {
    const [unknown, none, asked] = await Promise.all([
      landfall(['bakup']),
      landfall([]),
      landfall(['--help']),
    ])
    expect(unknown).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(/^error: unknown command 'bakup'/),
    })
    expect(none).toMatchObject({ code: 2, out: '' })
    expect(asked).toMatchObject({ code: 0, error: '' })
    for (const { out, error } of [none, asked])
      for (const name of names) expect(out + error).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const line of asked.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('backup: of a SQLite file that is being written to (C-09)', () => {
  test('it holds everything acknowledged before it began, opens as a database, and holds up no writer', async () => {
    await using file = await freshDatabase('sqlite')
    await filled(file, 50)
    const db = await open(file.url)
    const into = join(dirname(pathOf(file.url)), 'backup.db')
    let [over, written] = [false, 0]
    const writing = (async () => {
      for (; !over; written += 1) await insertOrder(db, anOrder(`live-${written}`), nowMs)
    })()
    const { code, out, error } = await landfallProcess(['backup', '--from', file.url, '--to', into]).ended
    over = true
    await writing
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(written).toBeGreaterThan(5)
    const backup = await open(`file:${into}`)
    const found = await rowsIn(backup)
    expect(out).toContain(`${found} orders, read through and sound`)
    expect(found).toBeGreaterThanOrEqual(50)
    expect(found).toBeLessThanOrEqual(50 + written)
    expect((await reading(backup, idOf(10))).order.status).toBe('paid')
    expect(await noticesOfOrder(backup, idOf(10))).toEqual(await noticesOfOrder(db, idOf(10)))
    await Promise.all([backup.close(), db.close()])
  })

  test('what cannot be backed up is told in a sentence, and there is no backup', async () => {
    await using file = await emptyDatabase('sqlite')
    const into = join(dirname(pathOf(file.url)), 'backup.db')
    expect(await landfall(['backup', '--from', file.url, '--to', into])).toEqual({
      code: 1,
      out: '',
      error: `There is no new backup. There is no file ${pathOf(file.url)}.\n`,
    })
    expect(existsSync(into)).toBe(false)
  })

  test('a reader that goes away, as head does, stops no work and leaves no stack trace', async () => {
    await using file = await freshDatabase('sqlite')
    await filled(file, 1)
    const into = join(dirname(pathOf(file.url)), 'unread.db')
    const backup = landfallProcess(['backup', '--from', file.url, '--to', into])
    backup.child.stdout.destroy()
    expect(await backup.ended).toEqual({ code: 0, out: '', error: '' })
    expect(existsSync(into)).toBe(true)
  })

  test('for a timer: the backup is its owner’s alone, and what cannot be is told in a sentence, with status 1', async () => {
    await using file = await freshDatabase('sqlite')
    await filled(file, 3)
    const folder = dirname(pathOf(file.url))
    const words = ['--from', file.url, '--into', join(folder, 'timed'), '--keep', '7']
    const { code, out, error } = await landfallProcess(['backup', ...words]).ended
    expect({ code, error }).toEqual({ code: 0, error: '' })
    const [path = ''] = out.split(': ')
    expect(path).toMatch(/landfall-\d{8}T\d{6}Z\.db$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const [onFile, badly] = await Promise.all([
      landfall(['backup', '--from', file.url, '--into', pathOf(file.url), '--keep', '7']),
      landfall(['backup', '--from', file.url, '--into', folder, '--keep', '0']),
    ])
    expect(onFile).toMatchObject({ code: 1, out: '' })
    expect(onFile.error).toMatch(/^There is no new backup\. EEXIST: .*\n$/)
    expect(badly.code).toBe(2)
  })
})

describe.each(engines)('erase, on %s', (engine) => {
  test('P-04: says for each order of a buyer what it did, while a server runs; done again, nothing is left', async () => {
    await using database = await freshDatabase(engine)
    const db = await open(database.url)
    for (const id of ['ord-1', 'ord-2', 'ord-3']) {
      const order = { ...anOrder(id), name: nastyText, reference: [id === 'ord-3' ? 'other' : 'buyer-77'] }
      await insertOrder(db, order, nowMs)
    }
    const read = await reading(db, 'ord-1')
    await recordDecision(db, read, { ...paying(read, 'imp_1'), notices: [] }, { ...at, dueAtMs: null })
    const of = (...words: readonly string[]) => landfall(['erase', ...words, '--database', database.url])
    expect(await of('--reference', 'buyer-77')).toEqual({
      code: 1,
      error: '',
      out:
        'ord-1: erased: the order, 1 payments, 0 notices, 0 lines of its history.\n' +
        'ord-2: not erased: money, a person, a refund or a notice is still awaited. Erase it once that has ended.\n',
    })
    expect((await reading(db, 'ord-1')).order).toMatchObject({ name: '', reference: null, status: 'paid' })
    expect((await reading(db, 'ord-3')).order.name).toBe(nastyText)
    expect(await of('--order', 'ord-1')).toEqual({
      code: 0,
      error: '',
      out: 'ord-1: erased before; nothing is left to erase.\n',
    })
    await db.close()
  })
})
