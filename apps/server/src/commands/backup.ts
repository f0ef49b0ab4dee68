import { backUp } from '../store/engines/sqlite-backup.ts'
import { DatabaseUnusable } from '../store/engines/open.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Backs up the SQLite file of a running server, and reads the backup through.

  pnpm backup --from file:./data/landfall.db --to ./landfall-backup.db

Where pnpm is not installed, write npx -y pnpm. Paths are relative to the folder of the call.
`

const { values, positionals } = parseCommandLine(usage, { from: { type: 'string' }, to: { type: 'string' } })
const { from = '', to = '' } = values
if (positionals.length > 0 || from === '' || (to === '' && from.startsWith('file:'))) exitWithUsage(usage)

try {
  const { path, bytes, orders } = backUp(from, to)
  process.stdout.write(`${path}: ${bytes} bytes, ${orders} orders, read through and sound.\n`)
} catch (error) {
  if (!(error instanceof DatabaseUnusable)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
