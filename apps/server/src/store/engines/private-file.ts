import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, sep } from 'node:path'

/** Buyers' data are for the server's own user. */
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700
const OTHERS = 0o077

/** Creates a missing file, and its folder, for this user alone. SQLite gives its -wal and -shm the file's mode. */
export function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE_FILE))
}

/** What to say of a file that other users of the machine can read. Windows has no such modes. */
export const readersOf = (path: string): readonly string[] =>
  sep === '\\' || (statSync(path).mode & OTHERS) === 0
    ? []
    : [`Other users of this machine can read the database: run chmod 600 on ${path} and its -wal and -shm`]
