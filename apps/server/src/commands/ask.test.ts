import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { emptyDatabase, freshDatabase } from '../../testing/fresh-database.ts'
import { openDatabase } from '../store/engines/open.ts'
import { anOrder, at, nowMs, paying, reading } from '../store/fixtures.contract.ts'
import { insertOrder, recordDecision } from '../store/orders.ts'
import { pathOf } from '../store/engines/sqlite.ts'

// Each test starts a process: here is what a process alone can show. What is told is tested beside the story.

const program = fileURLToPath(new URL('./ask.ts', import.meta.url))
const quickly = fileURLToPath(new URL('../../testing/drizzle-as-commonjs.ts', import.meta.url))

function ask(env: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', quickly, program, ...words], {
    env: { ENV_FILE: '/dev/null', ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

async function paidOrder(url: string): Promise<void> {
  const db = await openDatabase(url, (run) => void setImmediate(run))
  await insertOrder(db, anOrder('1234'), nowMs)
  const read = await reading(db, '1234')
  await recordDecision(db, read, paying(read, 'imp_1'), at)
  await db.close()
}

const digestOf = (url: string): string =>
  createHash('sha256')
    .update(readFileSync(pathOf(url)))
    .digest('hex')

test('it tells of an order, without a secret, and changes nothing', { timeout: 60_000 }, async () => {
  await using file = await freshDatabase('sqlite')
  await paidOrder(file.url)
  const before = digestOf(file.url)
  const env = { DATABASE_URL: file.url, LANG: 'ko_KR.UTF-8' }
  const told = ask(env, '1234', '--lang', 'en')
  expect(told).toMatchObject({ status: 0, stderr: '' })
  expect(told.stdout).toMatch(/^Order 1234: .*\n {2}₩14,000 to pay\. State: paid\./)
  expect(ask(env, 'imp_1').stdout).toMatch(/^주문 1234: .*\n {2}받을 금액 ₩14,000\. 상태: 결제 완료\./)
  expect(digestOf(file.url)).toBe(before)
})

test('it reads Postgres too, in a session that cannot write', { timeout: 60_000 }, async () => {
  await using database = await freshDatabase('postgres')
  await paidOrder(database.url)
  const { status, stdout } = ask({}, '1234', '--lang', 'en', '--database', database.url)
  expect([status, stdout]).toEqual([0, expect.stringContaining('State: paid.')])
})

test('what is not found is 1, and says how to ask', { timeout: 60_000 }, async () => {
  await using file = await freshDatabase('sqlite')
  expect(ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Nothing is known here of 1234/),
  })
})

test(
  'a database that is not there is not made; one of another version is left as it is',
  { timeout: 60_000 },
  async () => {
    await using file = await emptyDatabase('sqlite')
    expect(ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
      status: 1,
      stderr: `There is no file ${pathOf(file.url)}.\n--database, or DATABASE_URL, names another one.\n`,
    })
    new BetterSqlite3(pathOf(file.url)).exec('create table orders (order_id text)').close()
    expect(ask({ DATABASE_URL: file.url }, '1234')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^The database is of another version of Landfall\./),
    })
  },
)

test('words it does not know are told with how it is asked, and are 2', { timeout: 60_000 }, () => {
  expect(ask({})).toMatchObject({ status: 2, stderr: expect.stringContaining('pnpm ask <order id') })
  expect(ask({}, '1', '--lang', 'fr')).toMatchObject({ status: 2, stderr: expect.stringContaining("'fr'") })
})
