import type { NoticeType } from './notice.ts'
import type { ReviewAction, ReviewReason } from './review.ts'
import type { OrderStatus } from './order.ts'
import type { StoryDoor, StoryOutcome, StorySaid, StoryWhy } from './story.ts'
import { contradictionsEn } from './story-contradictions.ts'
import type { StoryLineOf, StorySay, StoryWords } from './story-words.ts'

const by = (actor: string | null): string =>
  actor === null ? '' : ` (by ${/^key:/.test(actor) ? `the shop’s key “${actor.slice(4)}”` : actor})`
const of = (paymentId: string | null): string => (paymentId === null ? 'a payment' : `payment ${paymentId}`)
const quoted = (text: string): string => (text === '' ? '' : `: “${text}”`)

export const statusEn = {
  open: 'not paid yet',
  awaiting_deposit: 'waiting for a deposit',
  paid: 'paid',
  partially_cancelled: 'paid, part of it returned',
  cancelled: 'returned in full',
  expired: 'expired',
} satisfies Record<OrderStatus, string>

const doors = {
  return: 'the customer had come back',
  webhook: 'a message had come in the gateway’s name',
  visit: 'somebody had opened the result page',
  list: 'the gateway’s list of changes named it',
  timer: 'it was time to look again',
  refund: 'money was to go back',
  person: 'somebody at the shop had asked for it',
} satisfies Record<StoryDoor, string>
const because = (given: readonly StoryDoor[]): string =>
  given.length === 0 ? '' : `, because ${given.map((door) => doors[door]).join(', and ')}`

const said = {
  success: 'the payment had succeeded',
  failure: 'the payment had failed',
  nothing: 'nothing about how it went',
  ready: 'a payment had begun, or a virtual account been issued',
  paid: 'the payment was paid',
  failed: 'the payment had failed',
  cancelled: 'the payment was returned',
  other: 'something that is not known here',
} satisfies Record<StorySaid, string>

const whys = {
  amount: 'its amount is not the order’s',
  currency: 'its currency is not the order’s',
  channel: 'it was made in a test channel, which is not money',
  expired: 'the order had expired',
  closed: 'the shop had called the order off',
  surplus: 'the order already has its payment',
} satisfies Record<StoryWhy, string>

const outcomes = {
  sent: 'was sent to the gateway.',
  accepted: 'was accepted by the gateway, whose record does not show it yet.',
  unanswered:
    'was sent, and no answer came: it may or may not have been carried out. Landfall first looks whether it was.',
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
  returned_more: 'more went back than was asked for',
} satisfies Record<ReviewReason, string>

export const actionsEn = {
  accept: 'keep the money as the order’s payment',
  return: 'give the money back',
  retry: 'send the refused refund again',
  dismiss: 'leave it as it is',
} satisfies Record<ReviewAction, string>

