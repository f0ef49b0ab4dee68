import { z } from 'zod'
import { explained } from '../api/described.ts'
import { firstGateway, GatewayName } from '../gateway-name.ts'
import { PaymentId } from '../order/ids.ts'
import { Currency, MinorUnits } from '../money/money.ts'
import { personally } from '../personal.ts'
import { RejectReason, Standing } from './standing.ts'

/** In the order in which a status rises; it never falls. `failed < paid`, because a fraud review can turn a failure into money (G-11). */
export const statusMeanings = {
  ready: 'its window is open, or was left',
  awaiting_deposit: 'a virtual account is issued',
  failed: 'refused or given up',
  paid: 'the money came',
  cancelled: 'all of it was refunded, or it was called off unpaid',
} as const
export const PaymentStatus = explained('The status at the gateway.', statusMeanings)
export type PaymentStatus = z.infer<typeof PaymentStatus>

export const Method = explained('How the customer paid.', {
  card: 'by card',
  transfer: 'by bank transfer',
  virtual_account: 'by a deposit into an account issued for this payment',
  phone: 'on the phone bill',
  easy_pay: 'by a wallet',
  other: 'in another way',
})
export type Method = z.infer<typeof Method>

/** One cancel in the gateway's books; `id` is its cancellation id. */
export const Cancel = z.object({
  id: z.string(),
  amount: MinorUnits,
  atMs: z.number().int(),
  reason: z.string().nullable(),
})
export type Cancel = z.infer<typeof Cancel>

/** Missing in records of earlier versions. */
const addedLater = <T>(schema: z.ZodType<T>) => schema.nullish().transform((told) => told ?? null)

/** Further facts, for people and not for decisions. Flat, so that they are joined field by field. */
export const Details = z.object({
  method: Method.nullable(),
  /** Card, bank or wallet as the customer knows it: 신한카드, 카카오뱅크, kakaopay. */
  methodName: z.string().nullable(),
  cardNumber: personally(z.string()).nullable(),
  bankName: z.string().nullable(),
  accountNumber: personally(z.string()).nullable(),
  accountHolder: personally(z.string()).nullable(),
  accountDueAtMs: z.number().int().nullable(),
  receiptUrl: z.string().nullable(),
  /** The PG's own text, which can contain anything. */
  failReason: personally(z.string()).nullable(),
  /**
   * In minor units. A discount makes the charge smaller than the order's total, which is the amount compared (M-19). 0: the gateway names a discount and
   * not how much.
   */
  discount: z.number().int().nullable(),
  /** `later`: the PG may approve minutes or hours after the customer's return (docs/gateway/portone-v1.md §2.4). Null in older records. */
  approval: addedLater(z.enum(['at_once', 'later'])),
  /** The approval number on the customer's slip. */
  approvalNumber: addedLater(personally(z.string())),
  /** The card's issuer. */
  cardIssuer: addedLater(z.string()),
  startedAtMs: z.number().int().nullable(),
  paidAtMs: z.number().int().nullable(),
  failedAtMs: z.number().int().nullable(),
  cancelledAtMs: z.number().int().nullable(),
})
export type Details = z.infer<typeof Details>

/** Everything observed about one payment, joined. */
export const Facts = z.object({
  paymentId: PaymentId,
  /** The order id that the gateway names (R-12, W-16). It can be a stranger's, so it is no `OrderId`. */
  orderId: z.string(),
  /** The protocol of its window. Its cancels go there, also when its order is not known. */
  gateway: GatewayName.default(firstGateway),
  status: PaymentStatus,
  /** All amounts and currencies seen, ascending. More than one is a contradiction (G-09). */
  amounts: z.array(MinorUnits),
  currencies: z.array(Currency),
  /** True once any look-up said so. A test channel's payment is not money (G-12). */
  testChannel: z.boolean(),
  cancelledAmount: MinorUnits,
  /** The sum of the gateway's list of deposits; 0 without one. Only fixed accounts have it. */
  deposited: MinorUnits,
  /** By time, then id. */
  cancels: z.array(Cancel),
  details: Details,
})
export type Facts = z.infer<typeof Facts>

