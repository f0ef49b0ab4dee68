import { z } from 'zod'
import { awaitsDeposit, type Order } from '../order/order.ts'
import { begunLast, Method, type Payment } from '../payment/payment.ts'

const AtMs = z.number().int()
export const OrderLines = z.object({
  orderId: z.string(),
  name: z.string(),
  amount: z.number(),
  currency: z.string(),
})
export const PaymentLines = z.object({
  method: Method.nullable(),
  methodName: z.string().nullable(),
  cardNumber: z.string().nullable(),
  paidAtMs: AtMs.nullable(),
  receiptUrl: z.string().nullable(),
})
export const AccountLines = z.object({
  bankName: z.string().nullable(),
  /** Null if the gateway does not tell it. Then only the payment window shows it (G-21). */
  number: z.string().nullable(),
  holder: z.string().nullable(),
  amount: z.number(),
  currency: z.string(),
  dueAtMs: AtMs.nullable(),
})
export const linesOf = (payment: Payment | null): z.infer<typeof PaymentLines> | null =>
  payment === null
    ? null
    : {
        method: payment.details.method,
        methodName: payment.details.methodName,
        cardNumber: payment.details.cardNumber,
        paidAtMs: payment.details.paidAtMs,
        receiptUrl: payment.details.receiptUrl,
      }

/** The account to pay into; of several, the one issued last. */
export function accountOf(order: Order, payments: readonly Payment[]): z.infer<typeof AccountLines> | null {
  const account = begunLast(payments.filter((payment) => awaitsDeposit(order, payment)))
  if (account === null) return null
  return {
    bankName: account.details.bankName,
    number: account.details.accountNumber,
    holder: account.details.accountHolder,
    amount: order.amount,
    currency: order.currency,
    dueAtMs: account.details.accountDueAtMs,
  }
}
