import type { ReviewAction } from '@landfall/payment-core'
import type { Wish } from '../simulation/ledger.ts'
import type { Fate } from '../simulation/gateway-words.ts'
import {
  impUidOf,
  type Flag,
  type Item,
  type OrderPlan,
  type ServerName,
  type SpokenItem,
} from '../simulation/story.ts'

export const AMOUNT = 12_000
export const ord = 'ord-1'
export const first = impUidOf(0, 0)
export const second = impUidOf(0, 1)

export const order = (expiresInMs: number | null = null): OrderPlan => ({
  orderId: ord,
  amount: AMOUNT,
  expiresInMs,
})

/** The lines of a script, each with its moment: what the shop, the customer, the gateway and the bank do. */
export const registers = (atMs: number, amount = AMOUNT, at: ServerName = 'A'): Item => ({
  atMs,
  do: 'register',
  at,
  orderId: ord,
  amount,
})

export const opens = (atMs: number, wish: Partial<Wish> = {}): Item => ({
  atMs,
  do: 'open',
  wish: {
    impUid: first,
    orderId: ord,
    amount: AMOUNT,
    currency: 'KRW',
    sandbox: false,
    fixedAccount: false,
    knownLaterMs: 0,
    forces: true,
    ...wish,
  },
})

export const pays = (atMs: number, impUid = first): Item => ({ atMs, do: 'approve', impUid })
export const fails = (atMs: number, impUid = first): Item => ({ atMs, do: 'refuse', impUid })
export const issues = (atMs: number, lifeMs: number): Item => ({ atMs, do: 'issue', impUid: first, lifeMs })
export const deposits = (atMs: number, impUid = first): Item => ({ atMs, do: 'deposit', impUid })

export const hook = (
  atMs: number,
  status: string,
  more: { readonly impUid?: string; readonly at?: ServerName; readonly form?: true } = {},
): Item => ({
  atMs,
  do: 'hook',
  at: more.at ?? 'A',
  impUid: more.impUid ?? first,
  orderId: ord,
  status,
  form: more.form ?? false,
})

export const returns = (
  atMs: number,
  flag: Flag,
  more: {
    readonly impUid?: string | null
    readonly at?: ServerName
    readonly how?: 'link' | 'bare' | 'post' | 'verify'
  } = {},
): Item => ({
  atMs,
  do: 'return',
  at: more.at ?? 'A',
  impUid: more.impUid === undefined ? first : more.impUid,
  orderId: ord,
  flag,
  how: more.how ?? 'link',
})

export const looks = (
  atMs: number,
  what: 'screen' | 'check_again' | 'reconcile' | 'order',
  at: ServerName = 'A',
): Item => ({ atMs, do: what, at, orderId: ord })

/** The shop wants money back: a sum, or all that is left. */
export const wants = (
  atMs: number,
  amount: number | null,
  more: { readonly key?: string; readonly account?: true; readonly at?: ServerName } = {},
): Item => ({
  atMs,
  do: 'ask_back',
  at: more.at ?? 'A',
  orderId: ord,
  amount,
  key: more.key ?? 'key-1',
  account: more.account ?? false,
})

/** The shop wants the money of one payment back, whatever order it is of. */
export const wantsOf = (
  atMs: number,
  impUid: string,
  more: { readonly orderId?: string; readonly amount?: number; readonly account?: true } = {},
): Item => ({
  atMs,
  do: 'ask_back',
  at: 'A',
  orderId: more.orderId ?? ord,
  amount: more.amount ?? null,
  key: `named-${impUid}`,
  account: more.account ?? false,
  impUid,
})

export const closes = (atMs: number, at: ServerName = 'A'): Item => ({ atMs, do: 'close', at, orderId: ord })

/** A person ends the review that the order has, in this way. */
export const resolves = (
  atMs: number,
  action: ReviewAction,
  more: { readonly orderId?: string; readonly at?: ServerName } = {},
): Item => ({
  atMs,
  do: 'resolve',
  at: more.at ?? 'A',
  orderId: more.orderId ?? ord,
  actions: [action],
  account: true,
  blindly: false,
})

/** Somebody gives money back in the gateway's console. */
export const inConsole = (atMs: number, share: number): Item => ({
  atMs,
  do: 'console_cancel',
  impUid: first,
  share,
})

/** What the next cancel of the payment comes to. */
export const cancelWill = (fate: Fate, impUid = first): Item => ({
  atMs: 10,
  do: 'cancel_will',
  impUid,
  fate,
})

/** Somebody who has no business with the order. */
export const intrudes = (
  atMs: number,
  how: Extract<SpokenItem, { do: 'stranger' }>['how'],
  at: ServerName = 'A',
): Item => ({ atMs, do: 'stranger', at, orderId: ord, impUid: first, how, otherOrderId: ord })

/** Registered, opened, paid, and told by both: how most stories begin. */
export const paid: readonly Item[] = [
  registers(0),
  opens(1_000),
  pays(2_000),
  hook(2_050, 'paid'),
  returns(2_200, 'true'),
]
