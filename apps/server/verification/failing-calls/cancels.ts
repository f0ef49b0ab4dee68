import {
  AMOUNT,
  cancelWill,
  first,
  hook,
  opens,
  order,
  paid,
  pays,
  registers,
  returns,
  second,
  wants,
} from './lines.ts'
import type { Scenario } from './scenario.ts'

const orders = [order()]
const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
/** Hours between two turns of the loop, so that a long story has few of them. What is set off by somebody is done at once. */
const hours = (count: number) => ({ intervalMs: count * HOUR_MS })
const surplus = [
  registers(0),
  opens(1_000),
  opens(1_100, { impUid: second }),
  pays(2_000),
  hook(2_050, 'paid'),
  pays(4_000, second),
  hook(4_050, 'paid', { impUid: second }),
]

/** Cancels that a PG does not book at once, not once, or not at all (docs/gateway/portone-v1.md §4.6). */
export const cancels: readonly Scenario[] = [
  {
    name: 'a part goes back, and the PG books it twenty seconds later',
    orders,
    items: [cancelWill({ kind: 'pending', afterMs: 20 * SECOND_MS }), ...paid, wants(4_000, 5_000)],
    ends: 'partially_cancelled, 7000 kept',
    lastsMs: 50_000,
  },
  {
    name: 'two parts are asked back, and the PG books the first one later',
    orders,
    items: [
      cancelWill({ kind: 'pending', afterMs: 20 * SECOND_MS }),
      ...paid,
      wants(4_000, 5_000),
      wants(6_000, 5_000, { key: 'key-2' }),
    ],
    ends: 'partially_cancelled, 2000 kept',
    lastsMs: 60_000,
  },
  {
    name: 'what was paid twice goes back, and the PG books it later',
    orders,
    eitherIsKept: true,
    items: [
      cancelWill({ kind: 'pending', afterMs: 15 * SECOND_MS }),
      cancelWill({ kind: 'pending', afterMs: 15 * SECOND_MS }, second),
      ...surplus,
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 40_000,
  },
  {
    name: 'a cancel outlasts its deadline, and is executed after that',
    orders,
    items: [cancelWill({ kind: 'slow', afterMs: 17 * SECOND_MS }), ...paid, wants(4_000, 5_000)],
    ends: 'partially_cancelled, 7000 kept',
    lastsMs: 50_000,
  },
  {
    name: 'a cancel outlasts its deadline, and both servers look after it',
    orders,
    items: [cancelWill({ kind: 'slow', afterMs: 17 * SECOND_MS }), ...paid, wants(4_000, null)],
    twoServers: true,
    ends: 'cancelled, 0 kept',
    lastsMs: 50_000,
  },
  {
    name: 'a cancel is accepted and never booked: a person is called after a day',
    orders,
    settings: hours(6),
    items: [cancelWill({ kind: 'denied' }), ...paid, wants(4_000, 5_000)],
    ends: 'paid, 12000 kept, review: cancel_failed',
    // A yes that nobody heard is asked for again once the record has shown that nothing was done.
    orElse: ['partially_cancelled, 7000 kept'],
    lastsMs: 31 * HOUR_MS,
  },
  {
    name: 'a cancel is booked twice',
    orders,
    items: [cancelWill({ kind: 'twice' }), ...paid, wants(4_000, 5_000)],
    ends: 'partially_cancelled, 2000 kept, review: returned_more',
    lastsMs: 15_000,
  },
  {
    name: 'all of it goes back, and a part was asked for',
    orders,
    items: [cancelWill({ kind: 'more' }), ...paid, wants(4_000, 5_000)],
    ends: 'cancelled, 0 kept, review: returned_more',
    lastsMs: 15_000,
  },
  {
    name: 'the settlement is short for half an hour, and then the money goes back',
    orders,
    settings: hours(1),
    items: [
      cancelWill({ kind: 'refused', text: '정산 대금이 부족합니다. (8178)', forMs: HOUR_MS / 2 }),
      ...paid,
      wants(4_000, null),
    ],
    ends: 'cancelled, 0 kept',
    lastsMs: 4 * HOUR_MS,
  },
  {
    name: 'the gateway refuses a cancel for good',
    orders,
    items: [
      cancelWill({ kind: 'refused', text: '취소 가능 기간이 경과하였습니다.', forMs: 400 * HOUR_MS }),
      ...paid,
      wants(4_000, null),
    ],
    ends: 'paid, 12000 kept, review: cancel_failed',
    lastsMs: 15_000,
  },
  {
    name: 'the record is behind while money goes back',
    orders,
    items: [
      ...paid,
      { atMs: 3_900, do: 'lag', impUid: first, forMs: 20 * SECOND_MS, backMs: 12 * SECOND_MS },
      wants(4_000, 5_000),
    ],
    ends: 'partially_cancelled, 7000 kept',
    lastsMs: 60_000,
  },
  {
    name: 'another sum comes although ours was fixed: a person decides',
    orders,
    items: [
      registers(0),
      opens(1_000, { amount: AMOUNT - 900 }),
      pays(2_000),
      hook(2_050, 'paid'),
      returns(2_200, 'true'),
    ],
    ends: 'open, 0 kept, review: amount_conflict',
    // The amount could not be fixed before, so that the window may have been forged.
    orElse: ['open, 0 kept'],
    lastsMs: 12_000,
  },
]
