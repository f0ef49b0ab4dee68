import type { Decision, DecideInput, TimelineEntry } from './decision.ts'
import { onePerPayment } from './observation.ts'
import { contradictionOf, heldMoney, isBelow, join, joinInDoubt, noVerdict, type Payment } from './payment.ts'

/**
 * Payments of an order nobody registered here: held and left to a person, never cancelled by themselves
 * (M-17). Contradictory ones stand as orphans too, money or not: so their order's first look calls a person
 * if it is ever registered.
 */
export function adoptOrphans(input: DecideInput): Decision {
  const held = new Map(input.payments.map((payment) => [payment.paymentId, payment]))
  const changed = new Set<string>()
  const timeline: TimelineEntry[] = []
  for (const seen of onePerPayment(input.seen)) {
    const known = held.get(seen.paymentId) ?? null
    const what = contradictionOf(known, seen)
    const contradiction =
      what === null ? null : (known?.contradiction ?? { what, sinceMs: input.nowMs, isCertain: false })
    const facts = what === null ? join(known ?? seen, seen) : joinInDoubt(known, seen)
    const standing = heldMoney(facts) || contradiction !== null ? 'orphan' : null
    const payment: Payment = { ...facts, ...noVerdict, standing, contradiction }
    if (JSON.stringify(known) !== JSON.stringify(payment)) changed.add(seen.paymentId)
    held.set(seen.paymentId, payment)
    if (known === null || isBelow(known.status, facts.status))
      timeline.push({
        event: 'payment.seen',
        paymentId: seen.paymentId,
        from: null,
        to: null,
        reason: 'no such order here',
      })
  }
  const payments = [...held.values()].filter((payment) => changed.has(payment.paymentId))
  return { order: null, payments, notices: [], intents: [], executed: [], timeline, proof: null }
}
