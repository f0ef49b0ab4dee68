import {
  amountOf,
  decide,
  isBelow,
  noVerdict,
  type CancelIntent,
  type Decision,
  type DecideInput,
  type Observation,
  type Payment,
  type Return,
} from '../src/index.ts'

/** Any amount counts as the order's. */
export function decideWithoutAmounts(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const asAsked = (seen: Observation): Observation => ({ ...seen, amounts: [order.amount] })
  return decide({ ...input, seen: input.seen.map(asAsked) })
}

/** Every paid payment is kept, even if the order has one. */
export function decideKeepingEach(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const isNew = ({ paymentId }: Observation): boolean =>
    input.payments.every((held) => held.paymentId !== paymentId || held.standing === null)
  const news = input.seen.filter((seen) => isNew(seen) && seen.status === 'paid')
  if (news.length === 0) return decide(input)
  return decide({ ...input, order: { ...order, keptPaymentId: null, status: 'open' } })
}

/** The newest answer replaces what is stored. */
export function decideByTheNewest(input: DecideInput): Decision {
  const { order } = input
  const older = input.seen.find((seen) =>
    input.payments.some((held) => held.paymentId === seen.paymentId && isBelow(seen.status, held.status)),
  )
  if (order === null || older === undefined) return decide(input)
  const payment: Payment = { ...older, ...noVerdict }
  const reopened = { ...order, status: 'open' as const, keptPaymentId: null }
  return { ...nothing, order: reopened, payments: [payment] }
}

const nothing = { notices: [], intents: [], executed: [], timeline: [], proof: null } as const

/** The deadline alone expires an order, without a look-up. */
export const decideByTheClock = (input: DecideInput): Decision =>
  decide({ ...input, look: { by: 'order', beganAtMs: input.nowMs } })

/** The payment of an unknown order is refunded automatically. */
export function decideReturningOrphans(input: DecideInput): Decision {
  const decision = decide(input)
  if (input.order !== null) return decision
  const orphans = decision.payments.filter((payment) => payment.standing === 'orphan')
  return { ...decision, intents: orphans.map((payment) => returnOf(payment, payment.orderId)) }
}

/** Of two payments, the wrong one is refunded. */
export function decideReturningTheKept(input: DecideInput): Decision {
  const decision = decide(input)
  const kept = [...decision.payments, ...input.payments].find((payment) => payment.standing === 'kept')
  if (kept === undefined || decision.order === null) return decision
  const swapped = decision.intents.map(({ intentId }) => ({ ...returnOf(kept, kept.orderId), intentId }))
  return { ...decision, intents: swapped }
}

const returnOf = (payment: Payment, orderId: string): CancelIntent => ({
  intentId: `auto-${payment.paymentId}`,
  orderId,
  paymentId: payment.paymentId,
  amount: amountOf(payment),
  expectedBalance: amountOf(payment),
  cause: 'rejected',
  reason: 'returned',
  refundAccount: null,
  taxFree: null,
  vat: null,
})

/** A claimed success counts as paid. */
export function decideBelieving(input: DecideInput): Decision {
  const said = input.returned?.says === 'success' ? input.returned.paymentId : null
  const believed = (seen: Observation): Observation =>
    seen.paymentId === said && isBelow(seen.status, 'paid') ? { ...seen, status: 'paid' } : seen
  return decide({ ...input, seen: input.seen.map(believed) })
}

/** Every look-up of the kept payment announces it again. */
export function decideAnnouncingAgain(input: DecideInput): Decision {
  const { order } = input
  const first = decide(input)
  if (order?.keptPaymentId == null || first.notices.length > 0) return first
  const open = { ...order, keptPaymentId: null, status: 'open' as const }
  const { notices } = decide({ ...input, order: open, payments: [] })
  const again = notices.filter(({ type }) => type === 'payment.paid')
  return { ...first, order: { ...order, sequence: order.sequence + again.length }, notices: again }
}

/** The start time of a payment is ignored. */
export function decideWithoutDates(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const asBegunNow = (seen: Observation): Observation => ({
    ...seen,
    details: { ...seen.details, startedAtMs: order.registeredAtMs },
  })
  return decide({ ...input, seen: input.seen.map(asBegunNow) })
}

/** The gateway is not asked whether another shop uses the number. */
export const decideWithoutAsking = (input: DecideInput): Decision =>
  decide({ ...input, evidence: { fixed: { kind: 'none' } } })

/** One lagging answer is a contradiction for a person at once. */
export function decideHastily(input: DecideInput): Decision {
  const decision = decide(input)
  const payments = decision.payments.map((payment) => ({
    ...payment,
    contradiction: payment.contradiction === null ? null : { ...payment.contradiction, isCertain: true },
  }))
  return { ...decision, payments }
}

/** A contradiction is never resolved by later look-ups. */
export function decideUnforgiving(input: DecideInput): Decision {
  const isInDoubt = ({ paymentId }: Observation): boolean =>
    input.payments.some((held) => held.paymentId === paymentId && held.contradiction !== null)
  return decide({ ...input, seen: input.seen.filter((seen) => !isInDoubt(seen)) })
}

/** Cancels in the gateway's list are not compared with the requested refunds. */
export const decideWithoutReckoning = (input: DecideInput): Decision =>
  decide({ ...input, requestedRefunds: [] })

/** The text of any claim appears on the order's screen. */
export const decideHearingStrangers = (input: DecideInput): Decision =>
  decide({ ...input, returned: input.returned ?? { ...strangersWord, atMs: input.nowMs } })

const strangersWord: Return = {
  says: 'failure',
  paymentId: 'imp_1',
  atMs: 0,
  failReason: null,
  message: 'a stranger’s text',
  looks: 0,
}

/** Money that came and went before any look-up is announced as present, and its return is not. */
export function decideTellingThePast(input: DecideInput): Decision {
  const decision = decide(input)
  const { order, notices } = decision
  const isNew = input.payments.length === 0 && notices.some(({ type }) => type === 'payment.returned')
  if (!isNew || order === null) return decision
  const asPaid = (seen: Observation): Observation => ({
    ...seen,
    status: 'paid',
    cancelledAmount: 0,
    cancels: [],
  })
  const told = decide({ ...input, seen: input.seen.map(asPaid) })
  return { ...decision, notices: told.notices, order: { ...order, sequence: told.notices.length } }
}

/** Refused money is neither kept nor refunded. */
export const decideForgetting = (input: DecideInput): Decision => ({ ...decide(input), intents: [] })
