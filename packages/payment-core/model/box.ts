import {
  afterRefusal,
  decide,
  decideCancel,
  nextStep,
  openReviewFor,
  screenOf,
  type Payment,
  type Policy,
} from '../src/index.ts'
import { policy } from '../test/samples.ts'

/** How much of the world is explored: everything inside these bounds, to the last state. */
export type Box = {
  readonly name: string
  readonly payments: 1 | 2
  /** What a try can be: for the order's amount, for another one, in a test channel, or nobody's of ours (`Flavour`). */
  readonly flavours: readonly Flavour[]
  /** Virtual accounts are issued, paid into and closed. */
  readonly accounts: boolean
  /** A failure can turn into money after all (G-11). */
  readonly fraudReview: boolean
  /** Cancels made in the gateway's console. */
  readonly consoleCancels: number
  /**
   * Look-ups under way at once; one more is asked, answered and recorded in one step. Nothing is lost by that while the guard holds: of two
   * looks the one recorded first makes the other stale, which might as well not have been begun. The tests compare.
   */
  readonly looksAtOnce: 0 | 1 | 2
  /** What the shop may ask back: a part, or all that is left. */
  readonly asks: readonly ('part' | 'all')[]
  /** How often it may. */
  readonly asksMax: 1 | 2
  /** Each may be killed, or fall silent, at any moment and any number of times. */
  readonly workers: 1 | 2
  /** Times that make a difference: before the deadline, after it, after an account's too. The clock jumps among them, back as well. */
  readonly times: 1 | 2 | 3
  /** The order may be registered after its payments were seen (W-06). */
  readonly registersLate: boolean
  /**
   * Webhooks and returns a payment, counted; null: any number of each. A claim is nothing but a reason to look, so any number of them needs
   * no memory, and includes every smaller number.
   */
  readonly claims: number | null
  /** The gateway may accept a cancel and book it later, or deny it then (M-23). */
  readonly pends: boolean
  /** The gateway may refuse a cancel for reasons of its own, which pass or do not (M-14, M-27). */
  readonly refuses: boolean
  /**
   * How many looks may be answered from a replica that is one step behind, between any two steps of the gateway's books (G-18). One older answer
   * proves nothing; two of them, far enough apart, are taken for a contradiction until a later look dissolves it.
   */
  readonly lags: 0 | 1 | 2
  readonly policy: Policy
}
/**
 * `earlier`: for the order's amount, begun long before the order was registered. `foreign`: another shop's, of the amount that the gateway holds
 * fixed for the number.
 */
export type Flavour = 'good' | 'wrong' | 'test' | 'earlier' | 'foreign'

/** What of the product is explored. A mutant is these rules with one of them broken. */
export type Rules = {
  readonly decide: typeof decide
  readonly decideCancel: typeof decideCancel
  readonly nextStep: typeof nextStep
  readonly afterRefusal: typeof afterRefusal
  readonly openReviewFor: typeof openReviewFor
  readonly screenOf: typeof screenOf
  /** The write names the version it read (store/orders.ts, recordDecision). */
  readonly guard: boolean
  /**
   * A look that began when its payment was held but its order not yet registered is stale, too, once somebody recorded that payment
   * (journey/reconcile/record-outcome.ts).
   */
  readonly guardsUnregistered: boolean
  /** The store refuses a second row of one notice or intent. Without it a second one is a broken promise. */
  readonly refusesSecondIds: boolean
  /** An intent is sent and settled under its lease alone (store/cancels.ts, noteSending and settleCancel). */
  readonly lease: boolean
  /** A payment is looked up before each call (journey/follow-up/execute-refund.ts, giveBack). */
  readonly looksBeforeSending: boolean
  /** The balance we believe in goes with the call (journey/follow-up/execute-refund.ts, send). */
  readonly sendsBalance: boolean
  /** What a look without an answer makes of a payment; nothing (journey/reconcile/reschedule.ts). */
  readonly silence: ((payment: Payment) => Payment) | null
}

