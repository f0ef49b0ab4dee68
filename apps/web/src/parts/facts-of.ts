import type { Screen } from '@landfall/payment-core'
import * as copy from '../deposit-copy.ts'
import { methods, returnTimes, rows, wallets } from '../labels.ts'
import type { Language } from '../language.ts'
import { momentText } from '../moment-text.ts'
import { figureText, moneyText } from '../money-text.ts'

type RowName = keyof typeof rows
/** One row of the list. `strong` marks the main amount. `copies` is the text that the row's button copies. */
export type Fact = {
  readonly name: RowName
  readonly label: string
  readonly value: string
  readonly strong?: true
  /** A line below the value. */
  readonly note?: string
  readonly copies?: { readonly what: 'account' | 'amount'; readonly text: string }
}
type PaymentLines = NonNullable<Extract<Screen, { kind: 'paid' }>['payment']>
type MoneyReturning = Extract<Screen, { kind: 'returning' }>
type AccountLines = NonNullable<Extract<Screen, { kind: 'awaiting_deposit' }>['account']>

/** The time and the time zone of the reader. */
export type Reader = {
  /** The server's time. */
  readonly nowMs: number
  /** Null: Seoul's time zone, or not known yet. */
  readonly zone: string | null
}

/** Returns the rows that the viewer may see, in this order: amount, product, method, time, order number. */
export function factsOf(screen: Screen, language: Language, reader: Reader): Fact[] {
  const row = (name: RowName, value: string | null): Fact[] => factFor(name, value, language)
  const { order } = screen
  const money = (amount: number | null): string | null => sumOf(amount, order?.currency ?? null, language)
  const orderId = row('orderId', order?.orderId ?? null)
  // An order whose personal data was erased has an empty name.
  const name = row('order', order === null || order.name === '' ? null : order.name)
  switch (screen.kind) {
    case 'checking':
    case 'failed':
    case 'expired':
      return [...name, ...row('orderAmount', money(order?.amount ?? null)), ...orderId]
    case 'paid':
      return [
        ...strong(row('amount', money(order?.amount ?? null))),
        ...name,
        ...paymentRows(screen.payment, language, reader),
        ...orderId,
      ]
    case 'awaiting_deposit':
      return [...accountRows(screen.account, language, reader), ...name, ...orderId]
    case 'partially_cancelled': {
      const sums = [
        ...strong(row('cancelledAmount', money(screen.cancelledAmount))),
        ...row('balance', money(screen.balance)),
      ]
      return [...sums, ...name, ...returnRows(screen.payment, language), ...orderId]
    }
    case 'cancelled': {
      const title = screen.because === 'order' ? 'cancelledAmount' : 'returnedAmount'
      return [
        ...strong(row(title, money(screen.cancelledAmount))),
        ...name,
        ...returnRows(screen.payment, language),
        ...orderId,
      ]
    }
    case 'returning':
      return [
        ...strong(row('returningAmount', sumOf(screen.amount, screen.currency, language))),
        ...name,
        ...returningRows(screen, language),
        ...orderId,
      ]
    case 'not_found':
      return []
  }
}

const sumOf = (amount: number | null, currency: string | null, language: Language): string | null =>
  amount === null || currency === null ? null : moneyText(amount, currency, language)
const factFor = (name: RowName, value: string | null, language: Language): Fact[] =>
  value === null ? [] : [{ name, label: rows[name][language], value }]
const strong = (facts: Fact[]): Fact[] => facts.map((fact) => ({ ...fact, strong: true }))

function paymentRows(payment: PaymentLines | null, language: Language, reader: Reader): Fact[] {
  if (payment === null) return []
  return [
    ...methodRow(payment, language),
    ...(payment.paidAtMs === null ? [] : momentRow('paidAt', payment.paidAtMs, language, reader)),
  ]
}

/** The route and the usual duration of a refund. Both are left out when the method is withheld. */
function returnRows(payment: PaymentLines | null, language: Language): Fact[] {
  if (payment === null) return []
  const when = returnTimes[payment.method ?? 'other'][language]
  return [...methodRow(payment, language), ...factFor('when', when, language)]
}

/** A refund by a person has no known date, so only the payment method is shown. */
function returningRows({ payment, isOnItsWay }: MoneyReturning, language: Language): Fact[] {
  if (isOnItsWay) return returnRows(payment, language)
  return payment === null ? [] : methodRow(payment, language)
}

function methodRow(payment: PaymentLines, language: Language): Fact[] {
  const method = payment.method === null ? null : methods[payment.method][language]
  const named =
    payment.methodName === null ? null : (wallets.get(payment.methodName)?.[language] ?? payment.methodName)
  const words = [named ?? method, payment.cardNumber].filter((word) => word !== null)
  return factFor('method', words.length === 0 ? null : words.join('\n'), language)
}

function accountRows(account: AccountLines | null, language: Language, reader: Reader): Fact[] {
  if (account === null) return []
  const { amount, currency, number, dueAtMs } = account
  const copied = (facts: Fact[], copies: NonNullable<Fact['copies']>): Fact[] =>
    facts.map((fact) => ({ ...fact, copies }))
  const sum = strong(factFor('depositAmount', moneyText(amount, currency, language), language))
  return [
    ...copied(sum, { what: 'amount', text: figureText(amount, currency) }),
    ...factFor('bank', account.bankName, language),
    // Banks' transfer forms accept digits only.
    ...(number === null
      ? []
      : copied(factFor('account', number, language), {
          what: 'account',
          text: number.replaceAll(/[^0-9]/g, ''),
        })),
    ...factFor('holder', account.holder, language),
    ...(dueAtMs === null ? [] : dueRow(dueAtMs, language, reader)),
  ]
}

/** Shows the bank's deadline and the time left. */
function dueRow(dueAtMs: number, language: Language, reader: Reader): Fact[] {
  const left = leftText(dueAtMs - reader.nowMs, language)
  return momentRow('due', dueAtMs, language, reader).map((fact) => ({
    ...fact,
    note: fact.note === undefined ? left : `${left}\n${fact.note}`,
  }))
}

/** Shows a moment in Korean time, as bank and shop write it, and below it in the reader's time zone. */
function momentRow(name: RowName, atMs: number, language: Language, { zone }: Reader): Fact[] {
  const note =
    zone === null ? {} : { note: `${copy.yourTime[language]}: ${momentText(atMs, language, zone)}` }
  return factFor(name, momentText(atMs, language), language).map((fact) => ({ ...fact, ...note }))
}

function leftText(leftMs: number, language: Language): string {
  if (leftMs <= 0) return copy.deadlinePassed[language]
  const minutes = Math.floor(leftMs / 60_000)
  return copy.timeLeft[language]({
    days: Math.floor(minutes / 1_440),
    hours: Math.floor(minutes / 60) % 24,
    minutes: minutes % 60,
  })
}
