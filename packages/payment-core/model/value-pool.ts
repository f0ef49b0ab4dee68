/** Numbers distinct values, so that a state is a few integers and equal states have equal numbers. */
export class ValuePool<T> {
  readonly #ids = new Map<string, number>()
  readonly #values: T[] = []

  id(value: T): number {
    const text = JSON.stringify(value)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#ids.set(text, this.#values.length)
    return this.#values.push(value) - 1
  }

  at(id: number): T {
    const value = this.#values[id]
    if (value === undefined) throw new Error(`nothing has the number ${id}`)
    return value
  }

  get size(): number {
    return this.#values.length
  }
}

/** The factor for packing two numbers into one key. A pool never grows beyond it. */
export const STRIDE = 2 ** 25

/** Caches the results of a function of two small numbers. */
export function memoized<T>(work: (a: number, b: number) => T): (a: number, b: number) => T {
  // Integer keys below 2^30 are several times faster than larger ones, so the two numbers are not packed into one.
  const known = new Map<number, Map<number, T>>()
  return (a, b) => {
    const ofFirst = known.get(a) ?? new Map<number, T>()
    if (ofFirst.size === 0) known.set(a, ofFirst)
    const held = ofFirst.get(b)
    if (held !== undefined) return held
    const made = work(a, b)
    ofFirst.set(b, made)
    return made
  }
}
