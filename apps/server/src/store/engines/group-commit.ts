import type BetterSqlite3 from 'better-sqlite3'
import { StorageUnavailable, type Database, type Defer, type Query, type Write } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { rowsTouched } from './sqlite-query.ts'

/** The most units that share one transaction. */
const BATCH_UNITS_MAX = 512
/**
 * The wait of one write for another process's lock. A synchronous wait blocks the event loop, so it is short and is repeated after the
 * loop has turned (K-04).
 */
export const BUSY_WAIT_MS = 20
const BUSY_TRIES_MAX = 100

type Unit = {
  readonly writes: readonly Write[]
  readonly resolve: (outcome: 'done' | 'stale') => void
  readonly reject: (error: unknown) => void
}

/** Commits the units of one tick in one transaction, with one sync. */
export function groupCommit(raw: BetterSqlite3.Database, query: Query, defer: Defer): Database['atomically'] {
  const queue: Unit[] = []
  const statements = prepareBatchStatements(raw)
  let busyTries = 0
  const flush = (): void => {
    const batch = queue.splice(0, BATCH_UNITS_MAX)
    busyTries = commitBatch(raw, query, statements, batch) === 'busy' ? busyTries + 1 : 0
    // After the last retry, try each later batch only once until the lock is gone, so that waiting units do not
    // accumulate.
    if (busyTries >= BUSY_TRIES_MAX)
      refuse(batch, new StorageUnavailable('the database is locked by another process'))
    else if (busyTries > 0) queue.unshift(...batch)
    if (queue.length > 0) defer(flush)
  }
  return (writes) =>
    new Promise((resolve, reject) => {
      queue.push({ writes, resolve, reject })
      if (queue.length === 1) defer(flush)
    })
}

/** The statements that begin and end batches and units, prepared once. */
type BatchStatements = ReturnType<typeof prepareBatchStatements>
const prepareBatchStatements = (raw: BetterSqlite3.Database) => ({
  beginAll: raw.prepare('begin immediate'),
  commit: raw.prepare('commit'),
  begin: raw.prepare('savepoint unit'),
  undo: raw.prepare('rollback to unit'),
  end: raw.prepare('release unit'),
})

/**
 * Savepoints would cost each unit a fifth of its time, and few units ever need theirs. A batch is therefore run without
 * them, and only when a unit fails after its first write is it rolled back and run again with them.
 */
function commitBatch(
  raw: BetterSqlite3.Database,
  query: Query,
  statements: BatchStatements,
  batch: readonly Unit[],
  unitOf: RunUnit = plainly,
): 'answered' | 'busy' {
  const answers: Array<() => void> = []
  try {
    statements.beginAll.run()
    for (const unit of batch) answers.push(unitOf(raw, query, statements, unit))
    statements.commit.run()
  } catch (error) {
    const busy = codeOf(error).startsWith('SQLITE_BUSY')
    const isUndone = error instanceof NeedsSavepoint
    if (!busy && !isUndone) refuse(batch, new StorageUnavailable(messageOf(error), { cause: error }))
    // After some failures, such as a full disk, SQLite has already rolled back.
    if (raw.inTransaction) raw.exec('rollback')
    if (isUndone) return commitBatch(raw, query, statements, batch, inSavepoint)
    return busy ? 'busy' : 'answered'
  }
  for (const answer of answers) answer()
  return 'answered'
}

const refuse = (batch: readonly Unit[], error: StorageUnavailable): void =>
  batch.forEach((unit) => unit.reject(error))

/** Runs one unit and returns the function that answers it, to be called after the batch has committed. */
type RunUnit = (
  raw: BetterSqlite3.Database,
  query: Query,
  statements: BatchStatements,
  unit: Unit,
) => () => void

/** A unit failed after a write of its own, which only a savepoint could undo. */
class NeedsSavepoint extends Error {}

const plainly: RunUnit = (raw, query, _statements, unit) =>
  runWrites(raw, query, unit, (writesDone) => {
    if (writesDone > 0) throw new NeedsSavepoint()
  })

const inSavepoint: RunUnit = (raw, query, { begin, undo, end }, unit) => {
  begin.run()
  const answer = runWrites(raw, query, unit, () => void undo.run())
  end.run()
  return answer
}

/** Runs a unit's writes until one fails or touches no row, and then `undo`es those before it. */
function runWrites(
  raw: BetterSqlite3.Database,
  query: Query,
  unit: Unit,
  undo: (writesDone: number) => void,
): () => void {
  let writesDone = 0
  try {
    for (const write of unit.writes) {
      if (rowsTouched(write(query)) === 0) {
        undo(writesDone)
        return () => unit.resolve('stale')
      }
      writesDone += 1
    }
    return () => unit.resolve('done')
  } catch (error) {
    // A full disk or a lost file fails the whole batch. Any other error undoes only this unit.
    if (error instanceof NeedsSavepoint || !raw.inTransaction || isOfWholeBatch.test(codeOf(error)))
      throw error
    undo(writesDone)
    return () => unit.reject(error)
  }
}
const isOfWholeBatch = /^SQLITE_(FULL|IOERR|READONLY|BUSY|CORRUPT|NOTADB|CANTOPEN|NOMEM)/