/**
 * Contradictory evidence. A replica of the gateway may lag behind, so the payment is looked up again, and nothing is done automatically meanwhile.
 * Only a lasting contradiction is certain, and goes to a person (G-09, G-18, M-12).
 */
export const Contradiction = z.object({
  what: z.string(),
  sinceMs: z.number().int(),
  isCertain: z.boolean(),
})
export type Contradiction = z.infer<typeof Contradiction>

/** A payment as stored: its facts and what was decided about it. */
export const Payment = Facts.extend({
  standing: Standing.nullable(),
  rejectReason: RejectReason.nullable(),
  /** The money came after the order had expired. */
  late: z.boolean(),
  contradiction: Contradiction.nullable(),
})
export type Payment = z.infer<typeof Payment>

/** What was decided about a payment. */
export type Verdict = Pick<Payment, 'standing' | 'rejectReason' | 'late' | 'contradiction'>
export const noVerdict: Verdict = { standing: null, rejectReason: null, late: false, contradiction: null }
export const verdictOf = ({ standing, rejectReason, late, contradiction }: Payment): Verdict => ({
  standing,
  rejectReason,
  late,
  contradiction,
})

const rankOf = (status: PaymentStatus): number => PaymentStatus.options.indexOf(status)
export const isBelow = (a: PaymentStatus, b: PaymentStatus): boolean => rankOf(a) < rankOf(b)

/** Whether money ever arrived, even if it has been returned. */
export const heldMoney = (facts: Facts): boolean => !isBelow(facts.status, 'paid')
/** The amount paid. With contradictory amounts the largest, so that no money is overlooked. */
export const amountOf = (facts: Facts): number => facts.amounts.at(-1) ?? 0
export const currencyOf = (facts: Facts): string => facts.currencies.at(-1) ?? ''
/** When the payment began; when it was paid if the gateway names no start; null if it names neither. */
export const begunAtMs = ({ details }: Facts): number | null => details.startedAtMs ?? details.paidAtMs
/** The payment begun last; null without one. */
export const begunLast = (payments: readonly Payment[]): Payment | null =>
  payments.toSorted((a, b) => (a.details.startedAtMs ?? 0) - (b.details.startedAtMs ?? 0)).at(-1) ?? null
/** The amount not yet returned, in minor units. */
export const remainderOf = (facts: Facts): number =>
  heldMoney(facts) ? Math.max(0, amountOf(facts) - facts.cancelledAmount) : 0

/** Joins two sets of facts about one payment. Commutative, associative and idempotent, so the order of observations does not matter. */
export function join(a: Facts, b: Facts): Facts {
  return {
    paymentId: a.paymentId,
    orderId: a.orderId < b.orderId ? b.orderId : a.orderId,
    // One payment seen through both protocols is one record (G-16). V2 tells which payments are V1's.
    gateway: a.gateway < b.gateway ? b.gateway : a.gateway,
    status: isBelow(a.status, b.status) ? b.status : a.status,
    amounts: union(a.amounts, b.amounts).toSorted((x, y) => x - y),
    currencies: union(a.currencies, b.currencies).toSorted(),
    testChannel: a.testChannel || b.testChannel,
    cancelledAmount: Math.max(a.cancelledAmount, b.cancelledAmount),
    deposited: Math.max(a.deposited, b.deposited),
    cancels: joinCancels(a.cancels, b.cancels),
    details: joinDetails(a.details, b.details),
  }
}

/**
 * Joins contradictory evidence. A record of another order is not about this payment (G-07). The fields that are compared keep their held values.
 */
export function joinInDoubt(held: Facts | null, seen: Facts): Facts {
  if (held === null) return join(seen, seen)
  if (held.orderId !== seen.orderId) return held
  const { amounts, currencies, testChannel } = held
  const joined = join(held, seen)
  // Contradictory evidence does not prove a payment, but it proves a refund: otherwise money might be sent back twice.
  const status = heldMoney(held) ? joined.status : held.status
  return { ...joined, status, amounts, currencies, testChannel }
}

const union = <T>(a: readonly T[], b: readonly T[]): T[] => [...new Set([...a, ...b])]

