import { z } from 'zod'
import {
  amountOf,
  currencyOf,
  heldMoney,
  Method,
  type Payment,
  paymentLadder,
  remainderOf,
  Standing,
} from '../payment/payment.ts'
import { personally } from '../personal.ts'

/** A payment's status for the shop. Unlike the gateway's, it distinguishes a partial cancel. */
const PaymentViewStatus = z.enum([...paymentLadder, 'partially_cancelled'])

const At = z.number().int().nullable()

/** A payment in answers and notices. Amounts in minor units, times in epoch milliseconds or null. */
export const PaymentView = z.object({
  paymentId: z.string(),
  status: PaymentViewStatus,
  standing: Standing.nullable(),
  /** The money came after the order had expired. */
  late: z.boolean(),
  amount: z.number(),
  cancelledAmount: z.number(),
  currency: z.string(),
  startedAt: At,
  paidAt: At,
  failedAt: At,
  cancelledAt: At,
  method: Method.nullable(),
  /** Card, bank or wallet as the customer knows it. */
  methodName: z.string().nullable(),
  /** The masked number, and the card's issuer. */
  card: z.object({ number: personally(z.string()).nullable(), issuer: z.string().nullable() }).nullable(),
  /** The approval number on the customer's slip. */
  approval: personally(z.string()).nullable(),
  receiptUrl: z.string().nullable(),
  /** The virtual account that was issued. */
  account: z
    .object({
      bank: z.string().nullable(),
      number: personally(z.string()).nullable(),
      holder: personally(z.string()).nullable(),
      dueAt: At,
    })
    .nullable(),
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
