import { hook, inConsole, opens, order, paid, pays, registers, returns, wants } from './lines.ts'
import type { Scenario } from './scenario.ts'

const orders = [order()]

/** Somebody is away, and what was begun goes on. */
export const outages: readonly Scenario[] = [
  {
    name: 'the shop is away when its notice comes',
    orders,
    items: [{ atMs: 1_500, do: 'shop_away', forMs: 4_000 }, ...paid],
    ends: 'paid, 12000 kept',
    lastsMs: 25_000,
  },
  {
    // It is back before a server that has died is: one that starts knows nothing of a 410, and knocks with the next notice.
    name: 'the shop wants no more notices, and then it does',
    orders,
    items: [
      { atMs: 1_500, do: 'shop_gone', forMs: 1_500 },
      ...paid,
      inConsole(4_000, 1),
      hook(4_100, 'cancelled'),
    ],
    // Twelve minutes of a locked database are not looked at every two milliseconds.
    settings: { intervalMs: 110_000, commitMs: 100 },
    ends: 'cancelled, 0 kept',
    lastsMs: 690_000,
  },
  {
    name: 'the shop has its notices told again',
    orders,
    items: [...paid, wants(4_000, 5_000), { atMs: 8_000, do: 'replay', at: 'A' }],
    ends: 'partially_cancelled, 7000 kept',
    lastsMs: 16_000,
  },
  {
    name: 'the gateway is away when the webhook comes',
    orders,
    items: [{ atMs: 1_500, do: 'gateway_away', forMs: 4_000 }, ...paid],
    ends: 'paid, 12000 kept',
    lastsMs: 18_000,
  },
  {
    name: 'the token is revoked between two look-ups',
    orders,
    items: [...paid, { atMs: 3_000, do: 'revoke_token' }, wants(4_000, null)],
    ends: 'cancelled, 0 kept',
    lastsMs: 14_000,
  },
  {
    name: 'the server is restarted after the webhook',
    orders,
    items: [
      registers(0),
      opens(1_000),
      pays(2_000),
      hook(2_050, 'paid'),
      { atMs: 2_070, do: 'stop', at: 'A', awayMs: 2_000 },
      returns(5_200, 'true'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 15_000,
  },
  {
    name: 'the server is killed while it gives money back, and the other goes on',
    orders,
    items: [
      ...paid,
      wants(4_000, 5_000),
      { atMs: 4_060, do: 'crash', at: 'A', keepsBatch: false, awayMs: 40_000 },
    ],
    twoServers: true,
    ends: 'partially_cancelled, 7000 kept',
    lastsMs: 48_000,
  },
  {
    name: 'the server stands still for longer than its lease, and the other goes on',
    orders,
    items: [...paid, wants(4_000, null), { atMs: 4_060, do: 'stall', at: 'A', forMs: 30_000 }],
    twoServers: true,
    ends: 'cancelled, 0 kept',
    lastsMs: 48_000,
  },
]
