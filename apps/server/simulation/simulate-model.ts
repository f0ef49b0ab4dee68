import { ModelWorld } from './model-world.ts'
import { must, Violation } from './safety.ts'

/** One story under two schedules: all that must hold after every step of both, and the same end. */
export function simulateModel(seed: number) {
  const [one, other] = [new ModelWorld(seed, seed * 2 + 1), new ModelWorld(seed, seed * 2 + 2)]
  let violation: { readonly id: string; readonly what: string } | null = null
  try {
    one.run()
    other.run()
    const [end, otherEnd] = [one.end(), other.end()]
    // Which account was closed before its deposit came is the schedule's: then the truth itself is another.
    must(end === null || otherEnd === null || end === otherEnd, 'S-12', () => `${end} and ${otherEnd}`)
  } catch (error) {
    const id = error instanceof Violation ? error.id : 'threw'
    violation = { id, what: error instanceof Error ? error.message : String(error) }
  }
  const marks = new Map<string, number>()
  for (const world of [one, other])
    for (const [name, count] of world.marks)
      marks.set(`model: ${name}`, (marks.get(`model: ${name}`) ?? 0) + count)
  return { seed, violation, steps: one.steps + other.steps, marks, trace: one.trace, truthMs: 0 }
}
