// What recorded runs have seen of each file: its content, and what became of its mutants. Written by those runs alone.

import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import { z } from 'zod'
import { root, type Room } from './rooms.ts'

const path = `${root}packages/repo-tools/mutation/recorded.json`

const Recorded = z.object({
  commit: z.string(),
  killed: z.number(),
  timedOut: z.number(),
  alive: z.number(),
  invalid: z.number(),
  seconds: z.number(),
})
export type Recorded = z.infer<typeof Recorded>
/** By room and file. */
const Notes = z.record(z.string(), z.record(z.string(), Recorded.extend({ content: z.string() })))
type Notes = z.infer<typeof Notes>

/** The files a room mutates, from its package, in order. */
export function filesOf({ folder, mutated }: Room): string[] {
  const [wanted, unwanted] = [false, true].map((isRefusal) =>
    mutated.filter((glob) => glob.startsWith('!') === isRefusal).map((glob) => glob.replace(/^!/, '')),
  )
  return globSync(wanted ?? [], { cwd: `${root}${folder}`, exclude: unwanted ?? [] }).toSorted()
}

export const bytesOf = ({ folder }: Room, file: string): number =>
  readFileSync(`${root}${folder}/${file}`).byteLength

/**
 * What of a source decides about its mutants: its code. Comments, line breaks and where it imports from may change, and its mutants stay what
 * they were.
 */
export function codeOf(source: string): string {
  const { program, comments } = parseSync('source.ts', source)
  const isImport = ({ type }: { readonly type: string }): boolean =>
    type === 'ImportDeclaration' || type === 'ExportAllDeclaration'
  const left = [...comments, ...program.body.filter(isImport)].toSorted((a, b) => a.start - b.start)
  const ends = left.map(({ end }) => end)
  const code = [0, ...ends].map((from, index) => source.slice(from, left[index]?.start ?? source.length))
  return code.join(' ').replaceAll(/\s+/g, ' ').trim()
}

const contentOf = (room: Room, file: string): string =>
  createHash('sha256')
    .update(codeOf(readFileSync(`${root}${room.folder}/${file}`, 'utf8')))
    .digest('hex')

function read(): Notes {
  return Notes.parse(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {})
}

/** Those whose code no recorded run has seen; all of them when there was none. */
export function changedFiles(room: Room): string[] {
  const seen = read()[room.name] ?? {}
  return filesOf(room).filter((file) => seen[file]?.content !== contentOf(room, file))
}

/** What is noted of the room's files. */
export function recordedFiles(room: Room): Recorded[] {
  const seen = read()[room.name] ?? {}
  return filesOf(room).flatMap((file) => seen[file] ?? [])
}

/** Notes a file as it is now; those that are no more are forgotten. */
export function recordFile(room: Room, file: string, found: Recorded): void {
  const all = read()
  const known = { ...all[room.name], [file]: { ...found, content: contentOf(room, file) } }
  const kept = Object.fromEntries(filesOf(room).flatMap((each) => (known[each] ? [[each, known[each]]] : [])))
  writeFileSync(path, `${JSON.stringify({ ...all, [room.name]: kept }, null, 2)}\n`)
}
