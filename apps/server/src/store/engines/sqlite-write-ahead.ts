import type { Database } from 'better-sqlite3'
import { codeOf } from './failure.ts'

/** How often opening tries, and how long it waits in between: five seconds in all. */
const TRIES_MAX = 250
const TRY_EVERY_MS = 20

/**
 * Changes a connection to write-ahead logging and returns the journal mode it has then. A new file is changed once, and SQLite does not apply
 * its busy timeout to that: of processes that start together all but one are refused at once (K-07).
 */
export function writeAhead(raw: Database): unknown {
  for (let tries = 1; ; tries += 1) {
    try {
      return raw.pragma('journal_mode = WAL', { simple: true })
    } catch (error) {
      if (tries === TRIES_MAX || !codeOf(error).startsWith('SQLITE_BUSY')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_EVERY_MS)
    }
  }
}
