/** A flight's run. `takeInputs` closes it to newcomers and gives what all who share it brought along. */
export type Run<I, O> = (takeInputs: () => readonly I[]) => Promise<O>

type Flight<I, O> = {
  readonly inputs: I[]
  isOpen: boolean
  readonly landed: Promise<O>
  next: Flight<I, O> | null
}

/**
 * Work that is shared while it is in flight. Who comes before it has begun shares it; who comes later causes exactly one more, which all
 * later ones share: what they bring may have become true after the first one looked (product.md §2.3, R-07, P10).
 */
export class SingleFlight<I, O> {
  readonly #flying = new Map<string, Flight<I, O>>()

  join(key: string, input: I, run: Run<I, O>): Promise<O> {
    const current = this.#flying.get(key)
    if (current === undefined) {
      const flight = this.#start(input, run)
      this.#flying.set(key, flight)
      this.#forgetWhenEmpty(key, flight)
      return flight.landed
    }
    const open = current.isOpen ? current : (current.next ??= this.#start(input, run, current.landed))
    if (open.inputs[0] !== input) open.inputs.push(input)
    return open.landed
  }

  /** The newest flight under a key, for those who only want to wait for it. */
  underWay(key: string): Promise<O> | null {
    const current = this.#flying.get(key)
    return current === undefined ? null : (current.next ?? current).landed
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
    // `begin` suspends before `run` boards, so `flight` is set by then even for the first one.
    const landed = Promise.resolve().then(begin)
    const flight: Flight<I, O> = { inputs, isOpen: true, landed, next: null }
    return flight
  }

  /** Keeps the newest flight under its key, and nothing once the last has landed. */
  #forgetWhenEmpty(key: string, flight: Flight<I, O>): void {
    const landed = (): void => {
      if (flight.next === null) this.#flying.delete(key)
      else {
        this.#flying.set(key, flight.next)
        this.#forgetWhenEmpty(key, flight.next)
      }
    }
    flight.landed.then(landed, landed)
  }
}

/** Each waiter of a flight hears its outcome, failures included; the bookkeeping only waits for the end. */
const ignore = (): void => undefined
