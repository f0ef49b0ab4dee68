import type { Database as SqliteFile } from 'better-sqlite3'
import { getTableColumns, getTableName, type Column, type Table } from 'drizzle-orm'
import { createHash, type Hash } from 'node:crypto'
import type { Client } from 'pg'
import { z } from 'zod'
import { postgresColumns } from './engines/columns.ts'
import { DatabaseUnusable } from './engines/database.ts'
import { migrationsOf } from './engines/migrations.ts'
import { migratePostgres, transact, unusable } from './engines/postgres.ts'
import { storable } from './engines/postgres-query.ts'
import { openFile, pathOf } from './engines/sqlite.ts'
import { tablesFor } from './tables.ts'

export type CopiedTable = {
  readonly table: string
  readonly rows: number
  /** The sum of each money column, equal in SQLite and Postgres. */
  readonly sums: Readonly<Record<string, string>>
}

const ROWS_AT_ONCE = 500
const MONEY = new Set(['amount', 'expected_balance'])

const TableRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
type TableRow = z.output<typeof TableRow>
type Shape = { readonly name: string; readonly columns: readonly string[]; readonly key: string }

const shapeOf = (table: Table): Shape => {
  const columns = Object.values<Pick<Column, 'name' | 'primary'>>(getTableColumns(table))
  const key = columns.find((column) => column.primary)?.name ?? ''
  return { name: getTableName(table), columns: columns.map(({ name }) => name), key }
}
const shapes: readonly Shape[] = Object.values(tablesFor(postgresColumns)).map(shapeOf)

/**
 * Copies a SQLite file into an empty Postgres database in one transaction, all or nothing. Both are locked against other
 * writers meanwhile. Before the commit it compares counts, money sums and every value. Throws `DatabaseUnusable` when
 * they differ, when the target is not empty, or when a newer version wrote the file.
 */
export async function copyToPostgres(
  from: string,
  to: string,
  report: (table: string, rows: number, of: number) => void,
): Promise<readonly CopiedTable[]> {
  const source = openFile(pathOf(from), true)
  try {
    for (const shape of shapes) sameColumns(source, shape)
    source.exec('begin immediate')
    await migratePostgres(to, migrationsOf('postgres')).catch((error: unknown) => {
      throw unusable(to, error)
    })
    return await transact(to, (target) => copyAll(source, target, report))
  } finally {
    source.close()
  }
}

async function copyAll(
  source: SqliteFile,
  target: Client,
  report: (table: string, rows: number, of: number) => void,
): Promise<CopiedTable[]> {
  const names = shapes.map(({ name }) => name)
  await target.query(`lock table ${names.join(', ')} in exclusive mode`)
  for (const name of names) {
    const { rows } = await target.query(`select 1 from ${name} limit 1`)
    if (rows.length > 0)
      throw new DatabaseUnusable(
        `The target is not empty: there are rows in «${name}». Give it a database of its own.`,
      )
  }
  const copied: CopiedTable[] = []
  for (const shape of shapes) {
    const of = numberOf(source.prepare(`select count(*) from ${shape.name}`).pluck().get())
    const digest = await copyTable(source, target, shape, (rows) => report(shape.name, rows, of))
    const [before, after] = [
      { ...totalsInSource(source, shape), digest },
      await totalsInTarget(target, shape),
    ]
    if (JSON.stringify(before) !== JSON.stringify(after))
      throw new DatabaseUnusable(
        `«${shape.name}» differs after copying: ${JSON.stringify(before)} in the file, ${JSON.stringify(after)} in ` +
          'Postgres. Nothing was kept.',
      )
    copied.push({ table: shape.name, rows: of, sums: before.sums })
  }
  return copied
}

/** Refuse a file with columns that this version does not know: the copy would lose them. */
function sameColumns(source: SqliteFile, { name, columns }: Shape): void {
  const found = source.prepare(`select name from pragma_table_info(?)`).pluck().all(name)
  const unknown = found.filter((column) => !columns.includes(String(column)))
  if (unknown.length > 0)
    throw new DatabaseUnusable(
      `A newer Landfall wrote the file: it has ${name}.${unknown.join(', ')}. Copy it with that version.`,
    )
}

/** Copies rows in key order, and returns a digest of every value. */
async function copyTable(
  source: SqliteFile,
  target: Client,
  { name, columns, key }: Shape,
  report: (rows: number) => void,
): Promise<string> {
  const digest = createHash('sha256')
  const into = `insert into ${name} select * from json_populate_recordset(null::${name}, $1)`
  let rows = 0
  let batch: TableRow[] = []
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await target.query(into, [JSON.stringify(batch)])
    rows += batch.length
    batch = []
    report(rows)
  }
  for (const found of source.prepare(`select ${columns.join(', ')} from ${name} order by ${key}`).iterate()) {
    const row = z.record(z.string(), z.unknown()).parse(found)
    const stored = TableRow.parse(
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, storable(value)])),
    )
    digestRow(digest, columns, stored)
    batch.push(stored)
    if (batch.length === ROWS_AT_ONCE) await flush()
  }
  if (batch.length > 0 || rows === 0) await flush()
  return digest.digest('hex')
}

/** Postgres returns 64-bit integers as text, SQLite as numbers: digest both as text. */
function digestRow(digest: Hash, columns: readonly string[], row: TableRow): void {
  digest.update(JSON.stringify(columns.map((column) => row[column]?.toString() ?? null)))
}

type TableTotals = { readonly rows: number; readonly sums: Readonly<Record<string, string>> }

const moneyOf = ({ columns }: Shape): string[] => columns.filter((column) => MONEY.has(column))

function totalsInSource(source: SqliteFile, shape: Shape): TableTotals {
  const sum = (column: string): string =>
    String(
      source.prepare(`select cast(coalesce(sum(${column}), 0) as text) from ${shape.name}`).pluck().get(),
    )
  return {
    rows: numberOf(source.prepare(`select count(*) from ${shape.name}`).pluck().get()),
    sums: Object.fromEntries(moneyOf(shape).map((column) => [column, sum(column)])),
  }
}

/** Counts, sums and digests the rows that Postgres now holds, read in SQLite's byte order. */
async function totalsInTarget(
  target: Client,
  shape: Shape,
): Promise<TableTotals & { readonly digest: string }> {
  const ask = async (query: string): Promise<TableRow[]> =>
    z.array(TableRow).parse((await target.query(query)).rows)
  const [counted] = await ask(`select count(*) as rows from ${shape.name}`)
  const sums: Record<string, string> = {}
  for (const column of moneyOf(shape)) {
    const [row] = await ask(`select coalesce(sum(${column}), 0)::text as sum from ${shape.name}`)
    sums[column] = String(row?.['sum'])
  }
  const digest = createHash('sha256')
  const ordered = `select ${shape.columns.join(', ')} from ${shape.name} order by ${shape.key} collate "C"`
  await target.query(`declare copied cursor for ${ordered}`)
  for (let more = true; more;) {
    const rows = await ask(`fetch ${ROWS_AT_ONCE} from copied`)
    for (const row of rows) digestRow(digest, shape.columns, row)
    more = rows.length > 0
  }
  await target.query('close copied')
  return { rows: numberOf(counted?.['rows']), sums, digest: digest.digest('hex') }
}

const numberOf = (value: unknown): number => z.coerce.number().int().parse(value)
