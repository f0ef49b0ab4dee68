import { fileURLToPath } from 'node:url'
import { readDatabaseSettings } from '../config/database-settings.ts'
import { environment as variables } from '../config/config.ts'
import { existingFile } from '../config/env-file.ts'
import { eraseOrderOf, orderIdsOfReference, type Erasure } from '../store/erase.ts'
import { DatabaseUnusable, openDatabase, type Database } from '../store/engines/open.ts'
import { parseCommandLine, exitWithUsage } from './command-line.ts'

const usage = `Erases the personal data of an order, or of all orders of a buyer, and keeps the books.

  pnpm erase --order <order id> [--database <address>]
  pnpm erase --reference <string> [--database <address>]

Where pnpm is not installed, write npx -y pnpm. --reference means every order whose reference has that string, such as the
buyer's number in the shop. Names, texts, card and account numbers go; amounts, statuses, ids, times and the shape of the
history stay. It cannot be undone. Servers may run meanwhile. It uses the database that DATABASE_URL names, in the
environment or in the file that the server is started with.

Exit codes: 0 nothing personal is left, 1 something is, or the database cannot be used, 2 invalid arguments.
`

const { values, positionals } = parseCommandLine(usage, {
  order: { type: 'string' },
  reference: { type: 'string' },
  database: { type: 'string' },
})
const { order = '', reference = '', database } = values
if (positionals.length > 0 || (order.trim() === '') === (reference.trim() === '')) exitWithUsage(usage)

const usualFile = fileURLToPath(new URL('../../../../.env', import.meta.url))
const settings = readDatabaseSettings(existingFile(usualFile), variables)
if (!settings.ok) exitWithUsage(usage, settings.problem.join('\n'))

const sentences = {
  erased_before: 'erased before; nothing is left to erase.',
  waits: 'not erased: money, a person, a refund or a notice is still awaited. Erase it once that has ended.',
  unknown: 'not erased: no such order is registered here.',
  busy: 'not erased: servers were changing it. Try again.',
} satisfies Record<Exclude<Erasure['outcome'], 'erased'>, string>

const sentenceOf = (done: Erasure): string =>
  done.outcome === 'erased'
    ? `erased: the order, ${done.payments} payments, ${done.notices} notices, ${done.lines} lines of its history.`
    : sentences[done.outcome]

/** Erases each order that the arguments name. Returns whether nothing personal is left. */
async function eraseAll(db: Database): Promise<boolean> {
  let isDone = true
  const eraseOne = async (orderId: string): Promise<void> => {
    const done = await eraseOrderOf(db, orderId, Date.now())
    process.stdout.write(`${orderId}: ${sentenceOf(done)}\n`)
    if (done.outcome !== 'erased' && done.outcome !== 'erased_before') isDone = false
  }
  if (order !== '') await eraseOne(order.trim())
  let after = ''
  let count = 0
  while (reference !== '') {
    const ids = await orderIdsOfReference(db, reference.trim(), after)
    for (const orderId of ids) await eraseOne(orderId)
    count += ids.length
    if (ids.length === 0) break
    after = ids.at(-1) ?? after
  }
  if (reference !== '' && count === 0)
    process.stdout.write(
      `No order has ${reference.trim()} in its reference: erased orders have none any more.\n`,
    )
  return isDone
}

try {
  const db = await openDatabase(database ?? settings.value.databaseUrl, (run) => void setImmediate(run))
  try {
    if (!(await eraseAll(db))) process.exitCode = 1
  } finally {
    await db.close()
  }
} catch (error) {
  if (!(error instanceof DatabaseUnusable)) throw error
  process.stderr.write(`${error.message}\n--database, or DATABASE_URL, names another one.\n`)
  process.exitCode = 1
}
