import {
  amountOf,
  decide,
  isBelow,
  type CancelIntent,
  type Decision,
  type DecideInput,
  type Observation,
  type Payment,
} from '../src/index.ts'
import { boxes, realRules, type Box, type Rules } from './box.ts'

/** The product with one thing wrong, and the promise that finds it out. */
export type Mutant = {
  readonly name: string
  readonly box: Box
  readonly rules: Rules
  readonly breaks: readonly string[]
}

const mutant = (name: string, box: Box, wrong: Partial<Rules>, ...breaks: string[]): Mutant => ({
  name,
  box,
  rules: { ...realRules, ...wrong },
  breaks,
})

/** Any amount is taken for the order's. */
function decideWithoutAmounts(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const asAsked = (seen: Observation): Observation => ({ ...seen, amounts: [order.amount] })
  return decide({ ...input, seen: input.seen.map(asAsked) })
}

/** Whatever is paid is kept, also when the order has its payment. */
function decideKeepingEach(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const isNew = ({ paymentId }: Observation): boolean =>
    input.payments.every((held) => held.paymentId !== paymentId || held.standing === null)
  const news = input.seen.filter((seen) => isNew(seen) && seen.status === 'paid')
  if (news.length === 0) return decide(input)
  return decide({ ...input, order: { ...order, keptPaymentId: null, status: 'open' } })
}

/** The newest answer replaces what is held, whatever was known. */
function decideByTheNewest(input: DecideInput): Decision {
  const { order } = input
  const older = input.seen.find((seen) =>
    input.payments.some((held) => held.paymentId === seen.paymentId && isBelow(seen.status, held.status)),
  )
  if (order === null || older === undefined) return decide(input)
  const payment: Payment = { ...older, standing: null, rejectReason: null, contradiction: null }
  const reopened = { ...order, status: 'open' as const, keptPaymentId: null }
  return { order: reopened, payments: [payment], notices: [], intents: [], timeline: [], proof: null }
}

/** The deadline alone expires an order, whatever was looked up and when. */
const decideByTheClock = (input: DecideInput): Decision =>
  decide({ ...input, look: { by: 'order', beganAtMs: input.nowMs } })

/** A payment of an order nobody knows is sent back by itself. */
function decideReturningOrphans(input: DecideInput): Decision {
  const decision = decide(input)
  if (input.order !== null) return decision
  const orphans = decision.payments.filter((payment) => payment.standing === 'orphan')
  return { ...decision, intents: orphans.map((payment) => returnOf(payment, payment.orderId)) }
}

/** Of two payments the wrong one goes back. */
function decideReturningTheKept(input: DecideInput): Decision {
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
})

/** A return that claims success is believed. */
function decideBelieving(input: DecideInput): Decision {
  const said = input.returned?.says === 'success' ? input.returned.paymentId : null
  const believed = (seen: Observation): Observation =>
    seen.paymentId === said && isBelow(seen.status, 'paid') ? { ...seen, status: 'paid' } : seen
  return decide({ ...input, seen: input.seen.map(believed) })
}

/** Every look that sees the kept payment announces it. */
function decideAnnouncingAgain(input: DecideInput): Decision {
  const { order } = input
  const first = decide(input)
  if (order?.keptPaymentId == null || first.notices.length > 0) return first
  const open = { ...order, keptPaymentId: null, status: 'open' as const }
  const { notices } = decide({ ...input, order: open, payments: [] })
  const again = notices.filter(({ type }) => type === 'payment.paid')
  return { ...first, order: { ...order, sequence: order.sequence + again.length }, notices: again }
}

/** Why of every refusal is forgotten: money that is not the order's is neither kept nor sent back. */
const decideForgetting = (input: DecideInput): Decision => ({ ...decide(input), intents: [] })

export const mutants: readonly Mutant[] = [
  mutant('an amount is not compared', boxes.small, { decide: decideWithoutAmounts }, 'S-01'),
  mutant('a second payment is kept', boxes.two, { decide: decideKeepingEach }, 'S-04', 'S-02'),
  mutant(
    'a stale «ready» undoes «paid»',
    boxes.two,
    { decide: decideByTheNewest, guard: false, refusesSecondIds: true },
    'S-06',
  ),
  mutant('a write names no version', boxes.two, { guard: false }, 'S-02', 'S-04', 'S-06'),
  mutant('a lease is not looked at', boxes.small, { lease: false }, 'S-15'),
  mutant('a cancel is repeated without a look', boxes.small, { looksBeforeSending: false }, 'S-08'),
  mutant('a cancel is sent without its balance', boxes.small, { sendsBalance: false }, 'S-08'),
  mutant('an order expires by the clock alone', boxes.small, { decide: decideByTheClock }, 'S-20'),
  mutant(
    'silence is taken for failure',
    boxes.small,
    { silence: (payment) => ({ ...payment, status: 'failed' }) },
    'S-20',
    'S-06',
  ),
  mutant('money of an unknown order is sent back', boxes.orphan, { decide: decideReturningOrphans }, 'S-07'),
  mutant('the payment that is kept is sent back', boxes.two, { decide: decideReturningTheKept }, 'S-07'),
  mutant(
    'a deadline that has passed stops the program',
    boxes.small,
    {
      decide: (input) => {
        const decision = decide(input)
        if (decision.order?.status === 'expired') throw new Error('nobody thought of this')
        return decision
      },
    },
    'S-06',
  ),
  mutant('a return is believed', boxes.small, { decide: decideBelieving }, 'S-09'),
  mutant('what was announced is announced again', boxes.small, { decide: decideAnnouncingAgain }, 'S-02'),
  mutant('money that is refused stays', boxes.small, { decide: decideForgetting }, 'S-04'),
  mutant(
    'a look begun before its order was registered is not compared with what was recorded since',
    boxes.orphan,
    { guardsUnregistered: false },
    'S-06',
  ),
  mutant(
    '«pay again» is offered while nothing is known',
    boxes.small,
    {
      screenOf: (order, payments, scope, nowMs) => {
        const screen = realRules.screenOf(order, payments, scope, nowMs)
        if (screen.kind !== 'checking') return screen
        const { kind: _, ...rest } = screen
        return { ...rest, kind: 'failed', reason: 'not_completed', message: null, tryAgain: true }
      },
    },
    'S-22',
  ),
]
