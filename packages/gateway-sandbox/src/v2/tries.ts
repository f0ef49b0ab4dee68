import type { SandboxPayment } from '../ledger.ts'
import { seenOf } from '../v1/visible-rows.ts'
import type { VisibleRow } from '../v1/visible-rows.ts'
import type { State } from '../state.ts'

/**
 * Returns the try that stands for a payment id, of all its tries. Our reading: the one that was paid, else the newest (docs/gateway/portone-v2.md §17).
 */
export function shownTry(state: State, newestFirst: readonly SandboxPayment[]): VisibleRow | undefined {
  const seen = seenOf(state, newestFirst)
  const [latest] = seen
  const first = seen.at(-1)
  if (latest === undefined || first === undefined) return undefined
  switch (state.misbehaviour.of(latest.payment.misbehaviour).shownTry) {
    case 'paid':
      return seen.find(({ row }) => row.paid_at > 0) ?? latest
    case 'latest':
      return latest
    case 'first':
      return first
  }
}

/** Returns the try that a cancel, a close or a confirm means: these name the payment id alone (docs/gateway/portone-v2.md §8). */
export function tryOf(
  state: State,
  orderId: string,
  isMeant: (payment: SandboxPayment) => boolean,
): SandboxPayment | undefined {
  const tries = state.ledger.byOrder(orderId)
  return tries.find(isMeant) ?? tries[0]
}