export const realRules: Rules = {
  decide,
  decideCancel,
  nextStep,
  afterRefusal,
  openReviewFor,
  screenOf,
  guard: true,
  guardsUnregistered: true,
  refusesSecondIds: false,
  lease: true,
  looksBeforeSending: true,
  sendsBalance: true,
  silence: null,
}

const whole = {
  accounts: true,
  fraudReview: true,
  consoleCancels: 1,
  asks: ['part', 'all'],
  asksMax: 1,
  workers: 2,
  looksAtOnce: 2,
  times: 3,
  registersLate: false,
  claims: null,
  pends: false,
  refuses: true,
  lags: 0,
  policy,
} as const

export const boxes = {
  /** One payment, everything else. */
  small: { ...whole, name: 'small', payments: 1, flavours: ['good', 'wrong'], asks: ['part'] },
  /** One payment that may be seen before its order is registered, in a live or in a test channel. */
  orphan: {
    ...whole,
    name: 'orphan',
    payments: 1,
    flavours: ['good', 'test', 'earlier'],
    asks: [],
    registersLate: true,
  },
  /** Two payments of one amount: which is kept, and what becomes of the other. */
  two: {
    ...whole,
    name: 'two',
    payments: 2,
    flavours: ['good'],
    accounts: false,
    fraudReview: false,
    consoleCancels: 0,
    asks: [],
    times: 1,
  },
  /** Money that no evidence ties to the order, beside money that is its own. */
  doubt: {
    ...whole,
    name: 'doubt',
    payments: 2,
    flavours: ['good', 'earlier', 'foreign'],
    accounts: false,
    fraudReview: false,
    asks: [],
    workers: 1,
    times: 2,
  },
  /** Cancels that the gateway accepts and books later, or denies then. */
  slow: {
    ...whole,
    name: 'slow',
    payments: 1,
    flavours: ['good', 'wrong'],
    accounts: false,
    fraudReview: false,
    asks: ['part'],
    times: 1,
    pends: true,
  },
  /** The shop asks twice, whatever became of the first. */
  twice: {
    ...whole,
    name: 'twice',
    payments: 1,
    flavours: ['good'],
    accounts: false,
    fraudReview: false,
    consoleCancels: 0,
    asksMax: 2,
    times: 1,
    pends: true,
  },
  /** Looks answered by a replica that is a step behind. */
  lagging: {
    ...whole,
    name: 'lagging',
    payments: 1,
    flavours: ['good', 'wrong'],
    accounts: false,
    fraudReview: false,
    asks: ['part'],
    times: 2,
    lags: 1,
  },
  /** Two older answers in a row: a contradiction for a person, until a later look agrees. */
  contradicted: {
    ...whole,
    name: 'contradicted',
    payments: 1,
    flavours: ['good'],
    accounts: true,
    fraudReview: false,
    asks: ['part'],
    workers: 1,
    times: 2,
    lags: 2,
  },
  /** Claims counted one by one: at most two webhooks and two returns. */
  counted: { ...whole, name: 'counted', payments: 1, flavours: ['good'], asks: ['part'], claims: 2 },
  /** Both payments and both workers with look-ups as old as can be, a part asked back and not, accounts: some minutes. */
  full: {
    ...whole,
    name: 'full',
    payments: 2,
    flavours: ['good', 'wrong'],
    fraudReview: false,
    consoleCancels: 0,
    asks: ['part'],
    looksAtOnce: 1,
    refuses: false,
    times: 2,
  },
  /** Two look-ups under way at once, about two payments. */
  stale: {
    ...whole,
    name: 'stale',
    payments: 2,
    flavours: ['good', 'wrong'],
    accounts: false,
    fraudReview: false,
    consoleCancels: 0,
    asks: ['part'],
    times: 1,
  },
  /** Failures that turn into money and cancels in the gateway’s console as well; each look-up is one step. */
  wide: {
    ...whole,
    name: 'wide',
    payments: 2,
    flavours: ['good', 'wrong'],
    asks: ['part'],
    looksAtOnce: 0,
    refuses: false,
    times: 2,
  },
} satisfies Record<string, Box>
