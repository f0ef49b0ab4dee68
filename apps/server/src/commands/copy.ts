import { copyToPostgres } from '../store/copy.ts'
import { DatabaseUnusable } from '../store/engines/open.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

/** Copies a SQLite file into an empty Postgres, and compares both afterwards. */
export async function copy(
  { from = '', to = '' }: { readonly from?: string; readonly to?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  if (!from.startsWith('file:')) throw new InvalidArguments('--from needs a file: address.')
  if (!/^postgres(ql)?:\/\//.test(to)) throw new InvalidArguments('--to needs a postgres:// address.')
  // The target's one transaction ends with the process.
  terminal.stop().addEventListener('abort', () => {
    terminal.error(
      '\nStopped. Nothing was copied: the target is as empty as before, the file is as it was.\n',
    )
    process.exit(130)
  })
  let reportedTable = ''
  try {
    const copied = await copyToPostgres(from, to, (table, rows, of) => {
      const line = `${table}: ${rows} of ${of}`
      // One line for each table; a terminal shows its progress in place.
      if (process.stdout.isTTY) terminal.out(`${reportedTable === table ? '\r' : '\n'}${line}`)
      else if (rows === of) terminal.out(`${line}\n`)
      reportedTable = table
    })
    const sums = copied.flatMap(({ table, sums: each }) =>
      Object.entries(each).map(([column, sum]) => `${table}.${column} ${sum}`),
    )
    const rows = copied.reduce((total, each) => total + each.rows, 0)
    terminal.out(
      `\nCopied ${rows} rows in ${copied.length} tables; counts, sums and every value agree. Sums: ${sums.join(', ')}.\n` +
        'Now point DATABASE_URL at Postgres, start, and keep the file as a backup.\n',
    )
    return 0
  } catch (error) {
    if (!(error instanceof DatabaseUnusable)) throw error
    terminal.error(`\n${error.message}\n`)
    return 1
  }
}
