import {
  balanceOf,
  type decide,
  noEvidence,
  remainderOf,
  type DecideInput,
  type Evidence,
  type Observation,
} from '../src/index.ts'
import { NOW_MS, order as registered, policy } from '../test/samples.ts'
import { finalNotices } from './final-notices.ts'
import { evidenceOf } from './gateway.ts'
import { orders } from './permutations.ts'
import { ValuePool } from './value-pool.ts'
import { readEvidence, written } from './records.ts'
import type { Stored } from './stored-order.ts'
import { randomTruth, type Claim, type Life, type RandomTruth } from './random-truth.ts'
import { seeded } from './seeded.ts'

/** The part of the outcome that must not depend on the order, number or timing of claims (S-12). */
type End = { readonly status: string; readonly balance: number; readonly final: readonly string[] }

/**
 * Plays claims against one gateway truth, which advances between them. After the last claim, the timer looks until nothing changes, and all refunds
 * are made.
 */
export class Course {
  readonly #lives: readonly Life[]
  readonly #records = new ValuePool<Stored>()
  readonly #steps = new Map<string, number>()
  readonly #start: number
  readonly #expiresAtMs: number
  readonly #decides: typeof decide
  /** Another shop's fixed amount, if there is one, is fixed before anything else happens. */
  readonly #evidence: Evidence

  constructor(
    { lives, expiresAtMs, gateway }: Pick<RandomTruth, 'lives' | 'expiresAtMs' | 'gateway'>,
    decides: typeof decide,
  ) {
    this.#decides = decides
    this.#lives = lives
    this.#evidence = evidenceOf(lives.flat())
    this.#expiresAtMs = expiresAtMs
    this.#start = this.#records.id({
      order: registered({ expiresAtMs, gateway }),
      payments: [],
      told: [],
      proof: null,
    })
  }

  /** Follows the claims in this order. `progress` says how far the gateway has advanced at each claim. */
  end(
    claims: readonly Claim[],
    progress: readonly number[],
  ): { readonly kept: string | null; readonly end: End } {
    let record = this.#start
    for (const [place, claim] of claims.entries()) record = this.#follow(record, claim, progress[place] ?? 0)
    const rest = this.#atRest(record)
    const stored = this.#records.at(rest)
    const { order, payments } = stored
    if (order === null) throw new Error('the order is gone')
    return {
      kept: order.keptPaymentId,
      end: { status: order.status, balance: balanceOf(order, payments), final: finalNotices(stored) },
    }
  }

  #follow(record: number, claim: Claim, progress: number): number {
    if (claim.about === 'nothing') return record // A 404 concludes nothing (S-20).
    const key = `${record} ${claim.about} ${claim.says} ${progress}`
    const known = this.#steps.get(key)
    if (known !== undefined) return known
    const index = claim.about
    const lives = index === 'order' ? this.#lives : this.#lives.slice(index, index + 1)
    const seen = lives.flatMap((life) => life[Math.min(life.length - 1, progress)] ?? [])
    const next = seen.length === 0 && index !== 'order' ? record : this.#decide(record, seen, claim, NOW_MS)
    this.#steps.set(key, next)
    return next
  }

  #decide(record: number, seen: readonly Observation[], claim: Claim, nowMs: number): number {
    const held = this.#records.at(record)
    const by = claim.about === 'order' ? ('order' as const) : ('payment' as const)
    const paymentId = seen[0]?.paymentId ?? null
    const input: DecideInput = {
      order: held.order,
      payments: held.payments,
      seen,
      look: { by, beganAtMs: nowMs },
      returned:
        claim.says === null
          ? null
          : { says: claim.says, paymentId, atMs: nowMs, failReason: null, message: null, looks: 0 },
      evidence:
        held.order === null ? noEvidence : readEvidence(held.order, held.payments, seen, this.#evidence),
      requestedRefunds: [],
      policy,
      nowMs,
      nowIso: '',
    }
    return this.#records.id(written(held, this.#decides(input)))
  }

  /** The timer long after every deadline: it looks up, makes every refund, including those a person must decide, and looks up again. */
  #atRest(record: number): number {
    const known = this.#steps.get(`rest ${record}`)
    if (known !== undefined) return known
    const last = this.#lives.flatMap((life) => life.at(-1) ?? [])
    const timer: Claim = { about: 'order', says: null }
    const endMs = this.#expiresAtMs + 365 * 24 * 3_600_000
    const looked = this.#decide(record, last, timer, endMs)
    const { payments } = this.#records.at(looked)
    const goesBack = (id: string): boolean => {
      const standing = payments.find((payment) => payment.paymentId === id)?.standing ?? null
      return standing !== null && standing !== 'kept'
    }
    const returned = last.map((seen) => (goesBack(seen.paymentId) ? givenBack(seen) : seen))
    const rest = this.#decide(looked, returned, timer, endMs)
    this.#steps.set(`rest ${record}`, rest)
    return rest
  }
}