function joinCancels(a: readonly Cancel[], b: readonly Cancel[]): Cancel[] {
  const byId = new Map<string, Cancel>()
  for (const cancel of [...a, ...b]) {
    const known = byId.get(cancel.id)
    byId.set(cancel.id, known === undefined ? cancel : largerCancel(known, cancel))
  }
  return [...byId.values()].toSorted(byTimeThenId)
}

const largerCancel = (a: Cancel, b: Cancel): Cancel => ({
  id: a.id,
  amount: Math.max(a.amount, b.amount),
  atMs: Math.max(a.atMs, b.atMs),
  reason: larger(a.reason, b.reason),
})

/** Ids are unique here. */
const byTimeThenId = (a: Cancel, b: Cancel): number => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)

/** Null is smallest, so a known fact is never forgotten. */
function larger<T extends string | number>(a: T | null, b: T | null): T | null {
  if (a === null) return b
  return b === null || a >= b ? a : b
}

const joinDetails = (a: Details, b: Details): Details => ({
  method: larger(a.method, b.method),
  methodName: larger(a.methodName, b.methodName),
  cardNumber: larger(a.cardNumber, b.cardNumber),
  bankName: larger(a.bankName, b.bankName),
  accountNumber: larger(a.accountNumber, b.accountNumber),
  accountHolder: larger(a.accountHolder, b.accountHolder),
  accountDueAtMs: larger(a.accountDueAtMs, b.accountDueAtMs),
  receiptUrl: larger(a.receiptUrl, b.receiptUrl),
  failReason: larger(a.failReason, b.failReason),
  discount: larger(a.discount, b.discount),
  approval: larger(a.approval, b.approval),
  approvalNumber: larger(a.approvalNumber, b.approvalNumber),
  cardIssuer: larger(a.cardIssuer, b.cardIssuer),
  startedAtMs: larger(a.startedAtMs, b.startedAtMs),
  paidAtMs: larger(a.paidAtMs, b.paidAtMs),
  failedAtMs: larger(a.failedAtMs, b.failedAtMs),
  cancelledAtMs: larger(a.cancelledAtMs, b.cancelledAtMs),
})

/**
 * The contradiction between held facts and a look-up that *began after* they were recorded; null if there is none. An overlapping, older answer
 * never gets here, because the guarded write refuses it as stale.
 */
export function contradictionOf(held: Facts | null, seen: Facts): string | null {
  if (seen.amounts.length !== 1) return 'amount_changed'
  if (seen.currencies.length !== 1) return 'currency_changed'
  if (seen.cancelledAmount > 0 && !heldMoney(seen)) return 'cancelled_without_money'
  if (seen.cancels.length > 0 && sum(seen.cancels) !== seen.cancelledAmount) return 'cancels_do_not_add_up'
  if (seen.cancelledAmount > amountOf(seen)) return 'cancelled_more_than_paid'
  // A second deposit into a fixed account, or one after expiry, changes neither status nor amount, only the list.
  if (seen.deposited > (heldMoney(seen) ? amountOf(seen) : 0)) return 'unexplained_deposit'
  if (seen.status === 'cancelled' && seen.cancelledAmount === 0) return 'cancelled_without_amount'
  if (held === null) return null
  if (held.orderId !== seen.orderId) return 'order_changed'
  if (!held.amounts.includes(amountOf(seen))) return 'amount_changed'
  if (!held.currencies.includes(currencyOf(seen))) return 'currency_changed'
  // Before the payment the flags are joined. Afterwards, a payment accepted as live turns out not to be money (G-12).
  if (heldMoney(held) && seen.testChannel && !held.testChannel) return 'channel_changed'
  if (isBelow(seen.status, held.status)) return 'status_went_back'
  if (seen.cancelledAmount < held.cancelledAmount) return 'cancelled_amount_shrank'
  const ids = new Set(seen.cancels.map((cancel) => cancel.id))
  return held.cancels.every((cancel) => ids.has(cancel.id)) ? null : 'cancels_vanished'
}

const sum = (cancels: readonly Cancel[]): number =>
  cancels.reduce((total, cancel) => total + cancel.amount, 0)
