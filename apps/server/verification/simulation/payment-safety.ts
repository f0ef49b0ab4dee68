import { amountOf, isBelow } from '@landfall/payment-core'
import { factsOf, isEndedByPerson, type PaymentRow } from './books.ts'
import { must, type Change } from './safety.ts'

/** The same of each payment whose row has changed. */
export function checkPayments(change: Change): void {
  for (const payment of change.after.payments.values()) {
    const was = change.before.payments.get(payment.payment_id)
    if (was === undefined || was.version !== payment.version) checkPayment(change, payment, was)
  }
}

function checkPayment(change: Change, payment: PaymentRow, was: PaymentRow | undefined): void {
  const { after, ledger } = change
  const { payment_id: paymentId } = payment
  must(
    payment.standing !== 'kept' ||
      ledger.entries.get(paymentId)?.whose !== 'theirs' ||
      isEndedByPerson(after, paymentId, 'accept'),
    'S-23',
    () => `${paymentId} is kept, and it was paid for something else`,
  )
  const facts = factsOf(payment)
  if (was !== undefined) checkGrowth(change, payment, was)
  must(
    facts.cancelledAmount >= 0 && facts.cancelledAmount <= Math.max(amountOf(facts), 0),
    'S-05',
    () => `${paymentId}: ${facts.cancelledAmount} of ${amountOf(facts)} cancelled`,
  )
  // Held facts are facts: the gateway's own record said each of them at some time, whatever anybody claimed.
  const entry = ledger.entries.get(paymentId)
  must(entry !== undefined, 'S-09', () => `${paymentId} is held, and the gateway has never heard of it`)
  const versions = entry?.versions ?? []
  const statusWas = versions.some(
    ({ row }) => wordOf(row.status, row.vbank_num, row.cancel_amount) === facts.status,
  )
  const cancelWas = versions.some(({ row }) => row.cancel_amount === facts.cancelledAmount)
  must(statusWas && cancelWas, 'S-09', () => `${paymentId} is held as ${facts.status}, and never was that`)
  must(
    versions.every(({ row }) => row.merchant_uid === payment.order_id),
    'S-03',
    () => `${paymentId} is of another order`,
  )
  must(
    after.orders.has(payment.order_id) || payment.standing !== 'kept',
    'S-03',
    () => `${paymentId} is kept for nobody`,
  )
}

/** What is held of a payment only grows, but where a person has judged. */
function checkGrowth(change: Change, payment: PaymentRow, was: PaymentRow): void {
  const { payment_id: paymentId } = payment
  const facts = factsOf(payment)
  const old = factsOf(was)
  must(was.order_id === payment.order_id, 'S-03', () => `${paymentId} moved to ${payment.order_id}`)
  // Of a record that contradicts itself a person may believe what it says now.
  const isBelieved = isJudged(change, paymentId)
  must(
    isBelieved || !isBelow(facts.status, old.status),
    'S-06',
    () => `${paymentId}: ${old.status} → ${facts.status}`,
  )
  must(
    isBelieved || facts.cancelledAmount >= old.cancelledAmount,
    'S-06',
    () => `${paymentId}: less was cancelled`,
  )
  must(was.standing !== 'kept' || payment.standing === 'kept', 'S-06', () => `${paymentId} is no longer kept`)
}

/** A person ends the review of a contradiction with this commit. */
const isJudged = ({ before, after }: Change, paymentId: string): boolean =>
  [...after.reviews.values()].some(
    (each) =>
      each.payment_id === paymentId &&
      each.reason === 'contradiction' &&
      each.ended_as !== before.reviews.get(each.row_id)?.ended_as,
  )

const wordOf = (status: string, account: string | null, cancelled: number): string =>
  status === 'ready' && account !== null
    ? 'awaiting_deposit'
    : status === 'paid' && cancelled > 0
      ? 'cancelled'
      : status
