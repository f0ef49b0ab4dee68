import { Session } from 'node:inspector/promises'
import { targets, type Opened, type Target } from './targets.ts'

/** The seed of every run beside the fresh one. */
export const FIXED_SEED = 1

/** What the heap may hold more at the end than after a fifth of the inputs: caches fill up to their bounds, and nothing else. */
export const HEAP_GROWTH_MAX_BYTES = 16 * 1024 * 1024

export type Tally = {
  readonly target: string
  readonly what: string
  readonly inputs: number
  readonly seconds: number
  /** How often each outcome was met. */
  readonly met: Readonly<Record<string, number>>
  readonly heapAtFifthBytes: number
  readonly heapAtEndBytes: number
  /** The first thing that must never be, with what repeats it; null when there was none. */
  readonly failure: string | null
}
type Wish = {
  readonly inputs: number
  readonly seed: number
  /** Names of `targets`; all of them when left out. */
  readonly only?: readonly string[]
  readonly progress?: (text: string) => void
}

/** Gives each target its share of the inputs. The same seed makes the same inputs. */
export async function fuzz({
  inputs,
  seed,
  only = Object.keys(targets),
  progress = () => undefined,
}: Wish): Promise<Tally[]> {
  const tallies: Tally[] = []
  for (const name of only) {
    const target = targets[name]
    if (target === undefined)
      throw new Error(`there is no target ${name}: ${Object.keys(targets).join(', ')}`)
    const tally = await pour(name, target, Math.ceil((inputs * target.share) / 1_000), seed)
    progress(lineOf(tally))
    tallies.push(tally)
  }
  return tallies
}

export const lineOf = ({ target, inputs, seconds, failure }: Tally): string =>
  `${target}: ${inputs.toLocaleString('en')} inputs in ${seconds.toFixed(1)} s${failure === null ? '' : `\n${failure}`}`

/** Every round has a seed of its own, under which it is the first: the last of many is repeated as fast as that one. */
const seedOf = (seed: number, round: number): number => (seed + round * 1_000_003) % 2_147_483_647

async function pour(name: string, target: Target, wanted: number, seed: number): Promise<Tally> {
  const startedAt = performance.now()
  await using opened = await target.open()
  const met = new Map<string, number>()
  let [inputs, heapAtFifthBytes, failure]: [number, number | null, string | null] = [0, null, null]
  for (let round = 0; inputs < wanted && failure === null; round += 1) {
    const runs = Math.max(1, Math.min(target.runsPerRound, Math.ceil((wanted - inputs) / target.perRun)))
    const before = inputs
    const roundSeed = seedOf(seed, round)
    const done = await oneRound(opened, roundSeed, runs)
    inputs += done.met.length
    for (const outcome of done.met) met.set(outcome, (met.get(outcome) ?? 0) + 1)
    if (done.failure !== null)
      failure = `${name}, after input ${inputs} (round ${round} began at ${before})\nrepeat it: npx -y pnpm proof fuzz --target ${name} --seed ${roundSeed}\n${done.failure}`
    if (heapAtFifthBytes === null && inputs >= wanted / 5) heapAtFifthBytes = await heapBytes()
  }
  const heapAtEndBytes = await heapBytes()
  const grown = heapAtEndBytes - (heapAtFifthBytes ?? heapAtEndBytes)
  if (failure === null && grown > HEAP_GROWTH_MAX_BYTES)
    failure = `${name}: the heap grew by ${grown} bytes from a fifth of the inputs to the end; seed ${seed}`
  return {
    target: name,
    what: target.what,
    inputs,
    failure,
    heapAtEndBytes,
    met: Object.fromEntries([...met].toSorted(([, a], [, b]) => b - a)),
    seconds: (performance.now() - startedAt) / 1000,
    heapAtFifthBytes: heapAtFifthBytes ?? heapAtEndBytes,
  }
}

async function oneRound({ round, between }: Opened, seed: number, runs: number): ReturnType<Opened['round']> {
  const done = await round(seed, runs)
  if (done.failure !== null) return done
  try {
    await between()
    return done
  } catch (error) {
    return { ...done, failure: String(error).slice(0, 2_000) }
  }
}

/** What is alive after a collection, buffers included. */
async function heapBytes(): Promise<number> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.collectGarbage')
  session.disconnect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
