import { join, type Facts } from './payment.ts'

/** The gateway's facts about one payment, from one look-up. */
export type Observation = Facts

/**
 * A list read over several pages can show a payment twice, before and after a change (G-15). Within one look-up that is no contradiction, so the
 * two are joined. A record that names another order stays separate, and is detected later (G-07).
 */
export function onePerPayment(seen: readonly Observation[]): Observation[] {
  const byPayment = new Map<string, Observation>()
  for (const each of seen) {
    const key = JSON.stringify([each.paymentId, each.orderId])
    const known = byPayment.get(key)
    byPayment.set(key, known === undefined ? each : join(known, each))
  }
  return [...byPayment.values()]
}
