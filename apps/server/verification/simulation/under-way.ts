import type { ServerName } from './story.ts'

/** Calls that servers have sent and wait for. */
export class UnderWay {
  /** Reviews that somebody is about to end. */
  readonly resolving = new Set<string>()
  readonly #counts = new Map<string, number>()

  begin(path: string, from: ServerName): void {
    this.#add(`${from} ${path}`, 1)
  }

  end(path: string, from: ServerName): void {
    this.#add(`${from} ${path}`, -1)
  }

  count(path: string, from?: ServerName): number {
    return from === undefined ? this.#of(`A ${path}`) + this.#of(`B ${path}`) : this.#of(`${from} ${path}`)
  }

  is(path: string, from?: ServerName): boolean {
    return this.count(path, from) > 0
  }

  /** What a process that has died waited for. */
  forget(from: ServerName): string[] {
    const paths: string[] = []
    for (const [key, count] of this.#counts)
      if (key.startsWith(from) && count > 0) {
        paths.push(key.slice(2))
        this.#counts.set(key, 0)
      }
    return paths
  }

  #of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  #add(key: string, by: number): void {
    this.#counts.set(key, Math.max(0, this.#of(key) + by))
  }
}
