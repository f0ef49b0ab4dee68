import pg from 'pg'

/** Work of this thread that ends on another one or in another process: a world's time waits for it, however long it takes. */
const underWay = new Set<PromiseLike<unknown>>()
let begun = 0

/** Counts a promise as work under way until it settles. */
export function during<T>(work: Promise<T>): Promise<T> {
  underWay.add(work)
  begun += 1
  const end = (): void => void underWay.delete(work)
  work.then(end, end)
  return work
}

/** Turns of the event loop in which nothing is under way, or has been: what they set off has then run until it waits for the clock. */
const STILL_TURNS = 3

/** Resolves once everything that runs by itself waits for the clock. */
export async function atRest(): Promise<void> {
  let known = begun
  for (let still = 0; still < STILL_TURNS; still += 1) {
    await new Promise((resolve) => void setImmediate(resolve))
    // What was asked and answered between two looks may ask again in this very turn.
    if (underWay.size === 0 && begun === known) continue
    still = -1
    known = begun
    await Promise.allSettled(underWay)
  }
}

const counted = new WeakSet<object>()

/** From now on whatever is asked of Postgres on this thread is counted. */
export function countPostgres(): void {
  for (const [owner, name] of [
    [pg.Client.prototype, 'query'],
    [pg.Pool.prototype, 'query'],
    [pg.Pool.prototype, 'connect'],
  ] as const)
    countPromisesOf(owner, name)
}

function countPromisesOf(owner: object, name: string): void {
  const asked: unknown = Reflect.get(owner, name)
  if (typeof asked !== 'function' || counted.has(asked)) return
  const counting = function (this: unknown, ...given: unknown[]): unknown {
    const answer: unknown = Reflect.apply(asked, this, given)
    return answer instanceof Promise ? during(answer) : answer
  }
  counted.add(counting)
  Reflect.set(owner, name, counting)
}
