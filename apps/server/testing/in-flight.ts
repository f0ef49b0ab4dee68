import pg from 'pg'

/** Work of this thread that ends on another thread or in another process. Test time waits for it. */
const underWay = new Set<PromiseLike<unknown>>()
let begun = 0

/** Counts a promise as pending work until it settles. */
export function during<T>(work: Promise<T>): Promise<T> {
  underWay.add(work)
  begun += 1
  const end = (): void => void underWay.delete(work)
  work.then(end, end)
  return work
}

/** Consecutive event-loop turns without pending work, after which all code waits for the clock. */
const STILL_TURNS = 3

/** Resolves when all code waits for the clock. */
export async function atRest(): Promise<void> {
  let known = begun
  for (let still = 0; still < STILL_TURNS; still += 1) {
    await new Promise((resolve) => void setImmediate(resolve))
    // Work that began and ended since the last check may start more work in this turn.
    if (underWay.size === 0 && begun === known) continue
    still = -1
    known = begun
    await Promise.allSettled(underWay)
  }
}

const counted = new WeakSet<object>()

/** Counts every Postgres query of this thread as pending work from now on. */
export function countPostgres(): void {
  for (const [owner, name] of [
    [pg.Client.prototype, 'query'],
    [pg.Pool.prototype, 'query'],
    [pg.Pool.prototype, 'connect'],
  ] as const)
    countPromisesOf(owner, name)
}

function countPromisesOf(owner: object, name: string): void {
  const method: unknown = Reflect.get(owner, name)
  if (typeof method !== 'function' || counted.has(method)) return
  const counting = function (this: unknown, ...given: unknown[]): unknown {
    const answer: unknown = Reflect.apply(method, this, given)
    return answer instanceof Promise ? during(answer) : answer
  }
  counted.add(counting)
  Reflect.set(owner, name, counting)
}
