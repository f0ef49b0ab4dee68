import { z } from 'zod'
import { currencyCode, explained, moment, sum, text } from '../api/described.ts'
import {
  amountOf,
  currencyOf,
  heldMoney,
  Method,
  type Payment,
  remainderOf,
  statusMeanings,
} from '../payment/payment.ts'
import { Standing } from '../payment/standing.ts'
import { personally } from '../personal.ts'

/** A payment's status for the shop. Unlike the gateway's, it distinguishes a partial cancel. */
const PaymentViewStatus = explained('The payment’s status.', {
  ...statusMeanings,
  partially_cancelled: 'a part was refunded',
})

const momentOrNull = (meaning: string) =>
  moment(meaning, 'Null if it has not, or if the gateway does not tell.').nullable()

/** A payment in answers and notices. Amounts in minor units, times in epoch milliseconds or null. */
export const PaymentView = z.object({
  paymentId: text('The gateway’s id of this try to pay (`imp_uid`).', 'imp_448280090638'),
  status: PaymentViewStatus,
  standing: Standing.nullable().describe('Null while no money came. Otherwise whether it is the order’s.'),
  late: z.boolean().describe('True if the money came after the order had expired.'),
  amount: sum('The amount of this payment, with what was refunded of it'),
  cancelledAmount: sum('What was refunded of it'),
  currency: currencyCode(),
  startedAt: momentOrNull('When the payment began'),
  paidAt: momentOrNull('When it was paid'),
  failedAt: momentOrNull('When it failed'),
  cancelledAt: momentOrNull('When it was refunded last'),
  method: Method.nullable().describe('How the customer paid; null while unknown.'),
  methodName: text(
    'Card, bank or wallet as the customer knows it; null while unknown.',
    '신한카드',
  ).nullable(),
  card: z
    .object({
      number: personally(text('The masked number; null if unknown.', '433012******1234')).nullable(),
      issuer: text('The card’s issuer; null if unknown.', '신한카드').nullable(),
    })
    .nullable()
    .describe('The card; null for other methods.'),
  approval: personally(
    text('The approval number on the customer’s slip; null without one.', '30042731'),
  ).nullable(),
  receiptUrl: text('The PG’s receipt page; null without one.').nullable(),
  account: z
    .object({
      bank: text('The bank’s name; null if unknown.', '신한은행').nullable(),
      number: personally(text('The account’s number; null if unknown.', '56211102456789')).nullable(),
      holder: personally(text('The account’s holder; null if unknown.', '랜드폴상점')).nullable(),
      dueAt: moment('Until when a deposit is accepted', 'Null if unknown.').nullable(),
    })
    .nullable()
    .describe('The virtual account that was issued; null for other methods.'),
})
export type PaymentView = z.infer<typeof PaymentView>

export const viewOf = (payment: Payment): PaymentView => ({
  paymentId: payment.paymentId,
  status: isPartlyBack(payment) ? 'partially_cancelled' : payment.status,
  standing: payment.standing,
  late: payment.late,
  amount: amountOf(payment),
  cancelledAmount: payment.cancelledAmount,
  currency: currencyOf(payment),
  startedAt: payment.details.startedAtMs,
  paidAt: payment.details.paidAtMs,
  failedAt: payment.details.failedAtMs,
  cancelledAt: payment.details.cancelledAtMs,
  method: payment.details.method,
  methodName: payment.details.methodName,
  card: cardOf(payment),
  approval: payment.details.approvalNumber,
  receiptUrl: payment.details.receiptUrl,
  account: accountIn(payment),
})

const isPartlyBack = (payment: Payment): boolean =>
  heldMoney(payment) && payment.cancelledAmount > 0 && remainderOf(payment) > 0

function cardOf({ details }: Payment): PaymentView['card'] {
  const { method, methodName, cardNumber: number, cardIssuer } = details
  // Older records have no issuer, but the card's name as the method's name.
  const issuer = cardIssuer ?? (method === 'card' ? methodName : null)
  return number === null && issuer === null ? null : { number, issuer }
}

const accountIn = ({ details }: Payment): PaymentView['account'] =>
  details.method !== 'virtual_account' && details.accountNumber === null
    ? null
    : {
        bank: details.bankName,
        number: details.accountNumber,
        holder: details.accountHolder,
        dueAt: details.accountDueAtMs,
      }
