import { z } from 'zod'
import { currencyCode, moment, sum, text } from '../api/described.ts'
import { awaitsDeposit, type Order } from '../order/order.ts'
import { begunLast, Method, type Payment } from '../payment/payment.ts'

export const OrderLines = z.object({
  orderId: text('The shop’s id of the order.', 'ord-1001'),
  name: text('What is sold.', '제주 한라봉 드립백'),
  amount: sum('The amount to pay'),
  currency: currencyCode(),
})
export const PaymentLines = z.object({
  method: Method.nullable().describe('How the customer paid; null if unknown.'),
  methodName: text('Card, bank or wallet as the customer knows it; null if unknown.', '신한카드').nullable(),
  cardNumber: text('The masked card number; null if unknown.', '433012******1234').nullable(),
  paidAtMs: moment('When it was paid', 'Null if unknown.').nullable(),
  receiptUrl: text('The PG’s receipt page; null without one.').nullable(),
})
export const AccountLines = z.object({
  bankName: text('The bank’s name; null if unknown.', '신한은행').nullable(),
  number: text(
    'The account’s number; null if the gateway does not tell it. Then only the payment window shows it.',
    '56211102456789',
  ).nullable(),
  holder: text('The account’s holder; null if unknown.', '랜드폴상점').nullable(),
  amount: sum('The amount to deposit'),
  currency: currencyCode(),
  dueAtMs: moment('Until when a deposit is accepted', 'Null if unknown.').nullable(),
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
