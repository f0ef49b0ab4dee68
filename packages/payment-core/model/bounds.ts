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

/** The part of the world that is explored. Every state within these bounds is visited. */
export type Bounds = {
  readonly name: string
  readonly payments: 1 | 2
  /** The kinds of payment that can occur. */
  readonly flavours: readonly Flavour[]
  /** Virtual accounts can be issued, paid into and closed. */
  readonly accounts: boolean
  /** A failure can turn into money after all (G-11). */
  readonly fraudReview: boolean
  /** Cancels made in the gateway's console. */
  readonly consoleCancels: number
  /**
   * The number of look-ups that can overlap. A further look-up is asked, answered and recorded in one step. While the guard holds, this skips no
   * state: of two overlapping look-ups, the first write makes the other stale, as if it had not begun. A test compares the values.
   */
  readonly looksAtOnce: 0 | 1 | 2
  /** What the shop can ask to be refunded: a part, or all that is left. */
  readonly asks: readonly ('part' | 'all')[]
  /** How many refunds the shop can ask for. */
  readonly asksMax: 1 | 2
  /** Each worker can be killed or stall at any step, any number of times. */
  readonly workers: 1 | 2
  /**
   * The times that decisions distinguish: before the deadline, after it, and after a virtual account's deadline. The clock can jump between them in
   * both directions.
   */
  readonly times: 1 | 2 | 3
  /** The order can be registered after its payments were seen (W-06). */
  readonly registersLate: boolean
  /** Webhooks and returns of each payment; null: any number, because a claim only triggers a look-up. */
  readonly claims: number | null
  /** The gateway can accept a cancel and later book or deny it (M-23). */
  readonly pends: boolean
  /** The gateway can refuse a cancel for a reason of its own, lasting or not (M-14, M-27). */
  readonly refuses: boolean
  /** How many look-ups a replica one step behind can answer between two steps of the books (G-18). */
  readonly lags: 0 | 1 | 2
  readonly policy: Policy
}
/**
 * `earlier`: the order's amount, begun long before the order was registered. `foreign`: another shop's payment, of the amount that the gateway
 * holds fixed for the order number.
 */
export type Flavour = 'good' | 'wrong' | 'test' | 'earlier' | 'foreign'

/** The product's rules. A mutant breaks one of them. */
export type Rules = {
  readonly decide: typeof decide
  readonly decideCancel: typeof decideCancel
  readonly nextStep: typeof nextStep
  readonly afterRefusal: typeof afterRefusal
  readonly openReviewFor: typeof openReviewFor
  readonly screenOf: typeof screenOf
  /** The write names the version that it read (store/orders.ts, recordDecision). */
  readonly guard: boolean
  /**
   * A look-up is stale if its payment was known but its order was not registered when it began, and somebody has recorded the payment since
   * (journey/reconcile/record-outcome.ts).
   */
  readonly guardsUnregistered: boolean
  /** The store refuses a second row for one notice or intent. When false, a second row breaks a promise. */
  readonly refusesSecondIds: boolean
  /** Only the holder of an intent's lease sends and settles it (store/cancels.ts, noteSending and settleCancel). */
  readonly lease: boolean
  /** The payment is looked up before each call (journey/follow-up/execute-refund.ts, executeRefund). */
  readonly looksBeforeSending: boolean
  /** The call carries the expected balance (journey/follow-up/execute-refund.ts, send). */
  readonly sendsBalance: boolean
  /** How an unanswered look-up changes a payment. In the product it changes nothing (journey/reconcile/reschedule.ts). */
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

export const presets = {
  /** One payment, with everything that can happen to it. */
  small: { ...whole, name: 'small', payments: 1, flavours: ['good', 'wrong'], asks: ['part'] },
  /** One payment that can be seen before its order is registered, in a live or a test channel. */
  orphan: {
    ...whole,
    name: 'orphan',
    payments: 1,
    flavours: ['good', 'test', 'earlier'],
    asks: [],
    registersLate: true,
  },
  /** Two payments of the same amount: one is kept, the other refunded. */
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
  /** Money that no evidence ties to the order, beside the order's own money. */
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
  /** Cancels that the gateway accepts, and later books or denies. */
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
  /** The shop asks for two refunds, whatever the first one's result. */
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
  /** A replica one step behind answers some look-ups. */
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
  /** Two older answers in a row are a contradiction for a person, until a later look-up agrees. */
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
  /** Counted claims: at most two webhooks and two returns. */
  counted: { ...whole, name: 'counted', payments: 1, flavours: ['good'], asks: ['part'], claims: 2 },
  /** Two payments and two workers, stale look-ups, a partial refund and virtual accounts. Takes some minutes. */
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
  /** Two overlapping look-ups of two payments. */
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
  /** Also failures that turn into money, and cancels in the gateway’s console. Each look-up is one step. */
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
} satisfies Record<string, Bounds>
