import type { Call } from './power-trace.ts'

/** What a power loss leaves of the calls since the last sync. `torn` writes leave some of their sectors behind. */
export const losses = ['none', 'all', 'alone', 'some', 'torn at 512', 'torn at 4096'] as const
export type Loss = (typeof losses)[number]

type Change = { readonly at: number; readonly data: Buffer } | { readonly size: number }
/** A file under whatever name, or under none any more. */
type Inode = { safe: Buffer; readonly pending: Change[] }
type Naming = { readonly file: string; readonly inode: Inode | null }

/**
 * A disk that keeps only what it was told to sync: of the rest, any part may be there after a power loss, in any order. Names are held as
 * strictly as contents: a new file is found again only once its folder was synced.
 */
export class Disk {
  readonly #named = new Map<string, Inode>()
  readonly #safeNames = new Map<string, Inode>()
  readonly #namings: Naming[] = []

  apply(call: Call): void {
    switch (call.kind) {
      case 'create':
        if (!this.#named.has(call.file)) this.#name(call.file, { safe: Buffer.alloc(0), pending: [] })
        return
      case 'remove':
        this.#name(call.file, null)
        return
      case 'write':
      case 'truncate':
        this.#inode(call.file).pending.push(call)
        return
      case 'sync': {
        const inode = this.#inode(call.file)
        inode.safe = changed(inode.safe, inode.pending.splice(0))
        return
      }
      case 'sync_folder':
        for (const naming of this.#namings.splice(0)) rename(this.#safeNames, naming)
        return
      case 'owed':
        return
    }
  }

  /** How many calls are not yet safe. */
  unsynced(): number {
    return this.#namings.length + this.#inodes().reduce((sum, { pending }) => sum + pending.length, 0)
  }

  /** The files as they are found after a power loss now. */
  after(loss: Loss, random: () => number): ReadonlyMap<string, Buffer> {
    const keeps = keeping(loss, this.unsynced(), random)
    const names = new Map(this.#safeNames)
    for (const naming of this.#namings) if (keeps()) rename(names, naming)
    const contents = new Map(
      this.#inodes().map((inode) => [
        inode,
        changed(
          inode.safe,
          inode.pending.flatMap((each) => left(each, loss, keeps)),
        ),
      ]),
    )
    return new Map([...names].map(([file, inode]) => [file, contents.get(inode) ?? inode.safe]))
  }

  #name(file: string, inode: Inode | null): void {
    const naming = { file, inode }
    this.#namings.push(naming)
    rename(this.#named, naming)
  }

  #inode(file: string): Inode {
    const inode = this.#named.get(file)
    if (inode === undefined) throw new Error(`${file} was never made`)
    return inode
  }

  #inodes(): readonly Inode[] {
    return [...new Set([...this.#named.values(), ...this.#safeNames.values()])]
  }
}

function rename(names: Map<string, Inode>, { file, inode }: Naming): void {
  if (inode === null) names.delete(file)
  else names.set(file, inode)
}

/** Asked once for each unsynced call, or for each sector of a torn one: is it there afterwards? */
function keeping(loss: Loss, calls: number, random: () => number): () => boolean {
  let asked = -1
  switch (loss) {
    case 'none':
      return () => false
    case 'all':
      return () => true
    case 'alone': {
      const kept = Math.floor(random() * calls)
      return () => (asked += 1) === kept
    }
    case 'some':
    case 'torn at 512':
    case 'torn at 4096': {
      // Almost everything, almost nothing, and all between.
      const share = random()
      return () => random() < share
    }
  }
}

function left(change: Change, loss: Loss, keeps: () => boolean): readonly Change[] {
  const sector = loss === 'torn at 512' ? 512 : loss === 'torn at 4096' ? 4_096 : null
  if (sector === null || !('data' in change)) return keeps() ? [change] : []
  const { at, data } = change
  const parts: Change[] = []
  for (let from = at; from < at + data.length; from = (Math.floor(from / sector) + 1) * sector) {
    const to = Math.min((Math.floor(from / sector) + 1) * sector, at + data.length)
    if (keeps()) parts.push({ at: from, data: data.subarray(from - at, to - at) })
  }
  return parts
}

/** A file after these changes; what was never written in between reads as zeros. */
function changed(before: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((each) => ('size' in each ? each.size : each.at + each.data.length))
  const room = Buffer.alloc(Math.max(before.length, ...ends))
  before.copy(room)
  let size = before.length
  for (const each of changes) {
    if ('size' in each) {
      room.fill(0, Math.min(size, each.size))
      size = each.size
    } else {
      each.data.copy(room, each.at)
      size = Math.max(size, each.at + each.data.length)
    }
  }
  return room.subarray(0, size)
}
