import { createHash } from 'node:crypto'
import type { Box, Rules } from './box.ts'
import type { Fault } from './decided.ts'
import { STRIDE } from './pool.ts'
import { Rest } from './rest.ts'
import { SeenStates } from './seen-states.ts'
import { faultOfCancels } from './sent.ts'
import { stepsFrom } from './steps.ts'
import { World, type State } from './world.ts'

/** What was found: everything inside the box, or the shortest way to a broken promise. */
export type Explored = {
  readonly states: number
  readonly transitions: number
  /** Steps to the state that is farthest from the beginning. */
  readonly depth: number
  /** Every state was met and each of its steps made. */
  readonly toTheEnd: boolean
  readonly broken: (Fault & { readonly trace: readonly string[] }) | null
  /** How orders end, with how many states at rest end so. */
  readonly ends: ReadonlyMap<string, number>
  readonly parts: {
    readonly records: number
    readonly truths: number
    readonly decisions: number
  }
  /** A digest of every pair of a record and the gateway's truth that was met: boxes are compared by it. */
  readonly reached: () => string
}

export type Progress = (states: number, transitions: number, depth: number) => void

/**
 * The core is the real one: `decide`, `decideCancel`, `nextStep`, `afterRefusal`, `openReviewFor` and `screenOf` are called with real orders,
 * payments, observations and intents. What the server does around them is written down again here, each piece with the file it stands for.
 *
 * Assumed: what the gateway has accepted without our hearing of it is booked or denied by the time its record has been unchanged in two looks at
 * least `CANCEL_SETTLE_MS` after the call. Nothing in V1 could tell of it later. A call that is still on its way by then is not excluded: it is
 * compared with the balance it carries when it arrives, and if the gateway books another one late all the same, a person is called (S-24). A
 * gateway's replica is at most one step of its books behind, and answers so at most once or twice (`Box.lags`) between two steps.
 *
 * Left out: PGs that lose our mark in a cancel's reason, cancels of accounts that are booked later, gateways that contradict themselves for good
 * (the properties of `decide` have those), a gateway that does not say which amount it holds fixed, an amount of our own fixed there, an orphan's
 * row written in the moment its order is registered, rows of intents that change between their reading and the guarded write, and look-ups of
 * an order that are pieced together over several pages.
 *
 * Breadth first over everything that can happen, until nothing new does. Each state is held to the promises when it is met, each step when
 * it is made, so that the first broken one has the shortest trace.
 */
export function explore(box: Box, rules: Rules, progress: Progress, statesMax = Infinity): Explored {
  const world = new World(box, rules)
  const rest = new Rest(world)
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
      const fault = world.broken ?? (met.isNew ? faultOf(world, rest, next) : null)
      if (fault !== null) broken = { ...fault, trace: traceTo(world, seen, from, next, nth) }
    })
  }
  return {
    states: seen.count,
    transitions,
    depth,
    toTheEnd: from === seen.count && broken === null,
    broken,
    ends: rest.names,
    parts: {
      records: world.records.pool.size,
      truths: world.truths.size,
      decisions: world.records.recorded.length,
    },
    reached: () => reachedIn(world, seen),
  }
}

const faultOf = (world: World, rest: Rest, state: State): Fault | null =>
  world.faultOfRecord(state.record, 0).fault ??
  world.faultOfBooks(state.record, state.truth).fault ??
  faultOfCancels(world, state) ??
  world.faultOfRows(state.rows, state.record).fault ??
  rest.faultOf(state)

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

/** The way from the beginning in words: each step is made again, telling. */
function traceTo(world: World, seen: SeenStates, last: number, end: State, nth: number): string[] {
  const way: State[] = [end]
  for (let at = last; at >= 0; at = seen.parentOf(at)) way.unshift(seen.at(at))
  world.tells = true
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
