import type { ReviewAction } from '@landfall/payment-core'
import type { Dice } from './dice.ts'
import type { Fate, Lie } from './gateway-words.ts'
import type { Wish } from './ledger.ts'
import type { Weather } from './weather.ts'

/** What the shop expects of one order; `expiresInMs` null leaves it to the server. */
export type OrderPlan = {
  readonly orderId: string
  readonly amount: number
  readonly expiresInMs: number | null
}

/** A whole story before it begins: who does what when, under which weather. Any item may be left out, and it is still a story. */
export type Plan = {
  readonly seed: number
  /** Another number is another course of the same story: other delays, losses and faults, and another order of what is due at once. */
  readonly schedule: number
  readonly weather: Weather
  readonly orders: readonly OrderPlan[]
  readonly items: readonly Item[]
  /** After the last item everything heals. */
  readonly healsAtMs: number
}

export type ServerName = 'A' | 'B'
export type Flag = 'true' | 'false' | 'none'

export type Terms = {
  readonly name: string
  readonly expiresInMs: number | null
  readonly taxFree: number | null
  readonly reference: readonly string[]
}

type At = { readonly atMs: number }

/** What buyers, banks and the gateway's own people do. */
export type GatewayItem = At &
  (
    | { readonly do: 'open'; readonly wish: Wish }
    | { readonly do: 'approve' | 'refuse' | 'deposit' | 'erase_account'; readonly impUid: string }
    | { readonly do: 'issue'; readonly impUid: string; readonly lifeMs: number }
    | { readonly do: 'console_cancel'; readonly impUid: string; readonly share: number }
    | { readonly do: 'revoke_token' }
    | { readonly do: 'lie'; readonly impUid: string; readonly kind: Lie['kind']; readonly times: number }
    | { readonly do: 'lag'; readonly impUid: string; readonly forMs: number; readonly backMs: number }
    /** The next cancel of a payment comes to this. */
    | { readonly do: 'cancel_will'; readonly impUid: string; readonly fate: Fate }
    /** Another shop at the same account fixes an amount for this number. */
    | { readonly do: 'prepare_elsewhere'; readonly orderId: string; readonly amount: number }
  )

/** What happens to servers, disk and clocks, and who is away. `at` names the server. */
export type WorldItem = At &
  (
    | {
        readonly do: 'crash'
        readonly at: ServerName
        readonly keepsBatch: boolean
        readonly awayMs: number
      }
    | { readonly do: 'stop'; readonly at: ServerName; readonly awayMs: number }
    | { readonly do: 'stall'; readonly at: ServerName; readonly forMs: number }
    | { readonly do: 'leap'; readonly at: ServerName; readonly byMs: number }
    | {
        readonly do: 'lock' | 'full_disk' | 'gateway_away' | 'shop_away' | 'shop_gone'
        readonly forMs: number
      }
  )

/** What somebody says to a server: `at` names it. */
export type SpokenItem = At & { readonly at: ServerName } & (
    | {
        readonly do: 'register'
        readonly orderId: string
        readonly amount: number
        /** What is different about it when it is registered again. */
        readonly terms?: Terms
      }
    | {
        readonly do: 'hook'
        readonly impUid: string
        readonly orderId: string
        readonly status: string
        readonly form: boolean
      }
    | {
        readonly do: 'return'
        readonly impUid: string | null
        readonly orderId: string
        readonly flag: Flag
        readonly how: 'link' | 'bare' | 'post' | 'verify'
      }
    | { readonly do: 'screen' | 'check_again' | 'reconcile' | 'order'; readonly orderId: string }
    | {
        readonly do: 'ask_back'
        readonly orderId: string
        readonly amount: number | null
        readonly key: string
        readonly account: boolean
        /** Whose money; the kept payment's when it is not said. */
        readonly impUid?: string
      }
    /** The shop calls the order off. */
    | { readonly do: 'close'; readonly orderId: string }
    /** A person looks at the order, and ends a review that is open there. */
    | {
        readonly do: 'resolve'
        readonly orderId: string
        /** In the order in which he would have them. */
        readonly actions: readonly ReviewAction[]
        readonly account: boolean
        /** Goes by a notice that told of it, however old, and takes the first action whatever its reason offers. */
        readonly blindly: boolean
      }
    /** Somebody who has no business with this order, or a program that reads links. */
    | {
        readonly do: 'stranger'
        readonly orderId: string
        readonly impUid: string
        readonly how: 'by_order' | 'by_payment' | 'outcome_token' | 'other_link' | 'scanner'
        /** Whose own link it comes through. */
        readonly otherOrderId: string
      }
    | { readonly do: 'replay' }
  )

/** One thing that somebody does at a moment. */
export type Item = GatewayItem | WorldItem | SpokenItem

const spoken = new Set<string>([
  'register',
  'hook',
  'return',
  'screen',
  'check_again',
  'reconcile',
  'order',
  'ask_back',
  'close',
  'resolve',
  'stranger',
  'replay',
] satisfies Array<SpokenItem['do']>)
const ofTheWorld = new Set<string>([
  'crash',
  'stop',
  'stall',
  'leap',
  'lock',
  'full_disk',
  'gateway_away',
  'shop_away',
  'shop_gone',
] satisfies Array<WorldItem['do']>)

export const isSpoken = (item: Item): item is SpokenItem => spoken.has(item.do)
export const isOfTheWorld = (item: Item): item is WorldItem => ofTheWorld.has(item.do)

export const anyServer = (dice: Dice): ServerName => (dice.chance(0.5) ? 'A' : 'B')
export const impUidOf = (orderIndex: number, tryIndex: number): string =>
  `imp_${String(orderIndex * 10 + tryIndex + 100).padStart(12, '0')}`
