import { parseArgs } from 'node:util'
import { backUp } from '../store/backup.ts'
import { DatabaseUnusable } from '../store/db.ts'

const usage = `Backs up the SQLite file of a running server, and reads the backup through.

  pnpm --filter @landfall/server backup -- --from file:./data/landfall.db --to ./landfall-backup.db
`

const { from, to } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: { from: { type: 'string' }, to: { type: 'string' } },
}).values
if (from === undefined || (to === undefined && from.startsWith('file:'))) {
  process.stderr.write(usage)
  process.exit(2)
}

try {
  const { path, bytes, orders } = backUp(from, to ?? '')
  process.stdout.write(`${path}: ${bytes} bytes, ${orders} orders, read through and sound.\n`)
} catch (error) {
  if (!(error instanceof DatabaseUnusable)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
