import type { Plan } from './story.ts'
import { endsOf, type End } from './ends.ts'
import { endEverything } from './last-person.ts'
import { healAndWait } from './liveness.ts'
import { Violation } from './safety.ts'
import type { Trace } from './trace.ts'
import { World } from './world.ts'

/** What came of one world: nothing wrong, or the first thing that was. */
export type Outcome = {
  readonly seed: number
  readonly violation: { readonly id: string; readonly what: string } | null
  readonly steps: number
  readonly marks: ReadonlyMap<string, number>
  readonly trace: Trace
  /** How long after everything had healed the books agreed with the gateway. */
  readonly truthMs: number
  readonly ends: ReadonlyMap<string, End>
}

/** Phase one: everything goes wrong, and all that must hold is looked at after every step. Phase two: everything heals, and all comes to rest. */
export async function simulate(plan: Plan): Promise<Outcome> {
  const world = new World(plan)
  let violation: Outcome['violation'] = null
  let ends: Outcome['ends'] = new Map()
  try {
    world.begin()
    await world.until(world.startMs + plan.healsAtMs)
    await healAndWait(world)
    ends = endsOf(world)
    await endEverything(world)
    world.audit()
  } catch (error) {
    violation =
      error instanceof Violation
        ? { id: error.id, what: error.message }
        : { id: 'threw', what: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  } finally {
    world.close()
  }
  const { steps, trace, reachedTruthMs: truthMs } = world
  return { seed: plan.seed, violation, steps, marks: world.marks.counts, trace, truthMs, ends }
}
