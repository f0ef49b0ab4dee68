import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { landfall } from '../../testing/command.ts'
import { emptyDatabase, freshDatabase } from '../../testing/fresh-database.ts'
import { openDatabase } from '../store/engines/open.ts'
import { anOrder, at, nowMs, paying, reading } from '../store/fixtures.contract.ts'
import { insertOrder, recordDecision } from '../store/orders.ts'
import { pathOf } from '../store/engines/sqlite.ts'

async function paidOrder(url: string): Promise<void> {
  const db = await openDatabase(url, (run) => void setImmediate(run))
  await insertOrder(db, anOrder('1234'), nowMs)
  const read = await reading(db, '1234')
  await recordDecision(db, read, paying(read, 'imp_1'), at)
  await db.close()
}

const ask = (env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  landfall(['ask', ...words], env)

const digestOf = (url: string): string =>
  createHash('sha256')
    .update(readFileSync(pathOf(url)))
    .digest('hex')

test('it tells of an order, without a secret, and changes nothing', async () => {
  await using file = await freshDatabase('sqlite')
  await paidOrder(file.url)
  const before = digestOf(file.url)
  const env = { DATABASE_URL: file.url, LANG: 'ko_KR.UTF-8' }
  const told = await ask(env, '1234', '--lang', 'en')
  expect(told).toMatchObject({ code: 0, error: '' })
  expect(told.out).toMatch(/^Order 1234: .*\n {2}₩14,000 to pay\. State: paid\./)
  expect((await ask(env, 'imp_1')).out).toMatch(/^주문 1234: .*\n {2}받을 금액 ₩14,000\. 상태: 결제 완료\./)
  expect(digestOf(file.url)).toBe(before)
})

test('G-16: it names the gateway of each payment, whichever the order was registered for', async () => {
  await using file = await freshDatabase('sqlite')
  await paidOrder(file.url)
  const db = await openDatabase(file.url, (run) => void setImmediate(run))
  await insertOrder(db, { ...anOrder('1235'), gateway: 'portone-v2' }, nowMs)
  const read = await reading(db, '1235')
  const paying2 = paying(read, '0193c5a1-7e2f-5b1d-3c4a-000000000001')
  const payments = paying2.payments.map((payment) => ({ ...payment, gateway: 'portone-v2' as const }))
  await recordDecision(db, read, { ...paying2, payments }, at)
  await db.close()
  const env = { DATABASE_URL: file.url }
  expect((await ask(env, '1234', '--lang', 'en')).out).toMatch(/ {2}imp_1 {2}PortOne V1: ₩14,000, paid/)
  expect((await ask(env, '1235', '--lang', 'ko')).out).toContain('000000000001  PortOne V2: ₩14,000, 결제됨')
})

test('it reads Postgres too, in a session that cannot write', async () => {
  await using database = await freshDatabase('postgres')
  await paidOrder(database.url)
  const { code, out } = await ask({}, '1234', '--lang', 'en', '--database', database.url)
  expect([code, out]).toEqual([0, expect.stringContaining('State: paid.')])
})

test('what is not found is 1, and says how to ask', async () => {
  await using file = await freshDatabase('sqlite')
  expect(await ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
    code: 1,
    out: '',
    error: expect.stringMatching(/^Nothing is known here of 1234/),
  })
})

test('a database that is not there is not made; one of another version is left as it is', async () => {
  await using file = await emptyDatabase('sqlite')
  expect(await ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
    code: 1,
    error: `There is no file ${pathOf(file.url)}.\n--database, or DATABASE_URL, names another one.\n`,
  })
  new BetterSqlite3(pathOf(file.url)).exec('create table orders (order_id text)').close()
  expect(await ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
    code: 1,
    error: expect.stringMatching(/^The database is of another version of Landfall\./),
  })
})

test('words it does not know are told with how it is asked, and are 2', async () => {
  expect(await ask({})).toMatchObject({
    code: 2,
    error: expect.stringContaining('pnpm landfall ask [options] <order>'),
  })
  expect(await ask({}, '1', '--lang', 'fr')).toMatchObject({
    code: 2,
    error: expect.stringContaining("'fr'"),
  })
})
