/** The work of one flight. `close` lets nobody else join it, and returns the inputs of all callers that share it. */
export type Run<I, O> = (close: () => readonly I[]) => Promise<O>

type Flight<I, O> = {
  readonly inputs: I[]
  isOpen: boolean
  readonly result: Promise<O>
  next: Flight<I, O> | null
}

/**
 * Work that concurrent callers share. Callers that arrive before the run closes its flight share the result. Callers that arrive later share
 * exactly one more run after it: what they know may have become true after the first run read its data (R-07, P10).
 */
export class SingleFlight<I, O> {
  readonly #flights = new Map<string, Flight<I, O>>()

  join(key: string, input: I, run: Run<I, O>): Promise<O> {
    const current = this.#flights.get(key)
    if (current === undefined) {
      const flight = this.#start(input, run)
      this.#flights.set(key, flight)
      this.#forgetWhenEmpty(key, flight)
      return flight.result
    }
    const open = current.isOpen ? current : (current.next ??= this.#start(input, run, current.result))
    if (open.inputs[0] !== input) open.inputs.push(input)
    return open.result
  }

  /** The result of the newest flight under a key, for a caller that only waits; null without one. */
  inFlight(key: string): Promise<O> | null {
    const current = this.#flights.get(key)
    return current === undefined ? null : (current.next ?? current).result
  }

  #start(input: I, run: Run<I, O>, after?: Promise<O>): Flight<I, O> {
    const inputs = [input]
    const begin = async (): Promise<O> => {
      if (after !== undefined) await after.then(ignore, ignore)
      return run(() => {
        flight.isOpen = false
        return inputs
      })
    }
    // `begin` runs in a later microtask, so `flight` is assigned before `run` can close it.
    const result = Promise.resolve().then(begin)
    const flight: Flight<I, O> = { inputs, isOpen: true, result, next: null }
    return flight
  }

  /** Keeps the newest flight under its key, and deletes the key after the last one. */
  #forgetWhenEmpty(key: string, flight: Flight<I, O>): void {
    const ended = (): void => {
      if (flight.next === null) this.#flights.delete(key)
      else {
        this.#flights.set(key, flight.next)
        this.#forgetWhenEmpty(key, flight.next)
      }
    }
    flight.result.then(ended, ended)
  }
}

/** The callers of a flight receive its failure; the next flight only waits for its end. */
const ignore = (): void => undefined
