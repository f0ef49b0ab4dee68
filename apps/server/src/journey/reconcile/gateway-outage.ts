import type { GatewayProblem, Result } from '@landfall/payment-core'

/** Calls in a row without an answer after which the gateway counts as away. */
const FAILURES_MAX = 10

/**
 * Whether the gateway answers at all. While it is away the work loop takes one row of each lane at a time, to find out when it is back:
 * thousands of waiting claims asked every minute would only spend the budget and the disk, and all would be in the middle of a pause when
 * it comes back. What waits stays due, and is taken at once then (L-02).
 */
export class GatewayOutage {
  #failures = 0

  heard<T>(answer: Result<T, GatewayProblem>): void {
    const gone = !answer.ok && isGone(answer.problem)
    this.#failures = gone ? this.#failures + 1 : 0
  }

  isAway(): boolean {
    return this.#failures >= FAILURES_MAX
  }
}

const isGone = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_unreachable' || (problem.kind === 'gateway_refused' && problem.status >= 500)
