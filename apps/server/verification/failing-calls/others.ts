import {
  AMOUNT,
  fails,
  first,
  hook,
  inConsole,
  intrudes,
  looks,
  opens,
  ord,
  order,
  pays,
  registers,
  returns,
  second,
} from './lines.ts'
import type { Scenario } from './scenario.ts'

const orders = [order()]
const YEAR_MS = 365 * 24 * 3_600_000
const lastYear = { whose: 'theirs', startedAgoMs: YEAR_MS, paidAgoMs: YEAR_MS } as const

/** Other uses of the number, and others who speak of it. */
export const others: readonly Scenario[] = [
  {
    name: 'the number was paid a year ago, and nobody pays now',
    orders,
    items: [opens(0, lastYear), pays(10), registers(1_000), looks(3_000, 'reconcile')],
    ends: 'open, 0 kept, review: predates_order',
    lastsMs: 12_000,
  },
  {
    name: 'the number was paid and returned a year ago, and nobody pays now',
    orders,
    items: [
      opens(0, lastYear),
      pays(10),
      inConsole(20, 1),
      registers(1_000),
      looks(3_000, 'reconcile'),
      looks(4_000, 'screen'),
      looks(5_000, 'order'),
    ],
    ends: 'open, 0 kept',
    lastsMs: 12_000,
  },
  {
    name: 'paid three hours before its order was registered: its claim waited',
    orders,
    items: [
      opens(0, { startedAgoMs: 3 * 3_600_000 }),
      pays(10),
      hook(100, 'paid'),
      registers(2_000),
      returns(3_000, 'none'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 14_000,
  },
  {
    name: 'another shop has the number fixed at its own amount, and is paid',
    orders,
    items: [
      { atMs: 0, do: 'prepare_elsewhere', orderId: ord, amount: AMOUNT + 2_500 },
      registers(100),
      opens(1_000, { amount: AMOUNT + 2_500, whose: 'theirs' }),
      pays(2_000),
      hook(2_100, 'paid'),
    ],
    ends: 'open, 0 kept, review: amount_conflict',
    lastsMs: 14_000,
  },
  {
    name: 'the PG takes something off the price',
    orders,
    items: [
      registers(0),
      opens(1_000, { amount: AMOUNT - 1_000, discount: 1_000 }),
      pays(2_000),
      hook(2_100, 'paid'),
    ],
    ends: 'open, 0 kept, review: discounted',
    lastsMs: 12_000,
  },
  {
    name: 'a stranger says that it failed, by the order and by his own token, and it is paid',
    orders,
    items: [
      registers(0),
      opens(1_000),
      intrudes(1_500, 'by_order'),
      intrudes(2_500, 'outcome_token'),
      intrudes(2_800, 'by_payment'),
      looks(3_500, 'screen'),
      pays(5_000),
      hook(5_050, 'paid'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 14_000,
  },
  {
    name: 'two tries, one that fails and one that is approved after it was said to be paid',
    orders,
    items: [
      registers(0),
      opens(1_000),
      opens(1_100, { impUid: second }),
      returns(2_000, 'true'),
      fails(2_500, second),
      returns(2_700, 'false', { impUid: second }),
      looks(6_000, 'screen'),
      looks(14_000, 'screen'),
      pays(16_000, first),
      hook(16_100, 'paid'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 28_000,
  },
  {
    name: 'a success is claimed shortly before the deadline, and the money comes after it',
    orders: [order(6_000)],
    items: [
      registers(0),
      opens(1_000),
      returns(5_000, 'true'),
      looks(9_000, 'screen'),
      pays(12_000),
      hook(12_100, 'paid'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 24_000,
  },
]
