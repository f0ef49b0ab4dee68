import { readBooks, type Books } from '../store/books.ts'
import { DatabaseUnusable, openDatabase } from '../store/engines/open.ts'
import { copyAside } from '../store/engines/sqlite-copies.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Proves that a backup can be restored: opens it with this version, migrates it, and adds up its books.

  pnpm restore-drill --backup ./landfall-backup.db
  pnpm restore-drill --backup postgres://user:password@host/restored

Where pnpm is not installed, write npx -y pnpm. A file is copied first and stays as it is. Of Postgres name a database into
which pg_restore has just put the dump, never the one that servers use: it is migrated. The drill reads no settings, has no
keys, and connects to nothing but that database: neither the gateway nor the shop can hear of it.

Exit codes: 0 the backup can be restored, 1 it cannot or does not add up, 2 invalid arguments.
`

const { values, positionals } = parseCommandLine(usage, { backup: { type: 'string' } })
const { backup = '' } = values
if (positionals.length > 0 || backup === '') exitWithUsage(usage)

const isPostgres = /^postgres(ql)?:\/\//.test(backup)

async function drill(url: string): Promise<Books> {
  const db = await openDatabase(url, (run) => void setImmediate(run))
  try {
    return await readBooks(db)
  } finally {
    await db.close()
  }
}

const sorted = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1)))

function report({ rows, statuses, sums, faults }: Books): string {
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
  const money = Object.entries(sums).map(
    ([currency, { paid, returned, held }]) =>
      `${currency}: paid ${paid}, returned ${returned}, held for orders ${held} (minor units)`,
  )
  const end = faults.length === 0 ? ['It opens, migrates and adds up.'] : ['It does not add up:', ...faults]
  return `Rows: ${listed(rows)}\nOrders: ${listed(sorted(statuses)) || 'none'}\n${[...money, ...end].join('\n')}\n`
}

try {
  using copy = isPostgres ? null : copyAside(backup)
  const books = await drill(copy?.url ?? backup)
  process.stdout.write(report(books))
  if (books.faults.length > 0) process.exitCode = 1
} catch (error) {
  if (!(error instanceof DatabaseUnusable)) throw error
  process.stderr.write(`The backup cannot be restored. ${error.message}\n`)
  process.exitCode = 1
}
