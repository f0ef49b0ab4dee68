import { clear, noHabits, noShopHabits, type Weather } from '../simulation/weather.ts'
import type { Item, OrderPlan, Plan } from '../simulation/story.ts'

/** One small story in a calm world, told in full: who does what when. */
export type Scenario = {
  /** A sentence, and what it is found by. */
  readonly name: string
  readonly orders: readonly OrderPlan[]
  readonly items: readonly Item[]
  /** How the servers are set up, where it differs from `settings`. */
  readonly settings?: Partial<Weather>
  /** Both servers run; otherwise one does. */
  readonly twoServers?: true
  /** By then everything has come to its end when nothing fails. */
  readonly lastsMs: number
  /** How the order stands then. */
  readonly ends: string
  /** How it may stand otherwise, when a failure makes something come late that the story's end turns on: each with its reason. */
  readonly orElse?: readonly string[]
  /** Two payments are what the order asks for: which of them is kept is up to which is seen first. */
  readonly eitherIsKept?: true
}

/** Nothing goes wrong by itself in these stories. The loop is slow, because most of what happens is set off by somebody. */
const settings: Weather = {
  ...clear,
  ...noHabits,
  ...noShopHabits,
  intervalMs: 5_000,
  lookupTimeoutMs: 3_000,
  callsPerSecond: 100,
  cancelTimeoutMs: 10_000,
  settleMs: 60_000,
  onRejected: 'cancel',
  onSurplus: 'cancel',
  onLate: 'accept',
  long: false,
}

export const planOf = (scenario: Scenario, seed: number): Plan => ({
  seed,
  schedule: 0,
  weather: { ...settings, ...scenario.settings },
  orders: scenario.orders,
  items: scenario.items.toSorted((a, b) => a.atMs - b.atMs),
  healsAtMs: scenario.lastsMs,
})
