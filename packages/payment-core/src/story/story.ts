import { z } from 'zod'
import { CancelCause } from '../decision/decision.ts'
import { FailReason } from '../payment/fail-reason.ts'
import { NoticeType } from '../notice/notice.ts'
import { NoticeState, OrderView } from '../api/orders.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentStatus } from '../payment/payment.ts'
import { ReviewEnd, ReviewReason } from '../review/review.ts'
import { strictInput } from '../api/strict-input.ts'

/** What triggered a look-up. `person`: a person or a program of the shop. */
export const StoryDoor = z.enum(['return', 'webhook', 'visit', 'list', 'timer', 'refund', 'person'])
export type StoryDoor = z.infer<typeof StoryDoor>

/**
 * The claim's word, which is no fact: a return's flag or a webhook's status. Other words are only mentioned, because anybody may have written them
 * (W-01).
 */
export const StorySaid = z.enum([
  'success',
  'failure',
  'nothing',
  'ready',
  'paid',
  'failed',
  'cancelled',
  'other',
])
export type StorySaid = z.infer<typeof StorySaid>

/** Why a payment was not kept. */
export const StoryWhy = z.enum(['amount', 'currency', 'channel', 'expired', 'closed', 'surplus'])
export type StoryWhy = z.infer<typeof StoryWhy>

/**
 * The result of a try to refund. `sent`: no answer was noted, because the gateway's record showed it first or the server stopped. `unanswered`: it
 * may or may not have been executed.
 */
export const StoryOutcome = z.enum(['sent', 'accepted', 'unanswered', 'not_sent', 'refused'])
export type StoryOutcome = z.infer<typeof StoryOutcome>

const At = z.number().int()
/** Minor units of the line's `currency`. */
const Sum = z.number()

const line = <K extends string, S extends z.core.$ZodLooseShape>(kind: K, shape: S) =>
  z.object({
    at: At,
    kind: z.literal(kind),
    /** Who did it: `key:` and the key's name. Null for Landfall itself and for events elsewhere. */
    actor: z.string().nullable(),
    paymentId: z.string().nullable(),
    ...shape,
  })

/** How often the same happened, and when last. */
const repeated = { times: z.number().int(), lastAt: At }

export const StoryLine = z.discriminatedUnion('kind', [
  line('registered', { amount: Sum, currency: z.string() }),
  /** The shop registered it again with other values for these fields. */
  line('changed', { fields: z.array(z.string()) }),
  /** The shop closed it. `note` is its reason. */
  line('closed', { note: z.string(), from: OrderStatus.nullable() }),
  /** A claim came. `times` is null once its receipts are deleted. */
  line('claim', {
    door: StoryDoor.extract(['return', 'webhook', 'visit', 'list']),
    said: StorySaid,
    times: z.number().int().nullable(),
    lastAt: At.nullable(),
  }),
  /** A look-up found something new about this payment. */
  line('looked', {
    status: PaymentStatus.nullable(),
    amount: Sum,
    currency: z.string(),
    /** Its order was not registered then. */
    isOrphan: z.boolean(),
    doors: z.array(StoryDoor),
  }),
  /** The gateway's record is contradictory, or no longer so. */
  line('contradicted', { what: z.string(), doors: z.array(StoryDoor) }),
  line('agreed', { doors: z.array(StoryDoor) }),
  /** A decision that the shop is told. An `actor` decided it in person. `returned` is the payment's returned amount so far. */
  line('decided', {
    event: NoticeType.exclude(['order.review', 'order.review_ended', 'order.closed']),
    from: OrderStatus.nullable(),
    to: OrderStatus.nullable(),
    amount: Sum,
    currency: z.string(),
    returned: Sum.nullable(),
    why: StoryWhy.nullable(),
    /** Why the payment failed, if known. */
    failReason: FailReason.nullable(),
    doors: z.array(StoryDoor),
  }),
  /** A request to the gateway: a refund, or closing an account (`amount` 0). */
  line('refund_decided', {
    cause: CancelCause,
    amount: Sum,
    currency: z.string(),
    note: z.string().nullable(),
  }),
  /** One try. `answer` is the gateway's text, or why there was none. */
  line('refund_tried', {
    cancelId: z.string(),
    cause: CancelCause,
    amount: Sum,
    currency: z.string(),
    outcome: StoryOutcome,
    answer: z.string().nullable(),
    ...repeated,
  }),
  /** The gateway's record shows the refund. */
  line('refund_done', { cancelId: z.string(), cause: CancelCause, amount: Sum, currency: z.string() }),
  line('account_not_closed', { answer: z.string() }),
  line('review_opened', {
    reviewId: z.string(),
    reason: ReviewReason,
    atStake: Sum,
    currency: z.string(),
    note: z.string(),
  }),
  line('review_ended', { reviewId: z.string(), reason: ReviewReason, end: ReviewEnd, note: z.string() }),
  /** A notice to the shop. `answer` is of an attempt; null before the first. */
  line('notice', {
    noticeId: z.string(),
    type: NoticeType,
    sequence: z.number().int(),
    answer: z.string().nullable(),
    state: NoticeState,
    ...repeated,
  }),
  /** The shop asked for its notices again. */
  line('replayed', {}),
  /** Personal data was erased: texts of earlier lines are gone. */
  line('erased', {}),
])
export type StoryLine = z.infer<typeof StoryLine>
export type StoryKind = StoryLine['kind']

/** `orders.story`: an order id, a payment id, or a string of `reference`. */
export const StoryInput = strictInput({ orderId: z.string().trim().min(1).max(200) })
export type StoryInput = z.output<typeof StoryInput>

export const Story = z.object({
  /** As the gateway names it, for the payment of an unregistered order. */
  orderId: z.string(),
  /** Null for such a payment. */
  order: OrderView.nullable(),
  /** Oldest first. */
  lines: z.array(StoryLine),
  /** The number of omitted lines in the middle. The first hundred and the last four hundred are given. */
  leftOut: z.number().int(),
})
export type Story = z.infer<typeof Story>
