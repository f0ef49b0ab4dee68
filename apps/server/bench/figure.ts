import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { allRecorded, claimsWaiting, nothingLeft, type Range } from './books.ts'
import { load, type Load } from './load.ts'
import { cpuMicrosOf } from './processes.ts'
import type { Make } from './requests.ts'
import { openSite, type Site, type Wanted } from './site.ts'

export type Options = {
  readonly rounds: number
  /** Payments a round. */
  readonly amount: number
  /** Paid orders of the large database. */
  readonly orders: number
  /** Payments of the long run. */
  readonly payments: number
  /** How long the gateway is away, and how long junk pours in. */
  readonly seconds: number
  /** Each server leaves profiles of its whole life, CPU and heap, in `data/profiles`. */
  readonly profiled: boolean
}

export type Run = {
  readonly options: Options
  readonly say: (line: string) => void
}

export type Measured = Load & { readonly cpuMicros: number }
export type Ask = {
  readonly make: Make
  readonly status: number
  readonly connections?: number
  /** Counts until everything is recorded, and looks whether it is; otherwise until the last answer. */
  readonly recorded: boolean
}

export const warmUpOf = (amount: number): number => Math.ceil(amount / 4)
/** The orders that one round of `amount` needs, warm-up included. */
export const ordersOf = (amount: number): Range => ({ from: 0, count: amount + warmUpOf(amount) })

/** One round of one side: a site of its own, a warm-up, the measurement. */
export async function roundOf(
  run: Run,
  wanted: Omit<Wanted, 'orders'>,
  ask: Ask,
  from = 0,
): Promise<Measured> {
  const { amount } = run.options
  await using site = await openSite({
    ...wanted,
    orders: { ...ordersOf(amount), from },
    profiled: run.options.profiled,
  })
  const warmUp = warmUpOf(amount)
  await measure(site, ask, { from, count: warmUp })
  return await measure(site, ask, { from: from + warmUp, count: amount })
}

/** Requests about a range of orders, timed to the last answer or, with `recorded`, until all of them are recorded. */
export async function measure({ server, books }: Site, ask: Ask, range: Range): Promise<Measured> {
  const cpuBefore = cpuMicrosOf(server.pid)
  const answered = await load(server.url, range.count, ask.status, (index) => ask.make(range.from + index), {
    ...(ask.connections === undefined ? {} : { connections: ask.connections }),
    ...(ask.recorded ? { rest: () => nothingLeft(books, claimsWaiting) } : {}),
  })
  const cpuMicros = (cpuMicrosOf(server.pid) - cpuBefore) / range.count
  if (ask.recorded) await allRecorded(books, range)
  return { ...answered, cpuMicros }
}

/** What else the machine was doing when a round began, at most, as a share of its cores. */
export type Rounds = { readonly of: ReadonlyMap<string, readonly Measured[]>; readonly otherWork: number }

type Sides = ReadonlyArray<readonly [side: string, measure: () => Promise<Measured>]>
/** Rounds that fail are made again, so many in all. */
const FAILED_ROUNDS_MAX = 2

/** Each side once a round, in turn: what changes on the machine meanwhile changes for all of them. */
export async function inTurn(run: Run, name: string, sides: Sides): Promise<Rounds> {
  const rounds = new Map<string, Measured[]>(sides.map(([side]) => [side, []]))
  const wanted = run.options.rounds
  let [other, failed] = [0, 0]
  for (let round = 1; round <= wanted;) {
    try {
      const measured = await oneRound(sides)
      other = Math.max(other, measured.otherWork)
      for (const [side, result] of measured.of) rounds.get(side)?.push(result)
      run.say(`${name} round ${round} of ${wanted}: ${measured.of.map(told).join(' · ')}`)
      round += 1
    } catch (error) {
      failed += 1
      if (failed > FAILED_ROUNDS_MAX) throw error
      run.say(`${name} round ${round} of ${wanted} could not be measured and is made again: ${String(error)}`)
    }
  }
  return { of: rounds, otherWork: other }
}

async function oneRound(sides: Sides) {
  const of: Array<readonly [side: string, measured: Measured]> = []
  let other = 0
  for (const [side, once] of sides) {
    other = Math.max(other, await otherWork())
    of.push([side, await once()])
  }
  return { of, otherWork: other }
}

const told = ([side, { requestsPerSecond, p99Ms, cpuMicros }]: readonly [string, Measured]): string =>
  `${side} ${Math.round(requestsPerSecond)}/s, p99 ${p99Ms.toFixed(0)} ms, ${Math.round(cpuMicros)} µs CPU`

const WATCH_MS = 300
/** The share of all cores that others use, while we do nothing. */
export async function otherWork(): Promise<number> {
  const before = busyTicks()
  await wait(WATCH_MS)
  return (busyTicks() - before) / ((WATCH_MS / 1_000) * 100 * cpus().length)
}

function busyTicks(): number {
  const [, user = 0, nice = 0, system = 0, , , hard = 0, soft = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return user + nice + system + hard + soft
}
