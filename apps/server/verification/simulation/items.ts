import type { Dice } from './dice.ts'
import { anyServer, impUidOf, type Item, type OrderPlan } from './story.ts'
import { itemsOfTry } from './tries.ts'

const TRIES_MAX = 3

/** One order: the shop registers it, its customers try to pay, the shop asks for money back. */
export function itemsOfOrder(dice: Dice, order: OrderPlan, index: number, horizonMs: number): Item[] {
  const startMs = dice.between(0, 1_500)
  const registersAtMs = dice.chance(0.1) ? startMs + dice.fraction() * horizonMs * 0.5 : startMs
  const { orderId, amount } = order
  const items: Item[] = []
  const register = (atMs: number, wanted: number): void =>
    void items.push({ atMs, do: 'register', at: anyServer(dice), orderId, amount: wanted })
  if (!dice.chance(0.03)) register(registersAtMs, amount)
  if (dice.chance(0.1)) register(registersAtMs + dice.between(0, 300), amount)
  if (dice.chance(0.04)) register(registersAtMs + dice.between(0, 300), amount + 500)
  const tries = Math.min(dice.between(1, TRIES_MAX), dice.between(1, TRIES_MAX))
  for (let each = 0; each < tries; each += 1) {
    const opensAtMs = startMs + dice.fraction() * horizonMs * (dice.chance(0.6) ? 0.1 : 0.6)
    items.push(...itemsOfTry(dice, order, { impUid: impUidOf(index, each), opensAtMs, horizonMs }))
  }
  items.push(...itemsOfShop(dice, order, startMs, horizonMs))
  return items
}

function itemsOfShop(dice: Dice, { orderId, amount }: OrderPlan, startMs: number, horizonMs: number): Item[] {
  const items: Item[] = []
  const when = (): number => startMs + dice.fraction() * horizonMs
  const look = (what: 'screen' | 'check_again' | 'reconcile' | 'order', most: number): void => {
    for (let left = dice.between(0, most); left > 0; left -= 1)
      items.push({ atMs: when(), do: what, at: anyServer(dice), orderId })
  }
  look('screen', 2)
  look('check_again', 1)
  if (dice.chance(0.15)) look('reconcile', 1)
  if (dice.chance(0.1)) look('order', 1)
  for (let each = dice.chance(0.3) ? dice.between(1, 3) : 0; each > 0; each -= 1) {
    const part = dice.chance(0.6) ? Math.max(1, Math.round(amount * dice.fraction())) : null
    const atMs = when()
    const account = dice.chance(0.5)
    const ask = (at: number): void =>
      void items.push({
        atMs: at,
        do: 'ask_back',
        at: anyServer(dice),
        orderId,
        amount: part,
        key: `key-${each}`,
        account,
      })
    ask(atMs)
    if (dice.chance(0.4)) ask(atMs + dice.fraction() * 4_000)
  }
  return items
}

/** What happens to servers, gateway, shop, disk and clocks, whoever is buying. */
export function itemsOfWorld(dice: Dice, orders: readonly OrderPlan[], horizonMs: number): Item[] {
  const items: Item[] = []
  const when = (): number => dice.fraction() * horizonMs
  const briefly = (): number => Math.round(dice.fraction() * dice.pick([500, 4_000, 15_000]))
  const times = (probability: number, most: number, add: () => void): void => {
    if (dice.chance(probability)) for (let left = dice.between(1, most); left > 0; left -= 1) add()
  }
  const put = (item: Item): void => void items.push(item)
  times(0.4, 3, () =>
    put({ atMs: when(), do: 'crash', at: anyServer(dice), keepsBatch: dice.chance(0.5), awayMs: briefly() }),
  )
  times(0.1, 1, () => put({ atMs: when(), do: 'stop', at: anyServer(dice), awayMs: briefly() }))
  times(0.15, 2, () =>
    put({ atMs: when(), do: 'stall', at: anyServer(dice), forMs: dice.pick([5_000, 20_000, 40_000]) }),
  )
  times(0.2, 2, () => {
    const byMs = dice.pick([-1, 1]) * dice.pick([2_000, 60_000, 60_000, 3_600_000, 2 * 86_400_000])
    put({ atMs: when(), do: 'leap', at: anyServer(dice), byMs })
  })
  times(0.12, 2, () => put({ atMs: when(), do: 'lock', forMs: dice.pick([50, 500, 5_000]) }))
  times(0.08, 1, () => put({ atMs: when(), do: 'full_disk', forMs: briefly() }))
  times(0.2, 2, () => put({ atMs: when(), do: 'gateway_away', forMs: briefly() }))
  times(0.2, 2, () => put({ atMs: when(), do: 'shop_away', forMs: briefly() }))
  times(0.03, 1, () => put({ atMs: when(), do: 'shop_gone', forMs: briefly() }))
  times(0.15, 2, () => put({ atMs: when(), do: 'revoke_token' }))
  times(0.05, 1, () => put({ atMs: when(), do: 'replay', at: anyServer(dice) }))
  times(0.25, 2, () => {
    const kinds = ['older', 'older', 'other_amount', 'other_record', 'no_amount', 'cancels_gone'] as const
    const kind = dice.pick(kinds)
    const impUid = impUidOf(dice.between(0, orders.length - 1), dice.between(0, 1))
    // The longest outlasts the patience with a record that contradicts itself, when a clock leaps meanwhile.
    put({ atMs: when(), do: 'lie', impUid, kind, times: dice.pick([1, 2, 3, 12]) })
  })
  times(0.15, 3, () => put(junk(dice, orders, when())))
  return items
}

/** A webhook that anybody can send: about nothing, about another's payment, or about what is not so (W-01, W-02). */
function junk(dice: Dice, orders: readonly OrderPlan[], atMs: number): Item {
  const order = dice.pick(orders)
  const known = impUidOf(dice.between(0, orders.length - 1), 0)
  const impUid = dice.chance(0.5) ? known : `imp_${String(dice.between(900, 999)).padStart(12, '0')}`
  const status = dice.pick(['paid', 'cancelled', 'failed', 'ready', 'whatever'])
  const form = dice.chance(0.3)
  return { atMs, do: 'hook', at: anyServer(dice), impUid, orderId: order.orderId, status, form }
}
