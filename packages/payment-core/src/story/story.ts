import { z } from 'zod'
import { count, currencyCode, explained, moment, sum, text } from '../api/described.ts'
import { CancelCause } from '../decision/decision.ts'
import { GatewayName } from '../gateway-name.ts'
import { FailReason } from '../payment/fail-reason.ts'
import { NoticeType } from '../notice/notice.ts'
import { noticeIdField, NoticeState, OrderView } from '../api/orders.ts'
import { OrderStatus } from '../order/order.ts'
import { PaymentStatus } from '../payment/payment.ts'
import { ReviewEnd, ReviewReason } from '../review/review.ts'
import { strictInput } from '../api/strict-input.ts'

export const StoryDoor = explained('What made Landfall look.', {
  return: 'the customer came back through the order’s own link',
  webhook: 'the gateway’s webhook',
  visit: 'somebody came without the order’s link',
  list: 'the gateway’s list of changes',
  timer: 'its own timer',
  refund: 'a refund that was under way',
  person: 'a person or a program of the shop',
})
export type StoryDoor = z.infer<typeof StoryDoor>

/** The claim's word. Other words are only mentioned, because anybody may have written them (W-01). */
export const StorySaid = explained('What the claim said, which is no fact.', {
  success: 'the return’s flag says success',
  failure: 'the return’s flag says failure',
  nothing: 'no flag',
  ready: 'the webhook’s status',
  paid: 'the webhook’s status',
  failed: 'the webhook’s status',
  cancelled: 'the webhook’s status',
  other: 'another word',
})
export type StorySaid = z.infer<typeof StorySaid>

export const StoryWhy = explained('Why a payment was not kept.', {
  amount: 'another amount than the order’s',
  currency: 'another currency',
  channel: 'a test channel',
  expired: 'the order had expired',
  closed: 'the shop had closed the order',
  surplus: 'the order already had its payment',
})
export type StoryWhy = z.infer<typeof StoryWhy>

export const StoryOutcome = explained('The result of a try to refund.', {
  sent: 'no answer was noted, because the gateway’s record showed it first or the server stopped',
  accepted: 'the gateway agreed',
  unanswered: 'it may or may not have been executed',
  not_sent: 'the gateway could not be reached',
  refused: 'by the gateway',
})
export type StoryOutcome = z.infer<typeof StoryOutcome>

const line = <K extends string, S extends z.core.$ZodLooseShape>(kind: K, meaning: string, shape: S) =>
  z.object({
    at: moment('When it happened'),
    kind: z.literal(kind).describe(meaning),
    actor: text(
      'Who did it: `key:` and the key’s name. Null for Landfall itself and for events elsewhere.',
      'key:backend',
    ).nullable(),
    paymentId: text('The payment concerned; null if none is.', 'imp_448280090638').nullable(),
    ...shape,
  })

const doors = z.array(StoryDoor).describe('What made Landfall look.')
const amount = sum('The amount concerned')
const currency = currencyCode()
const money = { amount, currency }
const refund = {
  cancelId: text('The id of the request to the gateway.', 'shop-imp_448280090638-1'),
  cause: CancelCause,
  ...money,
}
/** Of an event that is told once for many. */
const repeated = { times: count('How often it happened.'), lastAt: moment('When it happened last') }