const notices = {
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

const fields: Readonly<Record<string, string>> = {
  name: 'its name',
  expiresAt: 'its deadline',
  taxFree: 'its tax-free part',
  vat: 'its VAT',
  reference: 'its reference',
  returnTo: 'the page the customer returns to',
}

const again = (times: number, lastAt: number, say: StorySay): string =>
  times > 1 ? ` ${times} times, last on ${say.moment(lastAt)}.` : ''

function claim({ door, said: word, paymentId, times, lastAt }: StoryLineOf<'claim'>, say: StorySay): string {
  const often = again(times ?? 1, lastAt ?? 0, say)
  switch (door) {
    case 'return':
      return `Only said: the customer’s browser came back through the order’s own link and said ${said[word]}.${often}`
    case 'webhook':
      return `Only said: a message in the gateway’s name (webhook) said that ${said[word]} (${of(paymentId)}).${often}`
    case 'visit':
      return `Somebody opened a result page for ${of(paymentId)}, not through the order’s own link.${often}`
    case 'list':
      return `Landfall found ${of(paymentId)} in the gateway’s list of changes.${often}`
  }
}

function looked(
  { status, amount, currency, paymentId, doors: given }: StoryLineOf<'looked'>,
  say: StorySay,
): string {
  const sum = say.money(amount, currency)
  const answers = {
    ready: `has begun for ${sum} and is not paid`,
    awaiting_deposit: `has a virtual account for ${sum}, and nothing is paid into it yet`,
    failed: `has failed, and no money moved`,
    paid: `is paid, ${sum}`,
    cancelled: `was ${sum}, and is returned in whole or in part`,
  }
  const answer = status === null ? `of ${sum} names an order that nobody registered here` : answers[status]
  return `Landfall asked the gateway${because(given)}. The gateway’s answer: ${of(paymentId)} ${answer}.`
}

function decided(line: StoryLineOf<'decided'>, say: StorySay): string {
  const { event, from, paymentId, amount, currency, returned, why, actor } = line
  const [payment, sum] = [of(paymentId), say.money(amount, currency)]
  const back = say.money(returned ?? amount, currency)
  switch (event) {
    case 'payment.paid': {
      const late = from === 'expired' ? ' It came after the order had expired, and is accepted.' : ''
      const how = actor === null ? 'order, amount and currency are right' : 'a person accepted it'
      return `Decision: ${payment} of ${sum} pays the order, ${how}. The order is paid.${late}${by(actor)}`
    }
    case 'payment.awaiting_deposit':
      return `Decision: the virtual account is for exactly the order’s ${sum}. The order waits for the deposit.`
    case 'payment.failed':
      return `Decision: this try (${payment}) has failed. The customer may try again.`
    case 'payment.partially_cancelled':
      return `${back} of the order’s ${sum} has gone back to the customer so far.`
    case 'payment.cancelled':
      return `All of the order’s ${back} has gone back to the customer.`
    case 'payment.rejected':
      return `Decision: ${payment} of ${sum} is not kept${why === null ? '' : `: ${whys[why]}`}.`
    case 'payment.surplus':
      return `Decision: ${payment} of ${sum} is not kept: ${whys.surplus}.`
    case 'payment.returned':
      return `All ${back} of ${payment} has gone back to the customer. The order had not kept it.`
    case 'order.expired':
      return 'Decision: the deadline has passed and the gateway knows of no money. The order has expired.'
  }
}

function refundDecided(line: StoryLineOf<'refund_decided'>, say: StorySay): string {
  const { cause, amount, currency, paymentId, note, actor } = line
  const money = `${say.money(amount, currency)} of ${of(paymentId)}`
  switch (cause) {
    case 'shop':
      return `The shop asked for ${money} to be given back${quoted(note ?? '')}${by(actor)}.`
    case 'person':
      return `${money} is to go back, as a person decided${by(actor)}.`
    case 'account':
      return `Landfall asks the gateway to close the virtual account of ${of(paymentId)}, so that nobody pays into it.`
    case 'rejected':
    case 'surplus':
    case 'late':
      return `Landfall decided by itself, by the shop’s settings, to give back ${money}.`
  }
}

function refundTried(line: StoryLineOf<'refund_tried'>, say: StorySay): string {
  const { cause, amount, currency, outcome, answer, times, lastAt } = line
  const what = cause === 'account' ? 'Closing the account' : `The refund of ${say.money(amount, currency)}`
  const told = outcome === 'refused' ? `${outcomes.refused}${quoted(answer ?? '')}.` : outcomes[outcome]
  return `${what} ${told}${again(times, lastAt, say)}`
}

function opened(
  { reason, atStake, currency, paymentId, note }: StoryLineOf<'review_opened'>,
  say: StorySay,
): string {
  const which = paymentId === null ? '' : ` (${of(paymentId)})`
  const more =
    reason === 'contradiction'
      ? ` ${contradictionsEn[note] ?? note}.`
      : reason === 'cancel_failed'
        ? ` The gateway’s last word: “${note}”.`
        : ''
  return `A person is needed: ${reasonsEn[reason]}${which}.${more} At stake: ${say.money(atStake, currency)}.`
}

function notice({ type, answer, state, times, lastAt }: StoryLineOf<'notice'>, say: StorySay): string {
  const what = `“${notices[type]}”`
  if (answer === null || times === 0)
    return state === 'parked'
      ? `The shop’s server was never told ${what}: given up.`
      : `The shop’s server is still to be told ${what}.`
  if (state === 'delivered')
    return `The shop’s server was told ${what}, and confirmed it.${again(times, lastAt, say)}`
  const why = /^\d+$/.test(answer) ? `it answered ${answer}` : `it did not answer (${answer})`
  const next = state === 'parked' ? ' Given up.' : ' It is tried again.'
  return `The shop’s server could not be told ${what}: ${why}.${again(times, lastAt, say)}${next}`
}

/** What happened, in English. */
export const storyEn: StoryWords = {
  registered: ({ amount, currency, actor }, say) =>
    `The shop registered the order: ${say.money(amount, currency)} is to be paid${by(actor)}.`,
  changed: ({ fields: given, actor }) =>
    `The shop changed ${given.map((field) => fields[field] ?? field).join(', ')}${by(actor)}.`,
  closed: ({ note, actor }) =>
    `The shop called the order off${note === 'the shop has called the order off' ? '' : quoted(note)}${by(actor)}. It expects no payment any more.`,
  claim,
  looked,
  contradicted: ({ what, paymentId, doors: given }) =>
    `Landfall asked the gateway${because(given)}. The gateway’s record of ${of(paymentId)} contradicts itself: ${contradictionsEn[what] ?? what}. Landfall looks again before it believes either.`,
  agreed: ({ paymentId }) => `The gateway’s record of ${of(paymentId)} no longer contradicts itself.`,
  decided,
  refund_decided: refundDecided,
  refund_tried: refundTried,
  refund_done: ({ cause, amount, currency, paymentId }, say) =>
    cause === 'account'
      ? `The gateway’s record shows the virtual account of ${of(paymentId)} closed.`
      : `The gateway’s record shows this refund carried out: ${say.money(amount, currency)} of ${of(paymentId)}.`,
  account_not_closed: ({ answer }) =>
    `The gateway cannot close the virtual account${quoted(answer)}. What is paid into it later goes back.`,
  review_opened: opened,
  review_ended: ({ reason, end, note, actor }) =>
    end === 'facts'
      ? `A person is needed no longer (${reasonsEn[reason]}): by the gateway’s record nothing is left to do.`
      : `A person decided about this (${reasonsEn[reason]}): ${actionsEn[end]}${quoted(note)}${by(actor)}.`,
  notice,
  replayed: ({ actor }) => `The shop had its notices sent again${by(actor)}.`,
}
