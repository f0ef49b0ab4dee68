// Everything that a program has started, as Linux lists it in /proc; elsewhere a program's group alone is known.

import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process, and when it began: a number is given again to another once its process is gone. */
type Born = { readonly parent: number; readonly startedAt: string }

/** Follows a program and its descendants, including those that outlive their parents. */
export class Descendants {
  readonly root: number
  readonly #known = new Map<number, string>()
  /** The most memory that all of them held at once. */
  peakBytes = 0

  constructor(root: number) {
    this.root = root
  }

  /** Looks who is there now, and how much they hold together; how many there are. */
  look(): number {
    const all = everybody()
    const alive = this.#alive(all)
    const family = new Set([this.root, ...alive])
    // Children are listed in any order: again until nobody is new.
    for (let size = 0; size !== family.size;) {
      size = family.size
      for (const [pid, { parent }] of all) if (family.has(parent)) family.add(pid)
    }
    for (const pid of family) {
      const startedAt = all.get(pid)?.startedAt
      if (startedAt !== undefined) this.#known.set(pid, startedAt)
    }
    const bytes = [...family].reduce((sum, pid) => sum + memoryOf(pid), 0)
    this.peakBytes = Math.max(this.peakBytes, bytes)
    return this.#alive(all).length
  }

  /** Sends a signal to all who are left; how many there were. */
  signal(name: NodeJS.Signals): number {
    this.look()
    const alive = this.#alive(everybody())
    for (const pid of alive) send(pid, name)
    return alive.length
  }

  #alive(all: ReadonlyMap<number, Born>): number[] {
    return [...this.#known].flatMap(([pid, startedAt]) =>
      all.get(pid)?.startedAt === startedAt ? [pid] : [],
    )
  }
}

/** False when nobody has this number any more. */
export function send(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

function everybody(): Map<number, Born> {
  const pids = existsSync('/proc/self/stat') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return new Map(
    pids.flatMap((name) => {
      // After the name of the program, which may hold anything: state, parent, …, and as the twentieth the time it began.
      const fields = read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
      const [state, parent] = fields
      const isGone = parent === undefined || state === 'Z'
      return isGone ? [] : [[Number(name), { parent: Number(parent), startedAt: fields[19] ?? '' }] as const]
    }),
  )
}

/** Its share of the memory that several hold together, and all of its own. */
const memoryOf = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024

/** Empty when the process is gone, or is not ours to look at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error) return ''
    throw error
  }
}
