// What the last recorded run of each room has seen: the content of every file it mutated. Written by that run alone.

import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { root, type Room } from './rooms.ts'

const path = `${root}mutation/recorded.json`
type Contents = Readonly<Record<string, string>>

/** The files a room mutates, from its package, in order. */
export function filesOf({ folder, mutated }: Room): string[] {
  const [wanted, unwanted] = [false, true].map((isRefusal) =>
    mutated.filter((glob) => glob.startsWith('!') === isRefusal).map((glob) => glob.replace(/^!/, '')),
  )
  return globSync(wanted ?? [], { cwd: `${root}${folder}`, exclude: unwanted ?? [] }).toSorted()
}

export const bytesOf = ({ folder }: Room, file: string): number =>
  readFileSync(`${root}${folder}/${file}`).byteLength

function contentsOf(room: Room): Contents {
  const contentOf = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(`${root}${room.folder}/${file}`))
      .digest('hex')
  return Object.fromEntries(filesOf(room).map((file) => [file, contentOf(file)]))
}

function readRecorded(): Map<string, Map<string, unknown>> {
  const read: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  return new Map(Object.entries(read ?? {}).map(([name, files]) => [name, new Map(Object.entries(files))]))
}

/** Those whose content the recorded run has not seen; all of them when there was none. */
export function changedFiles(room: Room): string[] {
  const seen = readRecorded().get(room.name)
  return Object.entries(contentsOf(room))
    .filter(([file, content]) => seen?.get(file) !== content)
    .map(([file]) => file)
}

export function recordContents(room: Room): void {
  const all = readRecorded().set(room.name, new Map(Object.entries(contentsOf(room))))
  const written = Object.fromEntries([...all].map(([name, files]) => [name, Object.fromEntries(files)]))
  writeFileSync(path, `${JSON.stringify(written, null, 2)}\n`)
}
