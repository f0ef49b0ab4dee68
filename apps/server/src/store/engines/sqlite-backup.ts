import BetterSqlite3 from 'better-sqlite3'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseUnusable } from './database.ts'
import { codeOf, messageOf } from './driver-error.ts'
import { damaged, OPENING_WAIT_MS, pathOf } from './sqlite.ts'

export type Backup = { readonly path: string; readonly bytes: number; readonly orders: number }

/**
 * Backs up a SQLite database that servers may keep writing to. The backup holds every write acknowledged before it began.
 * Throws `DatabaseUnusable` for Postgres, for a missing source, and for an existing target.
 */
export function backUp(from: string, path: string): Backup {
  if (/^postgres(ql)?:/.test(from))
    throw new DatabaseUnusable(
      'Postgres is backed up with its own tools: pg_dump --format=custom --file=landfall.dump <DATABASE_URL>',
    )
  return { path, ...backUpFile(pathOf(from), path) }
}

/**
 * Copies the file's current content to another file, in one read transaction that blocks no writer. The copy gets its
 * name only after an integrity check and a sync, so every backup under that name is complete. Throws `DatabaseUnusable`.
 */
function backUpFile(path: string, into: string): { readonly bytes: number; readonly orders: number } {
  if (!existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  if (existsSync(into))
    throw new DatabaseUnusable(`${into} already exists: a backup never overwrites a file.`)
  const unfinished = `${into}.unfinished`
  rmSync(unfinished, { force: true })
  const live = new BetterSqlite3(path, { readonly: true, timeout: OPENING_WAIT_MS })
  try {
    live.prepare('vacuum into ?').run(unfinished)
    const orders = ordersOfSound(unfinished)
    syncPath(unfinished)
    renameSync(unfinished, into)
    syncPath(dirname(into))
    return { bytes: statSync(into).size, orders }
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw codeOf(error).startsWith('SQLITE_') ? new DatabaseUnusable(`${path}: ${messageOf(error)}`) : error
  } finally {
    live.close()
  }
}

function ordersOfSound(path: string): number {
  const raw = new BetterSqlite3(path, { readonly: true })
  try {
    const found = raw.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw damaged(path, String(found))
    return Number(raw.prepare('select count(*) from orders').pluck().get())
  } finally {
    raw.close()
  }
}

function syncPath(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}
