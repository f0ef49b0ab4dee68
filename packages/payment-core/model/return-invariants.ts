import type { Decision, DecideInput, Return } from '../src/index.ts'
import { MINUTE_MS, NOW_MS } from '../test/samples.ts'
import type { Rules } from './bounds.ts'
import { fault, faultOfDecision, type Fault } from './decision-invariants.ts'
import { timesMs } from './gateway.ts'
import type { AnsweredLookup } from './stored-order.ts'

const said = (says: Return['says'], atMs: number): Return => ({
  says,
  paymentId: 'imp_1',
  atMs,
  failReason: null,
  message: null,
  looks: 0,
})

/**
 * A return may change only the order's memory of it and the time of its expiry (S-09). Because this is checked for every decision, the model's
 * states hold no returns, and every screen is checked with each return that could be remembered.
 */
export function faultOfReturns(
  rules: Rules,
  input: DecideInput,
  decision: Decision,
  sight: AnsweredLookup,
  at: number,
): Fault | null {
  const { order } = input
  if (order === null) return null
  if (at > 0) return at === 1 ? faultOfWaiting(rules, input, decision, sight) : null
  for (const says of ['success', 'failure'] as const) {
    const before = { ...order, returns: [said(says, input.nowMs - 1)] }
    const other = rules.decide({ ...input, order: before, returned: said(says, input.nowMs) })
    if (essence(other) !== essence(decision))
      return fault('S-09', 'what a return said changed what was decided')
  }
  return null
}

/** How long a claimed success keeps an order open while its payment is under way. */
const WAITS_UNTIL_MS = NOW_MS + 44 * MINUTE_MS

/** A success was claimed just before the deadline: the order may expire later, and nothing else may change. */
function faultOfWaiting(
  rules: Rules,
  input: DecideInput,
  decision: Decision,
  sight: AnsweredLookup,
): Fault | null {
  const { order } = input
  if (order === null) return null
  const claimed = { ...order, returns: [said('success', order.expiresAtMs - 1_000)] }
  const claims = { ...input, order: claimed }
  const other = rules.decide(claims)
  const words = faultOfDecision(claims, sight, 0, other, { ...input, told: [], proof: null })
  if (words?.id === 'S-25') return words
  const tried = sight.seen.find(({ paymentId }) => paymentId === 'imp_1')
  const isUnderWay = tried === undefined || tried.status === 'ready'
  const expires = (made: Decision): boolean => made.order?.status === 'expired' && order.status !== 'expired'
  if (expires(other) && isUnderWay && (timesMs[sight.beganAt] ?? 0) < WAITS_UNTIL_MS)
    return fault('R-26', 'the order expires although a success was claimed for it just before its deadline')
  const isLater = expires(decision) && !expires(other)
  return isLater || essence(other) === essence(decision)
    ? null
    : fault('S-09', 'what a return said changed what was decided')
}

const essence = ({ order, notices, ...rest }: Decision): string =>
  JSON.stringify([rest, notices.map(({ id }) => id), order === null ? null : { ...order, returns: [] }])
