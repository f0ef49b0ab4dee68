import type { GatewayProblem } from '@landfall/payment-core'
import type { WriteOutcome } from './gateway.ts'

/** The outcome of a write without an answer: `not_sent` only if it certainly never reached the gateway. */
export const unansweredWrite = (problem: GatewayProblem): WriteOutcome =>
  neverLeft(problem) ? { kind: 'not_sent', problem } : { kind: 'unknown', problem }

/** Without a connection or a resolved name, the request never reached the gateway. */
const neverLeft = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_unreachable' &&
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/.test(problem.cause)
