import { currentPayment, decide, nextStep, openReviewFor } from '../src/index.ts'
import { presets, realRules, type Bounds, type Rules } from './bounds.ts'
import {
  decideAnnouncingAgain,
  decideBelieving,
  decideByTheClock,
  decideByTheNewest,
  decideForgetting,
  decideHastily,
  decideHearingStrangers,
  decideKeepingEach,
  decideReturningOrphans,
  decideReturningTheKept,
  decideTellingThePast,
  decideUnforgiving,
  decideWithoutAmounts,
  decideWithoutAsking,
  decideWithoutDates,
  decideWithoutReckoning,
} from './wrong-decisions.ts'

/** The product with one rule broken, and the promises that reveal it. */
export type Mutant = {
  readonly name: string
  readonly bounds: Bounds
  readonly rules: Rules
  readonly breaks: readonly string[]
}

const mutant = (name: string, bounds: Bounds, wrong: Partial<Rules>, ...breaks: string[]): Mutant => ({
  name,
  bounds,
  rules: { ...realRules, ...wrong },
  breaks,
})

export const mutants: readonly Mutant[] = [
  mutant('an amount is not compared', presets.small, { decide: decideWithoutAmounts }, 'S-01'),
  mutant('a second payment is kept', presets.two, { decide: decideKeepingEach }, 'S-04', 'S-02'),
  mutant(
    'a stale «ready» undoes «paid»',
    presets.two,
    { decide: decideByTheNewest, guard: false, refusesSecondIds: true },
    'S-06',
  ),
  mutant('a write names no version', presets.two, { guard: false }, 'S-02', 'S-04', 'S-06'),
  mutant('a lease is not looked at', presets.small, { lease: false }, 'S-15'),
  mutant('a cancel is repeated without a look', presets.small, { looksBeforeSending: false }, 'S-24', 'S-08'),
  mutant(
    'a cancel is sent without its balance',
    { ...presets.slow, pends: false },
    { sendsBalance: false },
    'S-08',
  ),
  mutant('an order expires by the clock alone', presets.small, { decide: decideByTheClock }, 'S-20'),
  mutant(
    'silence is taken for failure',
    presets.small,
    { silence: (payment) => ({ ...payment, status: 'failed' }) },
    'S-20',
    'S-06',
  ),
  mutant(
    'money of an unknown order is sent back',
    presets.orphan,
    { decide: decideReturningOrphans },
    'S-07',
  ),
  mutant('the payment that is kept is sent back', presets.two, { decide: decideReturningTheKept }, 'S-07'),
  mutant(
    'a deadline that has passed stops the program',
    presets.small,
    {
      decide: (input) => {
        const decision = decide(input)
        if (decision.order?.status === 'expired') throw new Error('nobody thought of this')
        return decision
      },
    },
    'S-06',
  ),
  mutant('a return is believed', presets.small, { decide: decideBelieving }, 'S-09'),
  mutant('what was announced is announced again', presets.small, { decide: decideAnnouncingAgain }, 'S-02'),
  mutant('money that is refused stays', presets.small, { decide: decideForgetting }, 'S-22', 'L-11'),
  mutant(
    'a look begun before its order was registered is not compared with what was recorded since',
    { ...presets.orphan, flavours: ['good'], fraudReview: false },
    { guardsUnregistered: false },
    'S-06',
  ),
  mutant(
    '«pay again» is offered while nothing is known',
    presets.small,
    {
      screenOf: (order, payments, scope, nowMs) => {
        const screen = realRules.screenOf(order, payments, scope, nowMs)
        if (screen.kind !== 'checking') return screen
        const { scope: of, order: lines } = screen
        const reason = 'not_completed'
        return {
          kind: 'failed',
          scope: of,
          order: lines,
          reason,
          message: null,
          tryAgain: true,
          orderAnew: false,
        }
      },
    },
    'S-22',
  ),
  mutant(
    'the screen is about the newest try alone',
    presets.two,
    {
      screenOf: (order, payments, scope, nowMs) => {
        const newest = currentPayment(order, payments)
        return realRules.screenOf(order, newest === null ? payments : [newest], scope, nowMs)
      },
    },
    'S-22',
  ),
  mutant(
    'a cancel without an answer is sent again at once',
    presets.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep(row.state === 'unknown' ? { ...row, state: 'requested' } : row, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant(
    'a cancel without an answer is sent again after one look',
    presets.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep({ ...row, unchangedLooks: row.unchangedLooks + 1 }, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant(
    'a cancel without an answer is taken for done',
    { ...presets.slow, pends: false },
    {
      nextStep: (row, payment, nowMs, settling) =>
        row.state === 'unknown' ? { kind: 'done' } : nextStep(row, payment, nowMs, settling),
    },
    'S-08',
    'S-22',
  ),
  mutant(
    'what the gateway has accepted is sent again',
    presets.slow,
    {
      nextStep: (row, payment, nowMs, settling) =>
        nextStep(row.state === 'accepted' ? { ...row, state: 'requested' } : row, payment, nowMs, settling),
    },
    'S-24',
  ),
  mutant(
    'what went back is not compared with what was asked',
    presets.slow,
    { decide: decideWithoutReckoning },
    'S-24',
    'M-25',
  ),
  mutant('money that predates the order is kept', presets.doubt, { decide: decideWithoutDates }, 'S-23'),
  mutant('another shop’s money is sent back', presets.doubt, { decide: decideWithoutAsking }, 'S-23'),
  mutant('one answer that lags is a contradiction', presets.lagging, { decide: decideHastily }, 'G-18'),
  mutant('a contradiction is never dissolved', presets.lagging, { decide: decideUnforgiving }, 'G-18'),
  mutant(
    'a stranger’s words stand on the order’s screen',
    presets.small,
    { decide: decideHearingStrangers },
    'S-25',
  ),
  mutant(
    'money that came and went is announced as paid',
    presets.small,
    { decide: decideTellingThePast },
    'S-12',
  ),
  mutant(
    'a cancel that cannot be made calls nobody',
    presets.small,
    { openReviewFor: (input, call) => (call.reason === 'cancel_failed' ? null : openReviewFor(input, call)) },
    'S-22',
    'L-11',
  ),
]
