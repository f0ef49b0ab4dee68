import type { FailReason } from '../payment/fail-reason.ts'
import type { NoticeType } from '../notice/notice.ts'
import type { OrderStatus } from '../order/order.ts'
import type { ReviewAction, ReviewReason } from '../review/review.ts'
import type { StoryDoor, StoryOutcome, StorySaid, StoryWhy } from './story.ts'

export const failsEn = {
  closed_by_customer: 'the customer closed the window',
  limit: 'over the limit of the card or account',
  balance: 'not enough balance',
  card_details: 'the card details did not match',
  card_stopped: 'the card cannot be used',
  already_paid: 'this order number was paid before',
  window_not_opened: 'the payment window did not open',
  gateway_trouble: 'trouble at the payment company',
  not_completed: 'it was not completed',
  unknown: 'the reason is not understood',
} satisfies Record<FailReason, string>

export const statusEn = {
  open: 'not paid yet',
  awaiting_deposit: 'waiting for a deposit',
  paid: 'paid',
  partially_cancelled: 'paid, part of it returned',
  cancelled: 'returned in full',
  expired: 'expired',
} satisfies Record<OrderStatus, string>

export const doorsEn = {
  return: 'the customer had come back',
  webhook: 'a message had come in the gateway’s name',
  visit: 'somebody had opened the result page',
  list: 'the gateway’s list of changes named it',
  timer: 'it was time to look again',
  refund: 'money was to go back',
  person: 'somebody at the shop had asked for it',
} satisfies Record<StoryDoor, string>

export const saidEn = {
  success: 'the payment had succeeded',
  failure: 'the payment had failed',
  nothing: 'nothing of how it went',
  ready: 'a payment had begun, or a virtual account been issued',
  paid: 'the payment was paid',
  failed: 'the payment had failed',
  cancelled: 'the payment was returned',
  other: 'something that is not known here',
} satisfies Record<StorySaid, string>

export const whysEn = {
  amount: 'its amount is not the order’s',
  currency: 'its currency is not the order’s',
  channel: 'it was made in a test channel, which is not money',
  expired: 'the order had expired',
  closed: 'the shop had called the order off',
  surplus: 'the order already has its payment',
} satisfies Record<StoryWhy, string>

export const outcomesEn = {
  sent: 'was sent to the gateway; its answer was not noted.',
  accepted: 'was sent to the gateway, which accepted it.',
  unanswered:
    'was sent, and no answer came: it may or may not have been carried out. Landfall looks whether it was before it sends anything again.',
  not_sent: 'could not be sent; it is tried again.',
  refused: 'was refused by the gateway',
} satisfies Record<StoryOutcome, string>

export const reasonsEn = {
  contradiction: 'the gateway’s record contradicts itself',
  bad_money: 'the gateway’s record names no readable sum',
  rejected: 'money came that is not what the order asks',
  surplus: 'the order was paid once more than needed',
  late: 'money came after the order had expired or been called off',
  orphan: 'money came for an order that nobody registered here',
  cancel_failed: 'money must go back, and does not',
  predates_order: 'the payment began before the order was registered, as if the number had been used before',
  amount_conflict: 'another sum came than the gateway holds fixed for this number',
  discounted: 'the sum and the gateway’s discount together are the order’s',
  undated: 'the gateway does not tell when the payment was made',
  disputed: 'the customer disputes the payment',
  returned_more: 'more went back than was asked for',
} satisfies Record<ReviewReason, string>

export const actionsEn = {
  accept: 'keep the money as the order’s payment',
  return: 'give the money back',
  retry: 'send the refused refund again',
  dismiss: 'leave it as it is',
} satisfies Record<ReviewAction, string>

export const noticesEn = {
  'payment.paid': 'the order is paid',
  'payment.awaiting_deposit': 'a virtual account waits for its deposit',
  'payment.failed': 'a try has failed',
  'payment.partially_cancelled': 'a part has gone back',
  'payment.cancelled': 'all of it has gone back',
  'payment.rejected': 'money came that is not kept',
  'payment.surplus': 'a second payment came',
  'payment.returned': 'money that was not kept has gone back',
  'order.expired': 'the order has expired',
  'order.closed': 'the order is called off',
  'order.review': 'a person is needed',
  'order.review_ended': 'a person is needed no longer',
} satisfies Record<NoticeType, string>

export const fieldsEn: Readonly<Record<string, string>> = {
  name: 'its name',
  expiresAt: 'its deadline',
  taxFree: 'its tax-free part',
  vat: 'its VAT',
  reference: 'its reference',
  returnTo: 'the page the customer returns to',
}
