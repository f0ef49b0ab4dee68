import { readDatabaseSettings } from '../config/database-settings.ts'
import { eraseOrderOf, orderIdsOfReference, type Erasure } from '../store/erase.ts'
import { DatabaseUnusable, openDatabase, type Database } from '../store/engines/open.ts'
import { databaseOfServer, startEnvironment } from './start-settings.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

export type EraseOptions = {
  readonly order?: string
  readonly reference?: string
  readonly database?: string
}

/** Erases the personal data of an order, or of all orders of a buyer, and keeps the books. */
export async function erase(options: EraseOptions, terminal: Terminal): Promise<ExitCode> {
  const order = (options.order ?? '').trim()
  const reference = (options.reference ?? '').trim()
  if ((order === '') === (reference === '')) throw new InvalidArguments('Give either --order or --reference.')
  const settings = readDatabaseSettings(startEnvironment(await terminal.environment()))
  if (!settings.ok) throw new InvalidArguments(settings.problem.join('\n'))
  try {
    const url = options.database ?? databaseOfServer(settings.value.databaseUrl)
    const db = await openDatabase(url, (run) => void setImmediate(run))
    try {
      return (await eraseAll(db, { order, reference }, terminal.out)) ? 0 : 1
    } finally {
      await db.close()
    }
  } catch (error) {
    if (!(error instanceof DatabaseUnusable)) throw error
    terminal.error(`${error.message}\n--database, or DATABASE_URL, names another one.\n`)
    return 1
  }
}

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
async function eraseAll(
  db: Database,
  { order, reference }: { readonly order: string; readonly reference: string },
  out: Terminal['out'],
): Promise<boolean> {
  let isDone = true
  const eraseOne = async (orderId: string): Promise<void> => {
    const done = await eraseOrderOf(db, orderId, Date.now())
    out(`${orderId}: ${sentenceOf(done)}\n`)
    if (done.outcome !== 'erased' && done.outcome !== 'erased_before') isDone = false
  }
  if (order !== '') await eraseOne(order)
  let after = ''
  let count = 0
  while (reference !== '') {
    const ids = await orderIdsOfReference(db, reference, after)
    for (const orderId of ids) await eraseOne(orderId)
    count += ids.length
    if (ids.length === 0) break
    after = ids.at(-1) ?? after
  }
  if (reference !== '' && count === 0)
    out(`No order has ${reference} in its reference: erased orders have none any more.\n`)
  return isDone
}
