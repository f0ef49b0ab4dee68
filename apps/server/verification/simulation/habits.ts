import type { CancelCall, Fate } from './gateway-words.ts'
import type { Dice } from './dice.ts'
import type { Wish } from './ledger.ts'
import type { Scene } from './scene.ts'
import { anyServer, impUidOf, type Item, type OrderPlan } from './story.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const YEAR_MS = 365 * 24 * HOUR_MS
/** A record lags behind for no longer. */
const LAG_MS_MAX = 40 * SECOND_MS

/** What a refusal says whose reason passes, and one whose reason does not (docs/gateway/portone-v1.md §6.5). */
const passingTexts = [
  '정산 대금이 부족합니다. (8178)',
  '취소금액이 미정산 금액보다 큽니다',
  '은행 점검 시간입니다.',
]
const lastingTexts = ['취소 가능 기간이 경과하였습니다.', '취소불가 상태입니다']

/** What becomes of a cancel here: as the story says, or else as chance and the weather do. */
export function fateOf(
  { dice, weather, fates, ledger }: Scene,
  { imp_uid: impUid, amount }: CancelCall,
): Fate {
  const said = fates.get(impUid)?.shift()
  if (said !== undefined) return said
  // What is booked later is booked well before anybody may conclude that it was not.
  const later = (): number => Math.round(SECOND_MS + dice.fraction() * (weather.settleMs / 2 - SECOND_MS))
  const row = ledger.row(impUid)
  const left = row === null ? 0 : row.amount - row.cancel_amount
  if (left >= 2 * amount && dice.chance(weather.twiceCancels)) return { kind: 'twice' }
  if (left > amount && dice.chance(weather.moreCancels)) return { kind: 'more' }
  if (dice.chance(weather.pendingCancels)) return { kind: 'pending', afterMs: later() }
  if (dice.chance(weather.deniedCancels)) return { kind: 'denied' }
  if (dice.chance(weather.slowCancels))
    return { kind: 'slow', afterMs: dice.chance(0.5) ? dice.between(1, weather.cancelTimeoutMs) : later() }
  if (dice.chance(weather.passingRefusals)) {
    const forMs = dice.pick([HOUR_MS / 2, 3 * HOUR_MS, 9 * HOUR_MS, 40 * HOUR_MS])
    return { kind: 'refused', text: dice.pick(passingTexts), forMs }
  }
  return dice.chance(weather.lastingRefusals)
    ? { kind: 'refused', text: dice.pick(lastingTexts), forMs: YEAR_MS }
    : { kind: 'at_once' }
}

/** A window as some PGs open it: with times that its record does not name, by one that approves later, with an account that cannot be closed. */
export function withHabits(dice: Dice, item: Item): Item {
  if (item.do !== 'open') return item
  const more: Partial<Wish> = {
    ...(dice.chance(0.06) ? { hides: dice.chance(0.6) ? 'start' : 'both' } : {}),
    ...(dice.chance(0.15) ? { cannotClose: true } : {}),
    ...(dice.chance(0.04) ? { pg: 'paypal_v2' } : {}),
  }
  return { ...item, wish: { ...item.wish, ...more } }
}

type Around = { readonly orders: readonly OrderPlan[]; readonly horizonMs: number }

/** An order's own tries use the numbers below this one. Payments that its habits add use the numbers from here on. */
const FIRST_OF_HABITS = 4

/** What else befalls an order number: earlier lives, other shops, strangers, replicas, tries with different fates. */
export function itemsOfHabits(dice: Dice, order: OrderPlan, index: number, around: Around): Item[] {
  const { horizonMs } = around
  const items: Item[] = []
  let next = FIRST_OF_HABITS
  const impUid = (): string => impUidOf(index, (next += 1))
  const when = (): number => dice.fraction() * horizonMs
  if (dice.chance(0.05)) items.push(...earlierLife(dice, order, impUid()))
  if (dice.chance(0.04)) items.push(...anotherShop(dice, order, impUid(), when()))
  if (dice.chance(0.03)) items.push(...waitedForItsOrder(dice, order, impUid()))
  if (dice.chance(0.03)) items.push(...discounted(dice, order, impUid(), when()))
  if (dice.chance(0.06)) items.push(...twoFates(dice, order, [impUid(), impUid()], when()))
  if (dice.chance(0.04)) items.push(...approvedLater(dice, order, impUid(), when()))
  if (dice.chance(0.12)) items.push(...ofStrangers(dice, order, index, around))
  if (dice.chance(0.12)) {
    const forMs = dice.chance(0.5) ? dice.between(5 * SECOND_MS, LAG_MS_MAX) : LAG_MS_MAX
    const backMs = dice.between(SECOND_MS, LAG_MS_MAX)
    const of = impUidOf(index, dice.between(0, 1))
    items.push({ atMs: when() * 0.6, do: 'lag', impUid: of, forMs, backMs })
  }
  return items
}

const wishOf = ({ orderId, amount }: OrderPlan, impUid: string, more: Partial<Wish> = {}): Wish => ({
  impUid,
  orderId,
  amount,
  currency: 'KRW',
  sandbox: false,
  fixedAccount: false,
  knownLaterMs: 0,
  ...more,
})

