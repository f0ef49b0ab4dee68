import type { StoryDoor } from './story.ts'
import { isLeftAlone } from '../review/review-ends.ts'
import { contradictionsEn } from './story-contradictions.ts'
import {
  actionsEn,
  doorsEn,
  failsEn,
  fieldsEn,
  noticesEn,
  outcomesEn,
  reasonsEn,
  saidEn,
  whysEn,
} from './story-tables-en.ts'
import type { StoryLineOf, StorySay, StoryWords } from './story-sentence.ts'

const by = (actor: string | null): string =>
  actor === null ? '' : ` (by ${actor.startsWith('key:') ? `the shop’s key “${actor.slice(4)}”` : actor})`
const of = (paymentId: string | null): string => (paymentId === null ? 'a payment' : `payment ${paymentId}`)
const quoted = (text: string): string => (text === '' ? '' : `: “${text}”`)

const because = (given: readonly StoryDoor[]): string =>
  given.length === 0 ? '' : `, because ${given.map((door) => doorsEn[door]).join(', and ')}`

const again = (times: number, lastAt: number, say: StorySay): string =>
  times > 1 ? ` ${times} times, last on ${say.moment(lastAt)}.` : ''

function claim({ door, said: word, paymentId, times, lastAt }: StoryLineOf<'claim'>, say: StorySay): string {
  const often = again(times ?? 1, lastAt ?? 0, say)
  switch (door) {
    case 'return':
      return `Only said: the customer’s browser came back through the order’s own link and said ${saidEn[word]}${paymentId === null ? '' : ` (${of(paymentId)})`}.${often}`
    case 'webhook':
      return `Only said: a message in the gateway’s name (webhook) said ${saidEn[word]} (${of(paymentId)}).${often}`
    case 'visit':
      return `Somebody opened a result page for ${of(paymentId)}, not through the order’s own link.${often}`
    case 'list':
      return `Landfall found ${of(paymentId)} in the gateway’s list of changes.${often}`
  }
}

function looked(
  { status, amount, currency, paymentId, isOrphan, doors: given }: StoryLineOf<'looked'>,
  say: StorySay,
): string {
  const sum = say.money(amount, currency)
  const answers = {
    ready: `has begun for ${sum} and is not paid`,
    awaiting_deposit: `has a virtual account for ${sum}, and nothing is paid into it yet`,
    failed: `has failed, and no money moved`,
    paid: `is paid, ${sum}`,
    cancelled: `of ${sum} has been returned, in whole or in part`,
  }
  const answer = status === null ? `of ${sum} is there` : answers[status]
  const orphan = isOrphan ? ' Nobody had registered its order here.' : ''
  return `Landfall asked the gateway${because(given)}. The gateway’s answer: ${of(paymentId)} ${answer}.${orphan}`
}

function decided(line: StoryLineOf<'decided'>, say: StorySay): string {
  const { event, from, paymentId, amount, currency, returned, why, failReason, actor } = line
  const [payment, sum] = [of(paymentId), say.money(amount, currency)]
  const back = say.money(returned ?? amount, currency)
  switch (event) {
    case 'payment.paid': {
      const late = from === 'expired' ? ' It came after the order had expired, and is accepted.' : ''
      const how =
        actor === null ? 'order number, amount and currency are right' : `a person accepts it${by(actor)}`
      return `Decision: ${payment} of ${sum} pays the order: ${how}. The order is paid.${late}`
    }
    case 'payment.awaiting_deposit':
      return `Decision: the virtual account is for exactly the order’s ${sum}. The order waits for the deposit.`
    case 'payment.failed':
      return `Decision: this try (${payment}) has failed${failReason === null ? '' : `: ${failsEn[failReason]}`}. The customer may try again.`
    case 'payment.partially_cancelled':
      return `${back} of the order’s ${sum} has gone back to the customer so far.`
    case 'payment.cancelled':
      return `All of the order’s ${back} has gone back to the customer.`
    case 'payment.rejected':
      return `Decision: ${payment} of ${sum} is not kept${why === null ? '' : `: ${whysEn[why]}`}.`
    case 'payment.surplus':
      return `Decision: ${payment} of ${sum} is not kept: ${whysEn.surplus}.`
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
  const told = outcome === 'refused' ? `${outcomesEn.refused}${quoted(answer ?? '')}.` : outcomesEn[outcome]
  return `${what} ${told}${again(times, lastAt, say)}`
}

function opened(
  { reason, atStake, currency, paymentId, note }: StoryLineOf<'review_opened'>,
  say: StorySay,
): string {
  const which = paymentId === null ? '' : ` (${of(paymentId)})`
  const what = reason === 'contradiction' ? `: ${contradictionsEn[note] ?? note}` : ''
  const word = reason === 'cancel_failed' ? ` The last answer: “${note}”.` : ''
  const kept = isLeftAlone(reason)
    ? ' Until a person decides, this money is neither kept nor given back.'
    : ''
  return `A person is needed: ${reasonsEn[reason]}${what}${which}.${word} At stake: ${say.money(atStake, currency)}.${kept}`
}

function notice({ type, answer, state, times, lastAt }: StoryLineOf<'notice'>, say: StorySay): string {
  const what = `“${noticesEn[type]}”`
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

/** The sentences in English. */
export const storyEn: StoryWords = {
  registered: ({ amount, currency, actor }, say) =>
    `The shop registered the order: ${say.money(amount, currency)} is to be paid${by(actor)}.`,
  changed: ({ fields: given, actor }) =>
    `The shop changed ${given.map((field) => fieldsEn[field] ?? field).join(', ')}${by(actor)}.`,
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
      : `A person decided about “${reasonsEn[reason]}”: ${actionsEn[end]}. Their note${quoted(note)}${by(actor)}.`,
  notice,
  replayed: ({ actor }) => `The shop had its notices sent again${by(actor)}.`,
  erased: () => 'The order’s personal data was erased: names and texts above are gone.',
}
