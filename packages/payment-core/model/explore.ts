import { createHash } from 'node:crypto'
import type { Bounds, Rules } from './bounds.ts'
import type { Fault } from './decision-invariants.ts'
import { STRIDE } from './value-pool.ts'
import { QuiescentStates } from './quiescence.ts'
import { SeenStates } from './seen-states.ts'
import { faultOfCancels } from './cancel-invariants.ts'
import { stepsFrom } from './steps.ts'
import { World, type State } from './world.ts'

/** The result of an exploration. If a promise is broken, it has the shortest trace to it. */
export type Explored = {
  readonly states: number
  readonly transitions: number
  /** The number of steps to the farthest state. */
  readonly depth: number
  /** True if every state was visited and every step was made. */
  readonly toTheEnd: boolean
  readonly broken: (Fault & { readonly trace: readonly string[] }) | null
  /** How orders end, with the number of quiescent states for each end. */
  readonly ends: ReadonlyMap<string, number>
  readonly parts: {
    readonly records: number
    readonly truths: number
    readonly decisions: number
  }
  /** A digest of all pairs of a record and the gateway's truth that were reached. Two explorations are compared by it. */
  readonly reached: () => string
}

export type Progress = (states: number, transitions: number, depth: number) => void

/**
 * Explores every state within the bounds, breadth first, so that the first broken promise has the shortest trace. Each state is checked when it is
 * first reached, each step when it is made.
 *
 * The core is the real one: `decide`, `decideCancel`, `nextStep`, `afterRefusal`, `openReviewFor` and `screenOf` get real orders, payments,
 * observations and intents. The server around them is modelled; each piece names the file it stands for.
 *
 * Assumptions: by two unchanged look-ups, `CANCEL_SETTLE_MS` after a call, the gateway has booked or denied what it accepted; the gateway could
 * report nothing later. A call may still arrive after that: the balance it carries is checked then, and a late booking calls a person (S-24). A
 * replica is at most one step behind, and answers so at most `Bounds.lags` times between two steps.
 *
 * Not modelled: PGs that lose our mark in a cancel's reason, late bookings of account closings, lasting contradictions (the properties of `decide`
 * cover them), a gateway that does not report the fixed amount, an amount that we fixed ourselves, an orphan that is recorded while its order is
 * registered, intents that change between reading and the guarded write, and look-ups that span several pages.
 */
export function explore(bounds: Bounds, rules: Rules, progress: Progress, statesMax = Infinity): Explored {
  const world = new World(bounds, rules)
  const quiescent = new QuiescentStates(world)
  const seen = new SeenStates()
  seen.add(world.start, -1)
  let transitions = 0
  let depth = 0
  let levelEnd = 1
  let broken: Explored['broken'] = null
  let from = 0
  for (; from < seen.count && broken === null && seen.count <= statesMax; from += 1) {
    if (from === levelEnd) {
      depth += 1
      levelEnd = seen.count
      progress(seen.count, transitions, depth)
    }
    const state = seen.at(from)
    let nth = 0
    stepsFrom(world, state, (next) => {
      transitions += 1
      nth += 1
      if (broken !== null) return
      const met = seen.add(next, from)
      const fault = world.broken ?? (met.isNew ? faultOf(world, quiescent, next) : null)
      if (fault !== null) broken = { ...fault, trace: traceTo(world, seen, from, next, nth) }
    })
  }
  return {
    states: seen.count,
    transitions,
    depth,
    toTheEnd: from === seen.count && broken === null,
    broken,
    ends: quiescent.names,
    parts: {
      records: world.records.pool.size,
      truths: world.truths.size,
      decisions: world.records.recorded.length,
    },
    reached: () => reachedIn(world, seen),
  }
}

const faultOf = (world: World, quiescent: QuiescentStates, state: State): Fault | null =>
  world.faultOfRecord(state.record, 0).fault ??
  world.faultOfBooks(state.record, state.truth).fault ??
  faultOfCancels(world, state) ??
  world.faultOfRows(state.rows, state.record).fault ??
  quiescent.faultOf(state)

function reachedIn(world: World, seen: SeenStates): string {
  const pairs = new Set<number>()
  for (let at = 0; at < seen.count; at += 1) {
    const { record, truth } = seen.at(at)
    pairs.add(record * STRIDE + truth)
  }
  const texts = [...pairs].map((pair) =>
    JSON.stringify([world.records.pool.at(Math.floor(pair / STRIDE)), world.truths.at(pair % STRIDE)]),
  )
  return `${pairs.size} ${createHash('sha256').update(texts.toSorted().join('\n')).digest('base64url')}`
}

/** Describes the path from the start. It makes each step again to get its words. */
function traceTo(world: World, seen: SeenStates, last: number, end: State, nth: number): string[] {
  const way: State[] = [end]
  for (let at = last; at >= 0; at = seen.parentOf(at)) way.unshift(seen.at(at))
  world.isTracing = true
  return way.slice(1).map((state, index) => {
    const before = way[index]
    let told = ''
    let step = 0
    const isLast = state === end
    if (before !== undefined)
      stepsFrom(world, before, (next, words) => {
        step += 1
        if (isLast ? step === nth : told === '' && isSame(next, state)) told = words
      })
    return told
  })
}

const isSame = (a: State, b: State): boolean =>
  a.truth === b.truth &&
  a.record === b.record &&
  a.rows === b.rows &&
  a.a === b.a &&
  a.b === b.b &&
  a.calls === b.calls &&
  a.claims === b.claims &&
  a.behind === b.behind
