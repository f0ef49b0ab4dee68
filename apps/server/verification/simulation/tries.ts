import type { Dice } from './dice.ts'
import { anyServer, type Flag, type Item, type OrderPlan } from './story.ts'

const kinds = [
  ...Array<'paid'>(9).fill('paid'),
  'forged',
  'other_currency',
  'test_channel',
  'failed',
  'failed',
  'abandoned',
  'late_approval',
  'late_approval',
  'account',
  'account',
  'account',
  'fixed_account',
  'stranger',
] as const
type Kind = (typeof kinds)[number]

type Try = { readonly impUid: string; readonly opensAtMs: number; readonly horizonMs: number }

/** One try at the gateway: its window, what becomes of it, and who tells the server, rightly or not. */
export function itemsOfTry(dice: Dice, order: OrderPlan, each: Try): Item[] {
  const kind = dice.pick(kinds)
  const { impUid, opensAtMs } = each
  const wish = {
    impUid,
    orderId: kind === 'stranger' ? 'another-shop' : order.orderId,
    amount: kind === 'forged' ? Math.max(100, order.amount - 900) : order.amount,
    currency: kind === 'other_currency' ? 'JPY' : 'KRW',
    sandbox: kind === 'test_channel',
    fixedAccount: kind === 'fixed_account',
    knownLaterMs: dice.chance(0.1) ? dice.between(1, 6_000) : 0,
  }
  const endsAtMs = opensAtMs + dice.between(200, 4_000)
  const told = eventsOf(dice, kind, order, { ...each, opensAtMs: endsAtMs })
  const items: Item[] = [{ atMs: opensAtMs, do: 'open', wish }, ...told.items]
  for (const event of told.hooks) items.push(...hooksOf(dice, impUid, wish.orderId, event))
  if (dice.chance(0.75)) items.push(...returnsOf(dice, order.orderId, impUid, endsAtMs, kind))
  return items
}

type Told = { readonly atMs: number; readonly status: string }

function eventsOf(
  dice: Dice,
  kind: Kind,
  order: OrderPlan,
  { impUid, opensAtMs: atMs, horizonMs }: Try,
): { readonly items: Item[]; readonly hooks: Told[] } {
  const later = (): number => atMs + dice.fraction() * horizonMs * 0.6
  switch (kind) {
    case 'failed':
      return { items: [{ atMs, do: 'refuse', impUid }], hooks: [] }
    case 'abandoned':
      return { items: [], hooks: [] }
    case 'late_approval': {
      const approvedAtMs = later()
      const items: Item[] = [
        { atMs, do: 'refuse', impUid },
        { atMs: approvedAtMs, do: 'approve', impUid },
      ]
      return { items, hooks: [{ atMs: approvedAtMs, status: 'paid' }] }
    }
    case 'account':
    case 'fixed_account':
      return accountEvents(dice, kind, order, { impUid, opensAtMs: atMs, horizonMs })
    case 'paid':
    case 'forged':
    case 'other_currency':
    case 'test_channel':
    case 'stranger': {
      const items: Item[] = [{ atMs, do: 'approve', impUid }]
      const hooks = [{ atMs, status: 'paid' }]
      for (let left = dice.chance(0.2) ? dice.between(1, 2) : 0; left > 0; left -= 1) {
        const cancelledAtMs = later()
        items.push({ atMs: cancelledAtMs, do: 'console_cancel', impUid, share: dice.pick([0.3, 0.5, 1]) })
        hooks.push({ atMs: cancelledAtMs, status: 'cancelled' })
      }
      return { items, hooks }
    }
  }
}

function accountEvents(
  dice: Dice,
  kind: Kind,
  order: OrderPlan,
  { impUid, opensAtMs: atMs, horizonMs }: Try,
): { readonly items: Item[]; readonly hooks: Told[] } {
  const lifeMs = horizonMs * (0.2 + dice.fraction())
  const items: Item[] = [{ atMs, do: 'issue', impUid, lifeMs }]
  const hooks = [{ atMs, status: 'ready' }]
  const deposit = (depositedAtMs: number): void => {
    items.push({ atMs: depositedAtMs, do: 'deposit', impUid })
    hooks.push({ atMs: depositedAtMs, status: 'paid' })
  }
  // In the second it is due, in the second the order expires, or whenever.
  const expiresAtMs = order.expiresInMs ?? lifeMs
  if (dice.chance(0.7))
    deposit(dice.pick([atMs + lifeMs, expiresAtMs + 1_000, atMs + dice.fraction() * lifeMs]))
  if (kind === 'fixed_account' && dice.chance(0.5)) deposit(atMs + dice.fraction() * horizonMs)
  if (dice.chance(0.1)) items.push({ atMs: atMs + dice.fraction() * horizonMs, do: 'erase_account', impUid })
  return { items, hooks }
}

/** Lost, late, before the event it tells of, or several times (docs/gateway/portone-v1.md §3). */
function hooksOf(dice: Dice, impUid: string, orderId: string, { atMs, status }: Told): Item[] {
  const copies = dice.pick([0, 1, 1, 1, 2, 4])
  return Array.from({ length: copies }, () => ({
    atMs: Math.max(0, atMs + dice.between(-200, 200) + (dice.chance(0.3) ? dice.between(0, 8_000) : 0)),
    do: 'hook' as const,
    at: anyServer(dice),
    impUid,
    orderId: dice.chance(0.03) ? 'ord-1' : orderId,
    status,
    form: dice.chance(0.3),
  }))
}

function returnsOf(dice: Dice, orderId: string, impUid: string, atMs: number, kind: Kind): Item[] {
  const went = kind !== 'failed' && kind !== 'abandoned' && kind !== 'late_approval'
  const copies = dice.pick([1, 1, 1, 2, 4])
  const honest: Flag = went ? 'true' : 'false'
  return Array.from({ length: copies }, () => ({
    atMs: atMs + dice.between(0, 600) + (dice.chance(0.2) ? dice.between(0, 9_000) : 0),
    do: 'return' as const,
    at: anyServer(dice),
    impUid: dice.chance(0.1) ? null : impUid,
    orderId,
    flag: dice.chance(0.8) ? honest : dice.pick(['true', 'false', 'none'] as const),
    how: dice.pick(['link', 'link', 'link', 'bare', 'post', 'verify'] as const),
  }))
}
