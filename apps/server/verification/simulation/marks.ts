/** Rare situations, counted by name as they are met. */
export class Marks {
  readonly counts = new Map<string, number>()

  hit(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  /** What the server says of itself. */
  log(_level: string, fields: unknown, message: unknown): void {
    const problem = problemIn(fields)
    this.hit(problem === null ? `log: ${String(message ?? fields)}` : `log: ${String(message)} (${problem})`)
  }

  add(others: Iterable<readonly [string, number]>): void {
    for (const [name, count] of others) this.counts.set(name, (this.counts.get(name) ?? 0) + count)
  }
}

function problemIn(fields: unknown): string | null {
  if (fields === null || typeof fields !== 'object' || !('problem' in fields)) return null
  const { problem } = fields
  if (problem === null || typeof problem !== 'object' || !('kind' in problem)) return null
  return String(problem.kind)
}
