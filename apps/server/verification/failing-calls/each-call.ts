import { play, type Replay } from './replay.ts'
import type { Scenario } from './scenario.ts'
import { errors, lastings, type FailingCall } from './failing-call.ts'

/** Which errors each call fails with: one of the three in turn and once, or each of them, once and for ever. */
export type Thoroughness = 'in turn' | 'all'

/** What must hold and did not: in which scenario, at which call, failing how. `failing` is null when nothing failed on purpose. */
export type Found = { readonly scenario: string; readonly failing: FailingCall | null; readonly what: string }

export type Tally = {
  readonly calls: number
  readonly replays: number
  /** How often a replay failed a call of a kind, and with which error. */
  readonly kinds: ReadonlyMap<string, number>
  readonly errors: ReadonlyMap<string, number>
  /** Replays that ended in another way that their scenario allows. */
  readonly otherwise: number
  readonly found: readonly Found[]
}

/** Plays a scenario untouched, and then once for each of its calls, with that call failing. */
export async function failEachCall(scenario: Scenario, index: number, how: Thoroughness): Promise<Tally> {
  const untouched = await play(scenario, null, null)
  const found: Found[] = objectionsTo(scenario, untouched).map((what) => ({
    scenario: scenario.name,
    failing: null,
    what,
  }))
  const kinds = new Map<string, number>()
  const byError = new Map<string, number>()
  let replays = 0
  let otherwise = 0
  for (const failing of strikesAt(untouched.kinds.length, index, how)) {
    const replay = await play(scenario, failing, untouched.end)
    replays += 1
    count(kinds, untouched.kinds[failing.call - 1] ?? '')
    count(byError, `${failing.error}, ${failing.lasting}`)
    if (replay.end.order !== untouched.end.order) otherwise += 1
    const what = replay.struck === 0 ? 'the call that was to fail was not made' : replay.violation?.what
    if (what !== undefined) found.push({ scenario: scenario.name, failing, what })
  }
  return { calls: untouched.kinds.length, replays, kinds, errors: byError, otherwise, found }
}

/** What is wrong with a scenario itself: it must reach the end it tells of, by then, and something must have been called on the way. */
function objectionsTo(scenario: Scenario, { violation, leftOver, end, kinds }: Replay): string[] {
  return [
    ...(violation === null ? [] : [violation.what]),
    ...(leftOver === null ? [] : [`it is not over: ${leftOver}`]),
    ...(end.order === scenario.ends ? [] : [`it ends as «${end.order}»`]),
    ...(kinds.length >= CALLS_LEAST ? [] : [`it makes ${kinds.length} calls only`]),
  ]
}
/** A server that starts, an order that is registered and a look at it make more. */
const CALLS_LEAST = 20

function strikesAt(calls: number, index: number, how: Thoroughness): FailingCall[] {
  return Array.from({ length: calls }, (_, at) => at + 1).flatMap((call): FailingCall[] => {
    if (how === 'all') return errors.flatMap((error) => lastings.map((lasting) => ({ call, error, lasting })))
    const error = errors[(index + call) % errors.length]
    return error === undefined ? [] : [{ call, error, lasting: 'once' }]
  })
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
