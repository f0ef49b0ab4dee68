import type BetterSqlite3 from 'better-sqlite3'
import { databaseOn } from '../../src/store/engines/sqlite.ts'
import type { Database } from '../../src/store/engines/open.ts'
import type { Course } from './crossing-outcome.ts'
import { never, type Life } from './life.ts'
import type { Outside } from './outside.ts'

class SqliteFailure extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** The real store on that connection, as one process sees it: batches are committed when chance says, unless the process is gone by then. */
export function storeOf(outside: Outside, life: Life, keepsBatch: () => boolean, name: 'A' | 'B'): Database {
  const { agenda, dice, memory } = outside
  const commit = (run: () => void): void => {
    const go = (): void => {
      // Killed between the commit and its answer, or before it: the process cannot tell, and the world must bear both (C-02, C-05).
      if (life.over && !keepsBatch()) return outside.marks.hit('killed with a batch that is lost')
      if (life.over) outside.marks.hit('killed between the commit and its answer')
      const leftMs = life.over ? 0 : life.stalledUntilMs - agenda.nowMs
      if (leftMs > 0) agenda.after(leftMs, go)
      else run()
    }
    agenda.after(dice.fraction() * outside.weather().commitMs, go)
  }
  const stored = databaseOn(
    connection(outside, name, () => outside.committed(name, life.id)),
    commit,
    memory.query,
  )
  const wait = (): Promise<void> => life.wait(dice.fraction() * outside.weather().commitMs)
  return {
    ...stored,
    query: outside.weather().slowReads ? memory.slowQuery(wait) : stored.query,
    atomically: async (writes) => {
      const outcome = await life.guard(life.over ? never<'stale'>() : stored.atomically(writes))
      if (outcome === 'stale')
        outside.marks.hit(`${writes.length > 1 ? 'a decision' : 'a single write'} comes too late`)
      return outcome
    },
  }
}

/** The connection with a disk that fills up and another process that locks the file. */
function connection(outside: Outside, name: 'A' | 'B', committed: () => void): BetterSqlite3.Database {
  const { memory, storage, agenda, marks } = outside
  let course: Course = 'well'
  const begin = (): void => {
    course = outside.course({ from: name, to: 'database', what: 'commit' })
    if (course === 'before') throw new SqliteFailure('SQLITE_BUSY')
    if (storage.lockedUntilMs > agenda.nowMs) {
      marks.hit('the database is locked by another process')
      throw new SqliteFailure('SQLITE_BUSY')
    }
    memory.begin.run()
  }
  const commit = (): void => {
    if (course === 'broken') throw new SqliteFailure('SQLITE_FULL')
    if (storage.fullUntilMs > agenda.nowMs) {
      marks.hit('the disk is full at a commit')
      throw new SqliteFailure('SQLITE_FULL')
    }
    memory.commit.run()
    committed()
    if (course === 'after') outside.kill(name)
  }
  const prepare = (sql: string): unknown => {
    if (sql === 'begin immediate') return { run: begin }
    return sql === 'commit' ? { run: commit } : memory.prepare(sql)
  }
  return memory.connection({ prepare })
}