function givenBack(seen: Observation): Observation {
  const amount = remainderOf(seen)
  if (amount === 0) return seen
  const back = { id: `${seen.paymentId}-back`, amount, atMs: NOW_MS + 1_000, reason: 'refused' }
  const cancels = [...seen.cancels, back]
  return { ...seen, status: 'cancelled', cancelledAmount: seen.cancelledAmount + amount, cancels }
}

export type Confluence = {
  readonly truths: number
  readonly courses: number
  readonly parted: readonly string[]
}

const PROTOCOLS_FROM = 1_000_000_007

/**
 * Plays random truths, each with its claims in all orders (a sample if there are more than six), and with claims repeated, lost, delayed or mixed
 * with junk. The outcome must be the same each time, except for which of two good payments is kept.
 */
export function confluence(
  truths: number,
  seed: number,
  decides: typeof decide,
  progress: (done: number) => void,
): Confluence {
  const parted: string[] = []
  let courses = 0
  for (let number = 0; number < truths; number += 1) {
    const random = seeded(seed + number)
    const truth = randomTruth(random, seeded(PROTOCOLS_FROM + seed + number))
    const { lives, claims, steps } = truth
    const course = new Course(truth, decides)
    const ends = new Map<string | null, string>()
    for (const each of variations(claims, random)) {
      const { kept, end } = course.end(each, steps)
      courses += 1
      const known = ends.get(kept)
      const told = JSON.stringify(end)
      if (known === undefined) ends.set(kept, told)
      else if (known !== told) parted.push(`seed ${seed + number}: ${known} and ${told}`)
    }
    const kinds = new Set([...ends.values()].map((end) => end.slice(0, end.indexOf('"final"'))))
    if (kinds.size > 1 && alike(lives)) parted.push(`seed ${seed + number}: ${[...kinds].join(' and ')}`)
    if (ends.has(null) && ends.size > 1) parted.push(`seed ${seed + number}: kept and not kept`)
    progress(number + 1)
  }
  return { truths, courses, parted }
}

/** If all good payments end alike, the order's status and balance do not depend on which is kept. */
const alike = (lives: readonly Life[]): boolean =>
  new Set(lives.map((life) => life.at(-1)?.cancelledAmount ?? 0)).size <= 1

/** All orders of the claims, and some with one claim lost, delayed, repeated or preceded by junk. */
function* variations(claims: readonly Claim[], random: () => number): Generator<readonly Claim[]> {
  yield []
  yield* orders(claims, random)
  const junk: Claim = { about: 'nothing', says: 'success' }
  for (const [place, claim] of claims.entries()) {
    const without = claims.filter((_, at) => at !== place)
    yield without // lost
    yield [...without, claim] // delayed
    yield [...claims.slice(0, place), claim, ...claims.slice(place)] // repeated
    yield [...claims.slice(0, place), junk, ...claims.slice(place)] // junk
  }
}
