import BetterSqlite3 from 'better-sqlite3'
import type { Query } from '../../src/store/engines/open.ts'
import { Bookkeeper } from './books.ts'
import { migrationsOf } from '../../src/store/engines/migrations.ts'
import { databaseOn, migrateSqlite } from '../../src/store/engines/sqlite.ts'
import { SlowReads } from './slow-reads.ts'

type Statement = BetterSqlite3.Statement<unknown[], unknown>

/**
 * A database in memory with this version's tables: both servers of a world share its one connection, as they would share a file. To open one
 * and to prepare what is asked of it takes longer than a world, so a thread keeps it, and the next world finds it empty.
 */
export class MemoryDatabase {
  readonly raw: BetterSqlite3.Database
  readonly query: Query
  readonly begin: Statement
  readonly commit: Statement
  /** Tables that were written to since the books were read: perhaps one too many, never one too few. */
  readonly written = new Set<string>()
  readonly books: Bookkeeper
  readonly #tables: readonly string[]
  readonly #emptying: readonly Statement[]
  readonly #statements = new Map<string, Statement>()
  readonly #slow: SlowReads[] = []
  #slowTaken = 0

  constructor() {
    this.raw = new BetterSqlite3(':memory:')
    migrateSqlite(this.raw, migrationsOf('sqlite'))
    const names = this.raw.prepare<[], { name: string }>(
      "select name from sqlite_schema where type = 'table'",
    )
    this.#tables = names.all().flatMap(({ name }) => (name.startsWith('__') ? [] : [name]))
    this.#emptying = this.#tables.map((name) => this.raw.prepare(`delete from "${name}"`))
    this.begin = this.raw.prepare('begin immediate')
    this.commit = this.raw.prepare('commit')
    this.books = new Bookkeeper(this.raw, this.written)
    this.query = databaseOn(this.connection({}), () => undefined).query
  }

  /** Its statements by their text, each made once: thousands of worlds ask the same. */
  prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement: Statement = this.raw.prepare(sql)
    const noted = statement.readonly ? statement : this.#noted(statement, sql)
    this.#statements.set(sql, noted)
    return noted
  }

  /** The connection as somebody sees it for whom `others` stand in the place of its own members. */
  connection(others: Readonly<Record<string, unknown>>): BetterSqlite3.Database {
    const members: Readonly<Record<PropertyKey, unknown>> = {
      prepare: (sql: string) => this.prepare(sql),
      ...others,
    }
    return new Proxy(this.raw, {
      get: (raw, key): unknown => members[key] ?? Reflect.get(raw, key, raw),
    })
  }

  /** Reads that take time, for one process and until this world ends. */
  slowQuery(wait: () => Promise<void>): Query {
    const slow = (this.#slow[this.#slowTaken] ??= new SlowReads(this.query))
    this.#slowTaken += 1
    slow.wait = wait
    return slow.query
  }

  /** As it was when it was opened. Rows are numbered from one again, and whoever of the last world would still read finds nothing. */
  empty(): void {
    if (this.raw.inTransaction) this.raw.exec('rollback')
    for (const statement of this.#emptying) statement.run()
    this.written.clear()
    this.#slowTaken = 0
  }

  /** A statement that writes, telling each time it runs which table that was: all of them, when its text does not say. */
  #noted(statement: Statement, sql: string): Statement {
    const table = /^(?:insert into|update|delete from) "(\w+)"/.exec(sql)?.[1]
    const tables = table === undefined ? this.#tables : [table]
    const noting =
      <T>(run: (...values: unknown[]) => T) =>
      (...values: unknown[]): T => {
        for (const each of tables) this.written.add(each)
        return run(...values)
      }
    return Object.assign(statement, {
      all: noting(statement.all.bind(statement)),
      get: noting(statement.get.bind(statement)),
      run: noting(statement.run.bind(statement)),
    })
  }
}

const free: MemoryDatabase[] = []

/** An empty database of this thread's, to be given back. */
export function takeDatabase(): MemoryDatabase {
  return free.pop() ?? new MemoryDatabase()
}

export function giveBackDatabase(database: MemoryDatabase): void {
  database.empty()
  free.push(database)
}
