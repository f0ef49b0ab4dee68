import { limits } from '../config/limits.ts'

type Kind = keyof typeof limits.placesMax

/** Counts the requests that are being answered, by kind of route and by address. An open event stream is one of them. */
export class Places {
  readonly #taken: Record<Kind, number> = { webhook: 0, page: 0, call: 0, watch: 0, other: 0 }
  readonly #takenBy = new Map<string, number>()

  /** Whether a place of the kind is free. */
  hasRoom(kind: Kind): boolean {
    return this.#taken[kind] < limits.placesMax[kind]
  }

  /** Whether a caller without an own link finds a place: such callers leave some to the others, and one address leaves some to the next. */
  hasRoomForStranger(kind: Kind, address: string): boolean {
    const max = limits.placesMax[kind]
    const ofAddress = this.#takenBy.get(keyOf(kind, address)) ?? 0
    return this.#taken[kind] < max * limits.strangersPart && ofAddress < Math.floor(max * limits.addressPart)
  }

  /** Takes a place and returns the function that frees it. `address` is null for a caller whose address does not count. */
  take(kind: Kind, address: string | null): () => void {
    this.#taken[kind] += 1
    if (address === null) return () => void (this.#taken[kind] -= 1)
    const key = keyOf(kind, address)
    this.#takenBy.set(key, (this.#takenBy.get(key) ?? 0) + 1)
    return () => {
      this.#taken[kind] -= 1
      const others = (this.#takenBy.get(key) ?? 1) - 1
      if (others === 0) this.#takenBy.delete(key)
      else this.#takenBy.set(key, others)
    }
  }
}

const keyOf = (kind: Kind, address: string): string => `${kind} ${address}`
