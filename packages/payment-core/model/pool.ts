/** Gives equal values one small number, so that a state of the world is a few integers and equal states are equal. */
export class Pool<T> {
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

/** The larger factor of two numbers packed into one key: a pool never grows beyond it. */
export const STRIDE = 2 ** 25

/** What a function of two small numbers gave, once each. */
export function remembered<T>(work: (a: number, b: number) => T): (a: number, b: number) => T {
  // Whole numbers below 2^30 are found several times faster than larger ones: no two are packed into one.
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
