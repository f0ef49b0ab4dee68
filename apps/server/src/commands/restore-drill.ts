import { readBooks, type Books } from '../store/books.ts'
import { DatabaseUnusable, openDatabase } from '../store/engines/open.ts'
import { copyAside } from '../store/engines/sqlite-copies.ts'
import type { ExitCode, Terminal } from './terminal.ts'

/**
 * Proves that a backup can be restored: opens it with this version, migrates it, and adds up its books. A file is copied
 * first. The caller has shut off every other connection (`only-database.ts`) before it loads this module.
 */
export async function restoreDrill(backup: string, terminal: Terminal): Promise<ExitCode> {
  const isPostgres = /^postgres(ql)?:\/\//.test(backup)
  try {
    using copy = isPostgres ? null : copyAside(backup)
    const books = await drill(copy?.url ?? backup)
    terminal.out(report(books))
    return books.faults.length > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof DatabaseUnusable)) throw error
    terminal.error(`The backup cannot be restored. ${error.message}\n`)
    return 1
  }
}

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
