import type { Evidence, Observation } from '../src/index.ts'
import { MINUTE_MS, NOW_MS, seen } from '../test/samples.ts'
import type { Bounds, Flavour } from './bounds.ts'

/** One payment in the gateway's own books, which no look-up changes. Its state only advances. */
export type Try = {
  readonly flavour: Flavour
  readonly status: 'ready' | 'awaiting_deposit' | 'failed' | 'paid'
  readonly byAccount: boolean
  /** 1 for the payment paid first, 2 for the second, 0 while unpaid. */
  readonly paidAs: number
  readonly cancels: readonly Booked[]
}
/** One cancel, in booking order. */
export type Booked = {
  /** The intent's id in the reason; null for a cancel in the console. */
  readonly mark: string | null
  readonly amount: number
  /** Accepted first and booked later, whatever the balance was by then. */
  readonly late: boolean
}
/** Payments in the order in which they were begun. */
export type Truth = readonly Try[]

export const ORDER_AMOUNT = 14_000
/** A part of the order. The shop's refund and a console cancel use the same amount, so that they can be confused. */
export const PART = 4_000
/** The amount that another shop of the same account has fixed for the same order number. */
export const FOREIGN_AMOUNT = 50_000

export const paymentIdOf = (index: number): string => `imp_${index + 1}`
export function amountPaid({ flavour }: Try): number {
  if (flavour === 'foreign') return FOREIGN_AMOUNT
  return flavour === 'wrong' ? ORDER_AMOUNT - 1_000 : ORDER_AMOUNT
}
/** No evidence ties this money to our order (S-23). */
export const isInDoubt = ({ flavour }: Try): boolean => flavour === 'earlier' || flavour === 'foreign'
export const returnedOf = (each: Try): number => each.cancels.reduce((sum, { amount }) => sum + amount, 0)
export const leftOf = (each: Try): number =>
  each.status === 'paid' ? amountPaid(each) - returnedOf(each) : 0

export type Move = { readonly truth: Truth; readonly words: string }

const replaced = (truth: Truth, index: number, changed: Partial<Try>): Truth =>
  truth.map((each, at) => (at === index ? { ...each, ...changed } : each))

/** What customers, banks and the gateway's console can do next. */
export function movesOf(bounds: Bounds, truth: Truth): Move[] {
  const opened = truth.length < bounds.payments ? bounds.flavours.map((flavour) => opens(truth, flavour)) : []
  return [...opened, ...truth.flatMap((_, index) => movesOfTry(bounds, truth, index))]
}

const asked: Readonly<Record<Flavour, string>> = {
  good: 'for the order’s amount',
  wrong: 'for another amount',
  test: 'in a test channel',
  earlier: 'for the order’s amount, long before the order was registered',
  foreign: 'of another shop, which has fixed its own amount for the number',
}

function opens(truth: Truth, flavour: Flavour): Move {
  const each: Try = { flavour, status: 'ready', byAccount: false, paidAs: 0, cancels: [] }
  return {
    truth: [...truth, each],
    words: `a customer opens window ${paymentIdOf(truth.length)} ${asked[flavour]}`,
  }
}

function movesOfTry(bounds: Bounds, truth: Truth, index: number): Move[] {
  const each = truth[index]
  if (each === undefined) return []
  const id = paymentIdOf(index)
  const pays = (words: string): Move => {
    const paidAs = 1 + truth.filter((other) => other.paidAs > 0).length
    return { truth: replaced(truth, index, { status: 'paid', paidAs }), words }
  }
  const fails: Move = { truth: replaced(truth, index, { status: 'failed' }), words: `${id} fails` }
  switch (each.status) {
    case 'ready': {
      const account: Move = {
        truth: replaced(truth, index, { status: 'awaiting_deposit', byAccount: true }),
        words: `${id} is issued a virtual account`,
      }
      return [pays(`${id} is paid`), fails, ...(bounds.accounts ? [account] : [])]
    }
    case 'awaiting_deposit':
      return [pays(`${id} is paid into its account`), { ...fails, words: `${id}’s account is closed` }]
    case 'failed':
      return bounds.fraudReview ? [pays(`${id}, which had failed, is paid after all`)] : []
    case 'paid':
      return consoleMoves(bounds, truth, index, each)
  }
}

function consoleMoves(bounds: Bounds, truth: Truth, index: number, each: Try): Move[] {
  const made = truth.reduce((sum, { cancels }) => sum + cancels.filter(({ mark }) => mark === null).length, 0)
  const left = leftOf(each)
  if (made >= bounds.consoleCancels || left === 0) return []
  return [...new Set([Math.min(PART, left), left])].map((amount) => ({
    truth: replaced(truth, index, { cancels: [...each.cancels, { mark: null, amount, late: false }] }),
    words: `somebody gives ${amount} of ${paymentIdOf(index)} back in the gateway’s console`,
  }))
}

/** Before the order's deadline, after it, and after a virtual account's deadline with its grace period. */
export const timesMs: readonly number[] = [NOW_MS, NOW_MS + 31 * MINUTE_MS, NOW_MS + 120 * MINUTE_MS]

export const DAYS_AGO_MS = 48 * 60 * MINUTE_MS

/** What a look-up of one payment reads now. */
export function observe(truth: Truth, index: number): Observation[] {
  const each = truth[index]
  if (each === undefined) return []
  const cancels = each.cancels.map(({ mark, amount }, at) => ({
    id: `${paymentIdOf(index)}-C${at}`,
    amount,
    atMs: NOW_MS + at,
    reason: mark === null ? null : `${mark}: returned`,
  }))
  const facts = {
    paymentId: paymentIdOf(index),
    status: cancels.length > 0 ? ('cancelled' as const) : each.status,
    amounts: [amountPaid(each)],
    testChannel: each.flavour === 'test',
    cancelledAmount: returnedOf(each),
    cancels,
  }
  const details = {
    method: each.byAccount ? ('virtual_account' as const) : ('card' as const),
    accountDueAtMs: each.byAccount ? NOW_MS + 40 * MINUTE_MS : null,
    startedAtMs: NOW_MS - (each.flavour === 'earlier' ? DAYS_AGO_MS : MINUTE_MS) + index,
    paidAtMs: each.paidAs === 0 ? null : NOW_MS - 1_000 + each.paidAs,
  }
  return [seen(facts, details)]
}

export const observeAll = (truth: Truth): Observation[] => truth.flatMap((_, index) => observe(truth, index))

/** The amount that the gateway reports as fixed: another shop's, if a payment of that shop was seen. */
export const evidenceOf = (sight: readonly Observation[]): Evidence => ({
  fixed: sight.some(({ amounts }) => amounts.includes(FOREIGN_AMOUNT))
    ? { kind: 'held', money: { amount: FOREIGN_AMOUNT, currency: 'KRW' } }
    : { kind: 'none' },
})
