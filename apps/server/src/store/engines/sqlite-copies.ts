import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseUnusable } from './database.ts'
import { backUp, type Backup } from './sqlite-backup.ts'
import { pathOf } from './sqlite.ts'

const DAY_MS = 24 * 3_600_000
const named = /^landfall-(\d{8}T\d{6}Z)\.db$/
const begun = /^landfall-(\d{8}T\d{6})Z\.db\.unfinished$/
const stampOf = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d+/g, '')

type Calendar = { readonly nowMs: () => number; readonly date: (ms: number) => Date }

/**
 * Backs up into a folder, under the time of the call, and then deletes all but the newest `keep` backups there. Nothing is deleted unless the
 * new backup is whole. What an earlier run left unfinished is deleted after a day. Throws `DatabaseUnusable`.
 */
export function backUpInto(
  from: string,
  folder: string,
  keep: number,
  clock: Calendar,
): Backup & { readonly deleted: readonly string[] } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const nowMs = clock.nowMs()
  const backup = backUp(from, join(folder, `landfall-${stampOf(clock.date(nowMs))}.db`))
  const names = readdirSync(folder)
  const old = names
    .filter((name) => named.test(name))
    .toSorted()
    .toReversed()
    .slice(keep)
  const dayAgo = stampOf(clock.date(nowMs - DAY_MS))
  const left = names.filter((name) => (begun.exec(name)?.[1] ?? '9') < dayAgo)
  for (const name of [...old, ...left]) rmSync(join(folder, name), { force: true })
  return { ...backup, deleted: old }
}

/** A copy of a SQLite file that nobody else has, in a folder that goes with it. Throws `DatabaseUnusable`. */
export function copyAside(url: string): Disposable & { readonly url: string } {
  const path = pathOf(url)
  if (!existsSync(path)) throw new DatabaseUnusable(`There is no file ${path}.`)
  if (existsSync(`${path}-wal`))
    throw new DatabaseUnusable(
      `${path}-wal is beside it: this is a database that servers use, and not a backup. Make one with «backup».`,
    )
  const copy = join(mkdtempSync(join(tmpdir(), 'landfall-drill-')), 'landfall.db')
  copyFileSync(path, copy)
  return {
    url: `file:${copy}`,
    [Symbol.dispose]: () => rmSync(dirname(copy), { recursive: true, force: true }),
  }
}
