import type { Dice } from './dice.ts'

/** How bad the world is, and how the servers are set up in it. Probabilities are of one message, waits the longest there are. */
export type Weather = {
  /** A message is lost on its way, to or fro. */
  readonly loss: number
  /** A request arrives twice. */
  readonly twice: number
  /** The gateway answers with a fault of its own: 5xx, HTML, half a body, 429. */
  readonly fault: number
  /** The shop answers a notice with a fault, or not at all. */
  readonly shopFault: number
  readonly delayMs: number
  /** How long units of work gather before they are committed. */
  readonly commitMs: number
  /** Reads take time too, as from a database server: others commit between a read and what follows from it. */
  readonly slowReads: boolean
  readonly intervalMs: number
  readonly lookupTimeoutMs: number
  readonly callsPerSecond: number
  readonly onRejected: 'cancel' | 'review'
  readonly onSurplus: 'cancel' | 'review'
  readonly onLate: 'accept' | 'cancel' | 'review'
  /** Hours instead of seconds, for what takes hours: accounts that expire. */
  readonly long: boolean
}

/** Nothing goes wrong by itself. */
export const clear = {
  loss: 0,
  twice: 0,
  fault: 0,
  shopFault: 0,
  delayMs: 40,
  commitMs: 4,
  slowReads: false,
} as const satisfies Partial<Weather>

export function drawWeather(dice: Dice): Weather {
  const sometimes = (probability: number, most: number): number =>
    dice.chance(probability) ? dice.fraction() * most : 0
  const long = dice.chance(0.02)
  return {
    loss: sometimes(0.4, 0.3),
    twice: sometimes(0.3, 0.3),
    fault: sometimes(0.4, 0.4),
    shopFault: sometimes(0.4, 0.6),
    delayMs: dice.pick([30, 80, 300, 1_500, 4_000]),
    commitMs: dice.pick([2, 2, 10, 60, 800]),
    slowReads: dice.chance(0.25),
    intervalMs: long ? 120_000 : dice.pick([1_000, 5_000, 5_000, 10_000, 10_000, 10_000]),
    lookupTimeoutMs: dice.pick([1_000, 3_000, 10_000]),
    callsPerSecond: dice.pick([500, 500, 20, 5]),
    onRejected: dice.chance(0.8) ? 'cancel' : 'review',
    onSurplus: dice.chance(0.8) ? 'cancel' : 'review',
    onLate: dice.pick(['accept', 'accept', 'cancel', 'review']),
    long,
  }
}
