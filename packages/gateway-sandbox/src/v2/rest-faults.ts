import type { FaultTarget, FaultWire } from '../rest-faults.ts'
import type { State } from '../state.ts'
import { freshV2Id } from './ids.ts'
import { paymentObject } from './payment-object.ts'
import { pgProblem } from './problems.ts'

/** What the faults of the V2 API look like. */
export const faultsV2 = (state: State): FaultWire => ({
  targetOf,
  revokeTokens: state.v2.sessions.revokeAll,
  tooMany: { type: 'TOO_MANY_REQUESTS', message: 'Too Many Requests' },
  cancelRefused: pgProblem,
  wrongRecord: (text) => wrongRecord(state, text),
})

function targetOf(method: string, path: string): FaultTarget {
  if (path.startsWith('/login') || path.startsWith('/token')) return 'token'
  if (path.endsWith('/cancel')) return 'cancel'
  if (path.endsWith('/confirm')) return 'confirm'
  if (path.endsWith('/pre-register')) return 'prepare'
  return method === 'GET' && path.startsWith('/payments') ? 'lookup' : 'other'
}

function wrongRecord(state: State, text: string): string {
  const other = state.ledger.all().find(({ paymentId }) => !text.includes(paymentId))
  if (other !== undefined) return JSON.stringify(paymentObject(state, { payment: other, row: other.row }))
  return text
    .replaceAll(/"id":"[^"]*"/g, '"id":"someone-else"')
    .replaceAll(/"transactionId":"[^"]*"/g, `"transactionId":"${freshV2Id(0)}"`)
}
