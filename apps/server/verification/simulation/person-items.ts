import { ReviewAction } from '@landfall/payment-core'
import type { Dice } from './dice.ts'
import { anyServer, impUidOf, type Item, type OrderPlan, type ServerName } from './story.ts'
import type { Weather } from './weather.ts'

/** A contradiction is certain, and a person's, half a minute after it was seen. */
const CERTAIN_MS = 45_000
/** Tries of an order have the numbers below: the first three are its own, the others its habits'. */
const TRIES_MAX = 9

type Around = { readonly weather: Weather; readonly horizonMs: number }

/** What the shop's people do about an order, beside selling: call it off, give back money by name, end reviews, register it again. */
export function itemsOfPersons(dice: Dice, order: OrderPlan, index: number, around: Around): Item[] {
  const { weather } = around
  return [
    ...(dice.chance(weather.closes) ? closing(dice, order, around) : []),
    ...(dice.chance(weather.refundsNamed) ? refunding(dice, order, index, around) : []),
    ...(dice.chance(weather.resolves) ? resolving(dice, order, around) : []),
    ...(dice.chance(weather.registersAgain) ? registering(dice, order, around) : []),
  ]
}

function closing(dice: Dice, { orderId }: OrderPlan, { horizonMs }: Around): Item[] {
  const atMs = dice.fraction() * horizonMs
  const close = (at: ServerName, laterMs = 0): Item => ({ atMs: atMs + laterMs, do: 'close', at, orderId })
  return [
    close('A'),
    ...(dice.chance(0.3) ? [close('B')] : []),
    ...(dice.chance(0.3) ? [close(anyServer(dice), dice.between(100, 6_000))] : []),
    ...(dice.chance(0.15)
      ? [{ atMs: Math.max(0, atMs - 200), do: 'gateway_away' as const, forMs: dice.between(1_000, 8_000) }]
      : []),
  ]
}

/** Of any try, also one that holds nothing, or is another shop's; and then the review of it is ended too, or not. */
function refunding(dice: Dice, order: OrderPlan, index: number, { horizonMs }: Around): Item[] {
  const { orderId, amount } = order
  return Array.from({ length: dice.between(1, 3) }, (_, each) => {
    const atMs = horizonMs * (0.2 + dice.fraction())
    const wish: Item = {
      atMs,
      do: 'ask_back',
      at: anyServer(dice),
      orderId: dice.chance(0.1) ? 'another-shop' : orderId,
      amount: dice.chance(0.3) ? Math.max(1, Math.round(amount * dice.fraction())) : null,
      key: `named-${each}`,
      account: dice.chance(0.6),
      impUid: impUidOf(index, dice.chance(0.7) ? dice.between(0, 2) : dice.between(0, TRIES_MAX)),
    }
    const again = { ...wish, at: anyServer(dice), atMs: atMs + dice.fraction() * 3_000 }
    return [
      wish,
      ...(dice.chance(0.3) ? [again] : []),
      ...(dice.chance(0.6) ? [ending(dice, orderId, atMs + dice.fraction() * 1_500)] : []),
      ...(dice.chance(0.4) ? [ending(dice, orderId, atMs + dice.fraction() * 6_000)] : []),
    ]
  }).flat()
}

/** Somebody looks again and again; now and then two do at once, each at another server. */
function resolving(dice: Dice, { orderId }: OrderPlan, { horizonMs }: Around): Item[] {
  const lastMs = horizonMs + (dice.chance(0.3) ? CERTAIN_MS : 0)
  const strangers = dice.chance(0.3) ? [ending(dice, 'another-shop', lastMs * dice.fraction())] : []
  return Array.from({ length: dice.between(2, 7) }, () => {
    const atMs = lastMs * (0.15 + 0.85 * dice.fraction())
    const one = ending(dice, orderId, atMs)
    return dice.chance(0.35) ? [one, { ...ending(dice, orderId, atMs), at: other(one.at) }] : [one]
  })
    .flat<Item[][]>()
    .concat(strangers)
}

const other = (at: ServerName): ServerName => (at === 'A' ? 'B' : 'A')

function ending(dice: Dice, orderId: string, atMs: number) {
  const actions = ReviewAction.options
    .map((action) => ({ action, place: dice.fraction() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ action }) => action)
  return {
    atMs,
    do: 'resolve' as const,
    at: anyServer(dice),
    orderId,
    actions,
    account: dice.chance(0.7),
    blindly: dice.chance(0.25),
  }
}

/** Another name, deadline or reference: an earlier deadline, a later one, or one that has passed. */
function registering(dice: Dice, { orderId, amount }: OrderPlan, { horizonMs }: Around): Item[] {
  return Array.from({ length: dice.between(1, 3) }, (_, each) => ({
    atMs: dice.fraction() * horizonMs,
    do: 'register' as const,
    at: anyServer(dice),
    orderId,
    amount,
    terms: {
      name: `제주 한라봉 ${each + 2} kg`,
      expiresInMs: dice.chance(0.6) ? Math.round(horizonMs * (0.3 + 2 * dice.fraction())) : null,
      taxFree: dice.chance(0.4) ? Math.round(amount * dice.fraction()) : null,
      reference: dice.chance(0.5) ? [`ref-${each}`] : [],
    },
  }))
}