/** The number was used a year ago: paid then, kept or returned; or its window stands open ever since, and somebody pays at last (M-21). */
function earlierLife(dice: Dice, order: OrderPlan, impUid: string): Item[] {
  const agoMs = dice.pick([YEAR_MS, 40 * 24 * HOUR_MS])
  const amount = dice.chance(0.6) ? order.amount : order.amount + 4_000
  const wish = wishOf(order, impUid, {
    amount,
    whose: 'theirs',
    startedAgoMs: agoMs,
    paidAgoMs: agoMs,
    forces: true,
  })
  const items: Item[] = [{ atMs: 0, do: 'open', wish }]
  const kind = dice.pick(['paid', 'paid', 'returned', 'account', 'open'] as const)
  if (kind === 'paid' || kind === 'returned') items.push({ atMs: 1, do: 'approve', impUid })
  if (kind === 'returned') items.push({ atMs: 2, do: 'console_cancel', impUid, share: 1 })
  if (kind === 'account') items.push({ atMs: 1, do: 'issue', impUid, lifeMs: HOUR_MS })
  if (dice.chance(0.5)) items.push(hookOf(dice, order, impUid, dice.between(1_000, 6_000)))
  return items
}

/** Another shop at the same account uses the number now, with an amount of its own fixed for it (M-20, M-22). */
function anotherShop(dice: Dice, order: OrderPlan, impUid: string, atMs: number): Item[] {
  const amount = order.amount + 2_500
  const wish = wishOf(order, impUid, { amount, whose: 'theirs', forces: false })
  return [
    { atMs: dice.chance(0.7) ? 0 : atMs, do: 'prepare_elsewhere', orderId: order.orderId, amount },
    { atMs: atMs + 100, do: 'open', wish },
    { atMs: atMs + 1_500, do: 'approve', impUid },
    ...(dice.chance(0.6) ? [hookOf(dice, order, impUid, atMs + 1_600)] : []),
  ]
}

/** Paid minutes or hours before its order was registered: its claim waited (W-06). */
function waitedForItsOrder(dice: Dice, order: OrderPlan, impUid: string): Item[] {
  const startedAgoMs = dice.pick([5 * MINUTE_MS, 3 * HOUR_MS, 20 * HOUR_MS])
  const amount = dice.chance(0.7) ? order.amount : order.amount - 500
  const whose = amount === order.amount ? 'ours' : 'theirs'
  const wish = wishOf(order, impUid, { amount, whose, startedAgoMs, forces: true })
  return [
    { atMs: 0, do: 'open', wish },
    { atMs: 1, do: 'approve', impUid },
    hookOf(dice, order, impUid, dice.between(100, 3_000)),
  ]
}

/** A card event: the PG charges less, and says by how much (M-29). */
function discounted(dice: Dice, order: OrderPlan, impUid: string, atMs: number): Item[] {
  const discount = Math.max(100, Math.round(order.amount * 0.1))
  const wish = wishOf(order, impUid, { amount: order.amount - discount, discount })
  return [
    { atMs, do: 'open', wish },
    { atMs: atMs + 1_000, do: 'approve', impUid },
    hookOf(dice, order, impUid, atMs + 1_100),
  ]
}

/** Two tries: one comes back with a success and is still open, the other fails and says so; then the first is approved, or not. */
function twoFates(
  dice: Dice,
  order: OrderPlan,
  [one, other]: readonly [string, string],
  atMs: number,
): Item[] {
  const items: Item[] = [
    { atMs, do: 'open', wish: wishOf(order, one) },
    { atMs: atMs + 50, do: 'open', wish: wishOf(order, other) },
    returnOf(dice, order, one, atMs + 900, 'true'),
    { atMs: atMs + 1_200, do: 'refuse', impUid: other },
    returnOf(dice, order, other, atMs + 1_500, 'false'),
  ]
  for (const delay of [2_000, 6_000, 12_000, 16_000])
    items.push({ atMs: atMs + delay, do: 'screen', at: anyServer(dice), orderId: order.orderId })
  if (dice.chance(0.7)) items.push({ atMs: atMs + dice.between(3_000, 25_000), do: 'approve', impUid: one })
  return items
}

/** Approved minutes after the customer came back. */
function approvedLater(dice: Dice, order: OrderPlan, impUid: string, atMs: number): Item[] {
  const approvedAtMs = atMs + dice.between(40, 240) * SECOND_MS
  const flag = dice.pick(['true', 'true', 'none'] as const)
  const wish = wishOf(order, impUid, { pg: 'paypal_v2' })
  return [
    { atMs, do: 'open', wish },
    returnOf(dice, order, impUid, atMs + 1_000, flag),
    { atMs: atMs + 14_000, do: 'screen', at: anyServer(dice), orderId: order.orderId },
    { atMs: approvedAtMs - 1_000, do: 'screen', at: anyServer(dice), orderId: order.orderId },
    { atMs: approvedAtMs, do: 'approve', impUid },
    ...(dice.chance(0.6) ? [hookOf(dice, order, impUid, approvedAtMs + 100)] : []),
  ]
}

/** People without the order's link, who say that it failed and why, and programs that read links. */
function ofStrangers(dice: Dice, order: OrderPlan, index: number, { orders, horizonMs }: Around): Item[] {
  const ways = ['by_order', 'by_payment', 'outcome_token', 'other_link', 'scanner'] as const
  return Array.from({ length: dice.between(1, 4) }, () => ({
    atMs: dice.fraction() * horizonMs,
    do: 'stranger' as const,
    at: anyServer(dice),
    orderId: order.orderId,
    impUid: impUidOf(index, dice.between(0, 1)),
    how: dice.pick(ways),
    otherOrderId: dice.pick(orders).orderId,
  }))
}

const hookOf = (dice: Dice, { orderId }: OrderPlan, impUid: string, atMs: number): Item => ({
  atMs,
  do: 'hook',
  at: anyServer(dice),
  impUid,
  orderId,
  status: 'paid',
  form: false,
})

const returnOf = (
  dice: Dice,
  { orderId }: OrderPlan,
  impUid: string,
  atMs: number,
  flag: 'true' | 'false' | 'none',
): Item => ({ atMs, do: 'return', at: anyServer(dice), impUid, orderId, flag, how: 'link' })
