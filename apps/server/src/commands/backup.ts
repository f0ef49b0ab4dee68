import { realClock } from '../deps.ts'
import { backUp } from '../store/engines/sqlite-backup.ts'
import { backUpInto } from '../store/engines/sqlite-copies.ts'
import { DatabaseUnusable } from '../store/engines/open.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Backs up the SQLite file of a running server, and reads the backup through.

  pnpm backup --from file:./data/landfall.db --to ./landfall-backup.db
  pnpm backup --from file:./data/landfall.db --into ./backups --keep 14

Where pnpm is not installed, write npx -y pnpm. Paths are relative to the folder of the call. --into is for timers: it names
the backup by the time (UTC), and deletes all but the newest --keep (1 to 1000) once the new one is whole.

Exit codes: 0 there is a whole new backup, 1 there is none, and a sentence says why, 2 invalid arguments.
`

const { values, positionals } = parseCommandLine(usage, {
  from: { type: 'string' },
  to: { type: 'string' },
  into: { type: 'string' },
  keep: { type: 'string' },
})
const { from = '', to = '', into = '', keep = '' } = values
const isOne = to !== '' && into === '' && keep === ''
const isTimed = to === '' && into !== '' && /^[1-9]\d{0,2}$|^1000$/.test(keep)
if (positionals.length > 0 || from === '' || (!isOne && !isTimed && from.startsWith('file:')))
  exitWithUsage(usage)

// Backups hold customers' names: nobody else may read them.
process.umask(0o077)

try {
  const { path, bytes, orders, deleted } = isTimed
    ? backUpInto(from, into, Number(keep), realClock)
    : { ...backUp(from, to), deleted: [] }
  process.stdout.write(`${path}: ${bytes} bytes, ${orders} orders, read through and sound.\n`)
  if (deleted.length > 0) process.stdout.write(`Deleted: ${deleted.join(', ')}.\n`)
} catch (error) {
  if (!(error instanceof DatabaseUnusable) && !isOfDisk(error)) throw error
  process.stderr.write(`There is no new backup. ${error.message}\n`)
  process.exitCode = 1
}

/** A full, missing or read-only disk, told by the system. */
function isOfDisk(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
