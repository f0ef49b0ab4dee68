import type { State } from './world.ts'

const FIELDS = 9

/**
 * All visited states, each once. The numbers of a state's parts lie side by side in one array, with open addressing. States are compared whole,
 * never by a hash alone.
 */
export class SeenStates {
  #rows = new Int32Array(FIELDS * 1024)
  #slots = new Int32Array(4096)
  count = 0

  /** Returns the state's number, and whether the state is new. */
  add(state: State, parent: number): { readonly at: number; readonly isNew: boolean } {
    const mask = this.#slots.length - 1
    let slot = hashOf(state) & mask
    for (;;) {
      const at = (this.#slots[slot] ?? 0) - 1
      if (at < 0) break
      if (this.#isAt(at, state)) return { at, isNew: false }
      slot = (slot + 1) & mask
    }
    const at = this.count
    this.#write(at, state, parent)
    this.#slots[slot] = at + 1
    this.count += 1
    if (this.count * 2 > this.#slots.length) this.#rehash()
    return { at, isNew: true }
  }

  at(at: number): State {
    const from = at * FIELDS
    const part = (field: number): number => this.#rows[from + field] ?? 0
    return {
      truth: part(0),
      record: part(1),
      rows: part(2),
      a: part(3),
      b: part(4),
      calls: part(5),
      claims: part(6),
      behind: part(7),
    }
  }

  /** The state from which this one was first reached; -1 for the start. */
  parentOf(at: number): number {
    return this.#rows[at * FIELDS + 8] ?? -1
  }

  #isAt(at: number, state: State): boolean {
    const rows = this.#rows
    const from = at * FIELDS
    return (
      rows[from] === state.truth &&
      rows[from + 1] === state.record &&
      rows[from + 2] === state.rows &&
      rows[from + 3] === state.a &&
      rows[from + 4] === state.b &&
      rows[from + 5] === state.calls &&
      rows[from + 6] === state.claims &&
      rows[from + 7] === state.behind
    )
  }

  #write(at: number, state: State, parent: number): void {
    if ((at + 1) * FIELDS > this.#rows.length) {
      const larger = new Int32Array(Math.ceil(this.#rows.length * 1.5))
      larger.set(this.#rows)
      this.#rows = larger
    }
    const { truth, record, rows, a, b, calls, claims, behind } = state
    this.#rows.set([truth, record, rows, a, b, calls, claims, behind, parent], at * FIELDS)
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let at = 0; at < this.count; at += 1) {
      let slot = hashOf(this.at(at)) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = at + 1
    }
  }
}

function hashOf({ truth, record, rows, a, b, calls, claims, behind }: State): number {
  let hash = Math.imul(truth + 1, 0x9e3779b1) ^ Math.imul(record + 7, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ Math.imul(rows + 11, 0x27d4eb2f)
  hash = Math.imul(hash ^ (hash >>> 13), 0x165667b1) ^ Math.imul(a + 13, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ Math.imul(b + 17, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f) ^ Math.imul(calls + 19, 0x165667b1)
  hash = Math.imul(hash ^ (hash >>> 13), 0x9e3779b1) ^ Math.imul(claims + 23, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f) ^ Math.imul(behind + 29, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
