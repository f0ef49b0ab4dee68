import { Dice } from './dice.ts'
import { itemsOfHabits, withHabits } from './habits.ts'
import { itemsOfOrder, itemsOfWorld } from './items.ts'
import { itemsOfPersons } from './person-items.ts'
import type { Plan } from './story.ts'
import { drawWeather } from './weather.ts'

const ORDERS_MAX = 4

export function planOf(seed: number): Plan {
  const dice = new Dice(seed * 2_654_435_761 + 1)
  // What was drawn first stays what it was: a seed tells the story it always told, and more.
  const others = new Dice(seed * 1_597_334_677 + 3)
  const persons = new Dice(seed * 1_181_783_497 + 5)
  const weather = drawWeather(dice, others, persons)
  const horizonMs = weather.long ? 5_400_000 : dice.pick([4_000, 8_000, 16_000])
  const count = Math.min(dice.between(1, ORDERS_MAX), dice.between(1, ORDERS_MAX))
  const orders = Array.from({ length: count }, (_, index) => ({
    orderId: `ord-${index + 1}`,
    amount: dice.between(1, 30) * 1_000,
    expiresInMs: dice.chance(0.25) ? Math.round(horizonMs * (0.3 + dice.fraction())) : null,
  }))
  const items = [
    ...orders.flatMap((order, index) => itemsOfOrder(dice, order, index, horizonMs)),
    ...itemsOfWorld(dice, orders, horizonMs),
  ]
    .map((item) => withHabits(others, item))
    .concat(orders.flatMap((order, index) => itemsOfHabits(others, order, index, { orders, horizonMs })))
    .concat(orders.flatMap((order, index) => itemsOfPersons(persons, order, index, { weather, horizonMs })))
    .toSorted((a, b) => a.atMs - b.atMs)
  const healsAtMs = Math.ceil(Math.max(horizonMs, ...items.map((item) => item.atMs))) + 500
  return { seed, schedule: 0, weather, orders, items, healsAtMs }
}
