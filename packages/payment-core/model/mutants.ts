import {
  amountOf,
  currentTry,
  decide,
  isBelow,
  nextStep,
  noVerdict,
  openReviewFor,
  type CancelIntent,
  type Decision,
  type DecideInput,
  type Observation,
  type Payment,
  type Return,
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
  const payment: Payment = { ...older, ...noVerdict }
  const reopened = { ...order, status: 'open' as const, keptPaymentId: null }
  return { ...nothing, order: reopened, payments: [payment] }
}

const nothing = { notices: [], intents: [], executed: [], timeline: [], proof: null } as const

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
  taxFree: null,
  vat: null,
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

/** When a try was begun is not looked at. */
function decideWithoutDates(input: DecideInput): Decision {
  const { order } = input
  if (order === null) return decide(input)
  const asBegunNow = (seen: Observation): Observation => ({
    ...seen,
    details: { ...seen.details, startedAtMs: order.registeredAtMs },
  })
  return decide({ ...input, seen: input.seen.map(asBegunNow) })
}

/** The gateway is not asked whether another shop uses the number. */
const decideWithoutAsking = (input: DecideInput): Decision =>
  decide({ ...input, evidence: { fixed: { kind: 'none' } } })

/** A record that is behind is a contradiction for a person at once. */
function decideHastily(input: DecideInput): Decision {
  const decision = decide(input)
  const payments = decision.payments.map((payment) => ({
    ...payment,
    contradiction: payment.contradiction === null ? null : { ...payment.contradiction, isCertain: true },
  }))
  return { ...decision, payments }
}

/** What once contradicted itself is never believed again. */
function decideUnforgiving(input: DecideInput): Decision {
  const isInDoubt = ({ paymentId }: Observation): boolean =>
    input.payments.some((held) => held.paymentId === paymentId && held.contradiction !== null)
  return decide({ ...input, seen: input.seen.filter((seen) => !isInDoubt(seen)) })
}

/** What is under our marks in the gateway's list is not compared with what was asked. */
const decideWithoutReckoning = (input: DecideInput): Decision => decide({ ...input, asked: [] })

/** Whatever came with any claim stands on the order's screen. */
const decideHearingStrangers = (input: DecideInput): Decision =>
  decide({ ...input, returned: input.returned ?? { ...strangersWord, atMs: input.nowMs } })

const strangersWord: Return = {
  says: 'failure',
  paymentId: 'imp_1',
  atMs: 0,
  failReason: null,
  message: 'a stranger’s text',
  looks: 0,
}

/** The shop is told of money that came and went before anybody looked as if it were there. */
function decideTellingThePast(input: DecideInput): Decision {
  const decision = decide(input)
  const { order } = decision
  const isBack = decision.notices.some(({ type }) => type === 'payment.returned')
  const [payment] = decision.payments
  if (order === null || !isBack || payment === undefined) return decision
  const paid = decide({
    ...input,
    seen: input.seen.map((seen) => ({ ...seen, status: 'paid', cancelledAmount: 0, cancels: [] })),
  })
  const news = paid.notices.filter(({ id }) => decision.notices.every((other) => other.id !== id))
  if (input.payments.some((held) => held.paymentId === payment.paymentId)) return decision
  const notices = [...decision.notices.filter(({ type }) => type !== 'payment.returned'), ...news]
  return { ...decision, notices, order: { ...order, sequence: (input.order?.sequence ?? 0) + notices.length } }
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
  mutant('a cancel is repeated without a look', boxes.small, { looksBeforeSending: false }, 'S-24', 'S-08'),
  mutant('a cancel is sent without its balance', { ...boxes.slow, pends: false }, { sendsBalance: false }, 'S-08'),
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
  mutant('money that is refused stays', boxes.small, { decide: decideForgetting }, 'S-22', 'L-11'),
  mutant(
    'a look begun before its order was registered is not compared with what was recorded since',
    { ...boxes.orphan, flavours: ['good'], fraudReview: false },
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
        const { scope: of, order: lines } = screen
        const reason = 'not_completed'
        return { kind: 'failed', scope: of, order: lines, reason, message: null, tryAgain: true, orderAnew: false }
      },
    },
    'S-22',
  ),
  mutant(
    'the screen is about the newest try alone',
    boxes.two,
    {
      screenOf: (order, payments, scope, nowMs) => {
        const newest = currentTry(order, payments)
        return realRules.screenOf(order, newest === null ? payments : [newest], scope, nowMs)
      },
    },
    'S-22',
  ),
  mutant(
    'a cancel without an answer is sent again at once',
    boxes.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep(row.state === 'unknown' ? { ...row, state: 'requested' } : row, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant(
    'a cancel without an answer is sent again after one look',
    boxes.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep({ ...row, unchangedLooks: row.unchangedLooks + 1 }, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant(
    'what the gateway has accepted is sent again',
    boxes.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep(row.state === 'accepted' ? { ...row, state: 'requested' } : row, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant('more than was asked goes back, and nobody is told', boxes.slow, { decide: decideWithoutReckoning }, 'S-24'),
  mutant('money that predates the order is kept', boxes.doubt, { decide: decideWithoutDates }, 'S-23'),
  mutant('another shop’s money is sent back', boxes.doubt, { decide: decideWithoutAsking }, 'S-23'),
  mutant('one answer that lags is a contradiction', boxes.lagging, { decide: decideHastily }, 'G-18'),
  mutant('a contradiction is never dissolved', boxes.lagging, { decide: decideUnforgiving }, 'G-18'),
  mutant('a stranger’s words stand on the order’s screen', boxes.small, { decide: decideHearingStrangers }, 'S-25'),
  mutant('money that came and went is announced as paid', boxes.small, { decide: decideTellingThePast }, 'S-12'),
  mutant(
    'a cancel that cannot be made calls nobody',
    boxes.small,
    { openReviewFor: (input, call) => (call.reason === 'cancel_failed' ? null : openReviewFor(input, call)) },
    'S-22',
    'L-11',
  ),
]
