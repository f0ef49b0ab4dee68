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
  readonly cancelTimeoutMs: number
  /** Longer than anything a cancel can take at this gateway: what is booked later is booked in half of it. */
  readonly settleMs: number
  readonly onRejected: 'cancel' | 'review'
  readonly onSurplus: 'cancel' | 'review'
  readonly onLate: 'accept' | 'cancel' | 'review'
  /** Hours instead of seconds, for what takes hours: accounts that expire. */
  readonly long: boolean
} & Habits &
  ShopHabits

/** What this gateway and the PGs behind it do with the cancels they are asked for: probabilities of one call, drawn one after the other. */
export type Habits = {
  /** Answered with yes, and booked seconds to minutes later (docs/gateway/portone-v1.md §4.6, M-23). */
  readonly pendingCancels: number
  /** Answered with yes, and never booked. */
  readonly deniedCancels: number
  /** Executed later than its sender waits: the balance was compared when it came in. */
  readonly slowCancels: number
  readonly twiceCancels: number
  /** More goes back than was asked. */
  readonly moreCancels: number
  /** «Settlement short»: refused for hours, and then not (M-27). */
  readonly passingRefusals: number
  readonly lastingRefusals: number
  /** The gateway takes no amounts in advance: a window of another sum can be opened, and nothing is fixed. */
  readonly fixesNothing: boolean
}
export const noHabits: Habits = {
  pendingCancels: 0,
  deniedCancels: 0,
  slowCancels: 0,
  twiceCancels: 0,
  moreCancels: 0,
  passingRefusals: 0,
  lastingRefusals: 0,
  fixesNothing: false,
}

/** What this shop's people do beside selling: probabilities of one order. */
export type ShopHabits = {
  /** Calls the order off. */
  readonly closes: number
  /** Gives back money of a payment that it names. */
  readonly refundsNamed: number
  /** Ends reviews. */
  readonly resolves: number
  /** Registers the order again on other terms. */
  readonly registersAgain: number
  readonly onClosed: 'cancel' | 'review'
}
export const noShopHabits: ShopHabits = {
  closes: 0,
  refundsNamed: 0,
  resolves: 0,
  registersAgain: 0,
  onClosed: 'cancel',
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

export function drawWeather(dice: Dice, others: Dice, persons: Dice): Weather {
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
    ...drawHabits(others),
    ...drawShopHabits(persons),
  }
}

function drawHabits(dice: Dice): Habits & Pick<Weather, 'cancelTimeoutMs' | 'settleMs'> {
  const sometimes = (probability: number, most: number): number =>
    dice.chance(probability) ? dice.fraction() * most : 0
  return {
    cancelTimeoutMs: dice.pick([4_000, 10_000, 60_000]),
    settleMs: dice.pick([120_000, 600_000]),
    pendingCancels: sometimes(0.3, 0.8),
    deniedCancels: sometimes(0.1, 0.5),
    slowCancels: sometimes(0.25, 0.6),
    twiceCancels: sometimes(0.12, 0.9),
    moreCancels: sometimes(0.1, 0.6),
    passingRefusals: sometimes(0.15, 0.5),
    lastingRefusals: sometimes(0.1, 0.4),
    fixesNothing: dice.chance(0.15),
  }
}

function drawShopHabits(dice: Dice): ShopHabits {
  const sometimes = (probability: number, most: number): number =>
    dice.chance(probability) ? dice.fraction() * most : 0
  return {
    closes: sometimes(0.35, 0.5),
    refundsNamed: sometimes(0.4, 0.7),
    resolves: sometimes(0.5, 1),
    registersAgain: sometimes(0.3, 0.6),
    onClosed: dice.chance(0.7) ? 'cancel' : 'review',
  }
}