export const StoryLine = z.discriminatedUnion('kind', [
  line('registered', 'The shop registered the order.', money),
  line('changed', 'The shop registered it again with other values.', {
    fields: z.array(z.string()).describe('The names of the changed fields.'),
  }),
  line('closed', 'The shop closed the order.', {
    note: text('Why, in the shop’s words.'),
    from: OrderStatus.nullable().describe('The status before; null if unknown.'),
  }),
  line('claim', 'A claim came.', {
    door: StoryDoor.extract(['return', 'webhook', 'visit', 'list']).describe('Which way it came.'),
    said: StorySaid,
    times: repeated.times.nullable().describe('How often it came; null once its receipts are deleted.'),
    lastAt: moment('When it came last', 'Null once its receipts are deleted.').nullable(),
  }),
  line('looked', 'A look-up found something new about this payment.', {
    status: PaymentStatus.nullable().describe('The payment’s status; null if unknown.'),
    ...money,
    isOrphan: z.boolean().describe('True if its order was not registered then.'),
    doors,
  }),
  line('contradicted', 'The gateway’s record contradicts itself.', {
    what: text('The contradiction.', 'amount_changed'),
    doors,
  }),
  line('agreed', 'The gateway’s record no longer contradicts itself.', { doors }),
  line('decided', 'A decision that the shop is told. An `actor` decided it in person.', {
    event: NoticeType.exclude(['order.review', 'order.review_ended', 'order.closed']).describe(
      'What the shop is told, as in `type` of a notice.',
    ),
    from: OrderStatus.nullable().describe('The order’s status before; null without an order.'),
    to: OrderStatus.nullable().describe('The order’s status after; null without an order.'),
    ...money,
    returned: sum('What was refunded of the payment so far', 'Null if nothing can have been.').nullable(),
    why: StoryWhy.nullable().describe('Why the payment was not kept; null if it was.'),
    failReason: FailReason.nullable().describe('Why the payment failed; null if unknown.'),
    doors,
  }),
  line(
    'refund_decided',
    'A request to the gateway was stored: a refund, or closing an account (`amount` 0).',
    {
      cause: CancelCause,
      ...money,
      note: text('Why, in the words of who requested it; null without a note.').nullable(),
    },
  ),
  line('refund_tried', 'The request was sent, or should have been.', {
    ...refund,
    outcome: StoryOutcome,
    answer: text('The gateway’s text, or why there was none; null without one.').nullable(),
    ...repeated,
  }),
  line('refund_done', 'The gateway’s record shows the refund.', refund),
  line('account_not_closed', 'The gateway does not close the virtual account.', {
    answer: text('The gateway’s text.'),
  }),
  line('review_opened', 'A person was called.', {
    reviewId: text('The review’s id.', 'surplus-imp_448280090638'),
    reason: ReviewReason,
    atStake: sum('The amount concerned'),
    currency,
    note: text('What was seen or tried.'),
  }),
  line('review_ended', 'A review ended.', {
    reviewId: text('The review’s id.', 'surplus-imp_448280090638'),
    reason: ReviewReason,
    end: ReviewEnd,
    note: text('Why it ended.'),
  }),
  line('notice', 'A notice was sent to the shop.', {
    noticeId: noticeIdField(),
    type: NoticeType,
    sequence: count('Counts from 1 for each order, without gaps.'),
    answer: text('The shop’s answer; null before the first attempt.', '204').nullable(),
    state: NoticeState,
    ...repeated,
  }),
  line('replayed', 'The shop asked for its notices again.', {}),
  line('erased', 'Personal data was erased: texts of earlier lines are gone.', {}),
])
export type StoryLine = z.infer<typeof StoryLine>
export type StoryKind = StoryLine['kind']

export const StoryInput = strictInput({
  orderId: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({
      description: 'An order id, a payment id, or a string of `reference`.',
      examples: ['ord-1001'],
    }),
})
export type StoryInput = z.output<typeof StoryInput>

export const Story = z.object({
  orderId: text(
    'The order’s id. For the payment of an unregistered order: as the gateway names it.',
    'ord-1001',
  ),
  order: OrderView.nullable().describe('The order; null for the payment of an unregistered one.'),
  gateway: GatewayName.nullable().describe(
    'The gateway’s protocol by which the order is paid; null without an order.',
  ),
  lines: z.array(StoryLine).describe('Oldest first.'),
  leftOut: count(
    'The number of omitted lines in the middle. The first hundred and the last four hundred are given.',
  ),
})
export type Story = z.infer<typeof Story>
