import {
  AMOUNT,
  cancelWill,
  closes,
  deposits,
  hook,
  issues,
  opens,
  order,
  paid,
  pays,
  registers,
  resolves,
  returns,
  second,
  wants,
  wantsOf,
} from './lines.ts'
import type { Scenario } from './scenario.ts'

const orders = [order()]
const MINUTE_MS = 60_000
const begins = [registers(0), opens(1_000)]
const elsewhere = 'another-shop'
/** The gateway's word is final; half a second later a person may think otherwise. */
const refused = cancelWill({ kind: 'refused', text: '취소 가능 기간이 경과하였습니다.', forMs: 500 })
const surplus = [
  ...paid,
  opens(1_100, { impUid: second }),
  pays(6_000, second),
  hook(6_050, 'paid', { impUid: second }),
]

/** What a person does about an order, and what the shop calls off. */
export const persons: readonly Scenario[] = [
  {
    name: 'a person accepts what came late',
    orders: [order(10_000)],
    settings: { onLate: 'review' },
    items: [...begins, pays(40_000), hook(40_050, 'paid'), resolves(44_000, 'accept')],
    ends: 'paid, 12000 kept',
    lastsMs: 60_000,
  },
  {
    name: 'a person gives back what is not the order’s',
    orders,
    settings: { onRejected: 'review', fixesNothing: true },
    items: [
      registers(0),
      opens(1_000, { amount: AMOUNT - 900 }),
      pays(2_000),
      hook(2_050, 'paid'),
      resolves(5_000, 'return'),
    ],
    ends: 'open, 0 kept',
    lastsMs: 20_000,
  },
  {
    name: 'a person gives a deposit back to an account, and the kept payment stays',
    orders,
    items: [
      ...begins,
      issues(2_000, 30 * MINUTE_MS),
      hook(2_050, 'ready'),
      opens(4_000, { impUid: second }),
      pays(5_000, second),
      deposits(5_000),
      hook(5_050, 'paid', { impUid: second }),
      hook(5_300, 'paid'),
      resolves(9_000, 'return'),
    ],
    ends: 'paid, 12000 kept',
    eitherIsKept: true,
    lastsMs: 25_000,
  },
  {
    name: 'a person has a refused cancel sent again',
    orders,
    items: [refused, ...paid, wants(4_000, null), resolves(8_000, 'retry')],
    ends: 'cancelled, 0 kept',
    // It was sent once: it is sent again when the gateway has shown that nothing was executed.
    lastsMs: 200_000,
  },
  {
    name: 'a person leaves a refused cancel as it is',
    orders,
    items: [
      cancelWill({ kind: 'refused', text: '취소 가능 기간이 경과하였습니다.', forMs: 400 * 60 * MINUTE_MS }),
      ...paid,
      wants(4_000, null),
      resolves(8_000, 'dismiss'),
    ],
    ends: 'paid, 12000 kept',
    lastsMs: 20_000,
  },
  {
    name: 'two persons end one review at once, in two ways, at two servers',
    orders,
    settings: { onRejected: 'review', fixesNothing: true },
    items: [
      registers(0),
      opens(1_000, { amount: AMOUNT - 900 }),
      pays(2_000),
      hook(2_050, 'paid'),
      resolves(5_000, 'return'),
      resolves(5_000, 'dismiss', { at: 'B' }),
    ],
    twoServers: true,
    ends: 'open, 0 kept',
    // Whichever was first: the money is back, or stays.
    orElse: ['open, 0 kept'],
    lastsMs: 20_000,
  },
  {
    name: 'called off while its window is open: what is paid then goes back',
    orders,
    items: [...begins, closes(3_000), pays(6_000), hook(6_050, 'paid'), returns(6_200, 'true')],
    ends: 'expired, 0 kept',
    // It could not be called off before it was paid.
    orElse: ['paid, 12000 kept'],
    lastsMs: 20_000,
  },
  {
    name: 'called off while an account is open, at two servers: nobody can pay into it',
    orders,
    items: [
      ...begins,
      issues(2_000, 30 * MINUTE_MS),
      hook(2_050, 'ready'),
      closes(4_000),
      closes(4_000, 'B'),
      deposits(30_000),
    ],
    twoServers: true,
    ends: 'expired, 0 kept',
    // It could not be called off, or its account not be closed, before somebody paid.
    orElse: ['paid, 12000 kept', 'expired, 0 kept, review: cancel_failed'],
    lastsMs: 50_000,
  },
  {
    name: 'called off, paid all the same, and a person accepts it',
    orders,
    settings: { onClosed: 'review' },
    items: [...begins, closes(3_000), pays(6_000), hook(6_050, 'paid'), resolves(9_000, 'accept')],
    ends: 'paid, 12000 kept',
    // It could not be called off before it was paid.
    orElse: ['paid, 12000 kept'],
    lastsMs: 20_000,
  },
  {
    name: 'the shop gives back by name what was paid twice',
    orders,
    settings: { onSurplus: 'review' },
    items: [...surplus, wantsOf(9_000, second)],
    ends: 'paid, 12000 kept',
    // The second try was seen first: it is kept, and given back by name.
    orElse: ['cancelled, 0 kept, review: surplus'],
    lastsMs: 25_000,
  },
  {
    name: 'the shop gives back by name what was paid for an order that nobody registered',
    orders,
    items: [
      ...begins,
      opens(1_100, { impUid: second, orderId: elsewhere }),
      pays(2_000, second),
      hook(2_050, 'paid', { impUid: second }),
      wantsOf(5_000, second, { orderId: elsewhere }),
    ],
    ends: 'open, 0 kept',
    lastsMs: 20_000,
  },
  {
    name: 'a person gives back what the shop has left of an order that nobody registered',
    orders,
    items: [
      ...begins,
      opens(1_100, { impUid: second, orderId: elsewhere }),
      pays(2_000, second),
      hook(2_050, 'paid', { impUid: second }),
      wantsOf(5_000, second, { orderId: elsewhere, amount: 5_000 }),
      resolves(9_000, 'return', { orderId: elsewhere }),
    ],
    ends: 'open, 0 kept',
    lastsMs: 30_000,
  },
]
