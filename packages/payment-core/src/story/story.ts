import { z } from 'zod'
import { CancelCause } from '../decision/decision.ts'
import { FailReason } from '../payment/fail-reason.ts'
import { NoticeType } from '../notice/notice.ts'
import { NoticeState, OrderView } from '../api/orders.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentStatus } from '../payment/payment.ts'
import { ReviewEnd, ReviewReason } from '../review/review.ts'
import { strictInput } from '../api/strict-input.ts'

/** What a look at the gateway was made for. `person`: somebody, or a program of the shop's, asked for it. */
export const StoryDoor = z.enum(['return', 'webhook', 'visit', 'list', 'timer', 'refund', 'person'])
export type StoryDoor = z.infer<typeof StoryDoor>

/**
 * What was said at a door, and is no fact: a return's word, a webhook's status. Of other words it is told that there were some: anybody may have
 * written them (W-01).
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
 * What became of a try to give money back. `sent`: no answer of its own was noted, because the gateway's record told first, or the server was
 * stopped. `unanswered`: it may or may not have been done.
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
    /** Who did it: `key:` and the name of the shop's key. Null for Landfall itself, and for what happened elsewhere. */
    actor: z.string().nullable(),
    paymentId: z.string().nullable(),
    ...shape,
  })

/** How often it happened alike, and when last. */
const repeated = { times: z.number().int(), lastAt: At }

export const StoryLine = z.discriminatedUnion('kind', [
  line('registered', { amount: Sum, currency: z.string() }),
  /** The shop registered it again, with other words about these fields. */
  line('changed', { fields: z.array(z.string()) }),
  /** The shop called it off. `note`: its own words. */
  line('closed', { note: z.string(), from: OrderStatus.nullable() }),
  /** Somebody said something. `times` is null once the receipts are deleted. */
  line('claim', {
    door: StoryDoor.extract(['return', 'webhook', 'visit', 'list']),
    said: StorySaid,
    times: z.number().int().nullable(),
    lastAt: At.nullable(),
  }),
  /** The gateway was asked, and said something new of this payment. */
  line('looked', {
    status: PaymentStatus.nullable(),
    amount: Sum,
    currency: z.string(),
    /** Nobody had registered its order then. */
    isOrphan: z.boolean(),
    doors: z.array(StoryDoor),
  }),
  /** The gateway's record contradicts itself, or does no longer. */
  line('contradicted', { what: z.string(), doors: z.array(StoryDoor) }),
  line('agreed', { doors: z.array(StoryDoor) }),
  /** A decision that the shop is told of; with an actor it is that person's. `returned`: of the payment until then. */
  line('decided', {
    event: NoticeType.exclude(['order.review', 'order.review_ended', 'order.closed']),
    from: OrderStatus.nullable(),
    to: OrderStatus.nullable(),
    amount: Sum,
    currency: z.string(),
    returned: Sum.nullable(),
    why: StoryWhy.nullable(),
    /** Why a try failed, as far as it is understood. */
    failReason: FailReason.nullable(),
    doors: z.array(StoryDoor),
  }),
  /** Something is asked of the gateway: money back, or an account closed (`amount` 0). */
  line('refund_decided', {
    cause: CancelCause,
    amount: Sum,
    currency: z.string(),
    note: z.string().nullable(),
  }),
  /** A try. `answer`: the gateway's own words, or why there were none. */
  line('refund_tried', {
    cancelId: z.string(),
    cause: CancelCause,
    amount: Sum,
    currency: z.string(),
    outcome: StoryOutcome,
    answer: z.string().nullable(),
    ...repeated,
  }),
  /** The gateway's record shows it. */
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
  /** The shop was told. `answer`: of an attempt; null where there was none yet. */
  line('notice', {
    noticeId: z.string(),
    type: NoticeType,
    sequence: z.number().int(),
    answer: z.string().nullable(),
    state: NoticeState,
    ...repeated,
  }),
  /** The shop wanted notices sent again. */
  line('replayed', {}),
])
export type StoryLine = z.infer<typeof StoryLine>
export type StoryKind = StoryLine['kind']

/** `orders.story`: an order's id, the id of one of its payments, or a string of its `reference`. */
export const StoryInput = strictInput({ orderId: z.string().trim().min(1).max(200) })
export type StoryInput = z.output<typeof StoryInput>

export const Story = z.object({
  /** As the gateway names it, for a payment of an order nobody registered here. */
  orderId: z.string(),
  /** Null for such a payment. */
  order: OrderView.nullable(),
  /** What happened, the oldest first. */
  lines: z.array(StoryLine),
  /** Lines in the middle that are not given: the first hundred and the last four hundred are. */
  leftOut: z.number().int(),
})
export type Story = z.infer<typeof Story>
