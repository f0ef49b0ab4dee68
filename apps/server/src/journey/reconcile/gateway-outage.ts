import type { GatewayProblem, Result } from '@landfall/payment-core'

/** Consecutive calls without an answer after which the gateway counts as unavailable. */
const FAILURES_MAX = 10

/**
 * Detects that the gateway is unavailable. During an outage the work loop takes one row of each lane at a time, to find out when the gateway is
 * back. Thousands of claims retried every minute would waste the budget and the disk, and would all be between two retries when it is back. The
 * waiting rows stay due and are taken at once then (L-02).
 */
export class GatewayOutage {
  #failures = 0
  readonly #changed: (isActive: boolean) => void

  /** `changed` is called when an outage begins and when it ends. */
  constructor(changed: (isActive: boolean) => void = () => undefined) {
    this.#changed = changed
  }

  record<T>(answer: Result<T, GatewayProblem>): void {
    const isFailure = !answer.ok && isUnavailable(answer.problem)
    const wasActive = this.isActive()
    this.#failures = isFailure ? this.#failures + 1 : 0
    if (this.isActive() !== wasActive) this.#changed(!wasActive)
  }

  isActive(): boolean {
    return this.#failures >= FAILURES_MAX
  }
}

const isUnavailable = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_unreachable' || (problem.kind === 'gateway_refused' && problem.status >= 500)
