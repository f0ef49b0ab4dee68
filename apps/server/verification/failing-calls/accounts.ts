import {
  deposits,
  first,
  hook,
  inConsole,
  issues,
  looks,
  opens,
  order,
  pays,
  registers,
  returns,
  second,
  wants,
} from './lines.ts'
import type { Scenario } from './scenario.ts'

const orders = [order()]
const MINUTE_MS = 60_000
const issued = [
  registers(0),
  opens(1_000),
  issues(2_000, 30 * MINUTE_MS),
  hook(2_050, 'ready'),
  returns(2_200, 'true'),
]
const deposited = [...issued, deposits(5_000), hook(5_100, 'paid')]

/** Virtual accounts: a number first, money later, or never. */
export const accounts: readonly Scenario[] = [
  {
    name: 'an account is issued, and its deposit is told',
    orders,
    items: deposited,
    ends: 'paid, 12000 kept',
    lastsMs: 13_000,
  },
  {
    // It was due almost an hour ago, and the gateway says `ready` for an hour longer: the story needs no hours of its own.
    name: 'an account that nobody pays into ends its hour of grace, and the order expires',
    orders: [order(10_000)],
    items: [registers(0), opens(1_000), issues(2_000, 20_000 - 60 * MINUTE_MS), hook(2_050, 'ready')],
    ends: 'expired, 0 kept',
    lastsMs: 36_000,
  },
  {
    name: 'a deposit in the second the account is due',
    orders: [order(20_000)],
    items: [registers(0), opens(1_000), issues(2_000, 18_000), hook(2_050, 'ready'), deposits(20_400)],
    ends: 'paid, 12000 kept',
    lastsMs: 62_000,
  },
  {
    name: 'an account is erased before its deposit',
    orders,
    items: [...issued, { atMs: 6_000, do: 'erase_account', impUid: first }, looks(8_000, 'reconcile')],
    ends: 'open, 0 kept',
    lastsMs: 14_000,
  },
  {
    name: 'an account is issued, and then paid by card: the account is closed',
    orders,
    items: [
      ...issued,
      opens(4_000, { impUid: second }),
      pays(5_000, second),
      hook(5_050, 'paid', { impUid: second }),
      returns(5_200, 'true', { impUid: second }),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 15_000,
  },
  {
    name: 'an account is paid by a deposit and by card',
    orders,
    items: [
      ...issued,
      opens(4_000, { impUid: second }),
      pays(5_000, second),
      deposits(5_000),
      hook(5_050, 'paid', { impUid: second }),
      hook(5_300, 'paid'),
    ],
    ends: 'paid, 12000 kept, review: cancel_failed',
    // Which of the two is kept is up to which is seen first; a card's money goes back by itself.
    orElse: ['paid, 12000 kept'],
    lastsMs: 17_000,
  },
  {
    name: 'a fixed account takes its deposit twice',
    orders,
    items: [
      registers(0),
      opens(1_000, { fixedAccount: true }),
      issues(2_000, 30 * MINUTE_MS),
      hook(2_050, 'ready'),
      deposits(5_000),
      hook(5_100, 'paid'),
      deposits(8_000),
      hook(8_100, 'paid'),
    ],
    ends: 'paid, 12000 kept, review: contradiction',
    // Both deposits are seen at once: which of them pays for what is a person's to say.
    orElse: ['open, 0 kept, review: contradiction'],
    lastsMs: 17_000,
  },
  {
    name: 'a deposit goes back in part, and then what is left',
    orders,
    items: [
      ...deposited,
      wants(7_000, 5_000, { account: true, key: 'key-1' }),
      wants(9_500, null, { account: true, key: 'key-2' }),
    ],
    ends: 'cancelled, 0 kept',
    lastsMs: 18_000,
  },
  {
    name: 'a deposit is asked back, and no account is named',
    orders,
    items: [...deposited, wants(7_000, null)],
    ends: 'paid, 12000 kept',
    lastsMs: 16_000,
  },
  {
    name: 'a deposit is given back in the console while the shop asks for it',
    orders,
    items: [...deposited, inConsole(7_000, 1), wants(7_010, null, { account: true })],
    ends: 'cancelled, 0 kept',
    lastsMs: 46_000,
  },
]
