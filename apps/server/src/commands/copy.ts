import { copyToPostgres } from '../store/copy.ts'
import { DatabaseUnusable } from '../store/engines/open.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Copies a SQLite file into an empty Postgres, and compares both afterwards. Stop the servers first.

  pnpm copy --from file:./data/landfall.db --to postgres://user:password@host/database

Where pnpm is not installed, write npx -y pnpm. Paths are relative to the folder of the call.
`

const { values, positionals } = parseCommandLine(usage, { from: { type: 'string' }, to: { type: 'string' } })
const { from = '', to = '' } = values
if (positionals.length > 0 || !from.startsWith('file:') || !/^postgres(ql)?:\/\//.test(to))
  exitWithUsage(usage)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    process.stderr.write(
      '\nStopped. Nothing was copied: the target is as empty as before, the file is as it was.\n',
    )
    process.exit(130)
  })

let reportedTable = ''
try {
  const copied = await copyToPostgres(from, to, (table, rows, of) => {
    const line = `${table}: ${rows} of ${of}`
    // One line for each table; a terminal shows its progress in place.
    if (process.stdout.isTTY) process.stdout.write(`${reportedTable === table ? '\r' : '\n'}${line}`)
    else if (rows === of) process.stdout.write(`${line}\n`)
    reportedTable = table
  })
  const sums = copied.flatMap(({ table, sums: each }) =>
    Object.entries(each).map(([column, sum]) => `${table}.${column} ${sum}`),
  )
  const rows = copied.reduce((total, each) => total + each.rows, 0)
  process.stdout.write(
    `\nCopied ${rows} rows in ${copied.length} tables; counts, sums and every value agree. Sums: ${sums.join(', ')}.\n` +
      'Now point DATABASE_URL at Postgres, start, and keep the file as a backup.\n',
  )
} catch (error) {
  if (!(error instanceof DatabaseUnusable)) throw error
  process.stderr.write(`\n${error.message}\n`)
  process.exitCode = 1
}
