import type { Delivery } from '../delivery.ts'
import type { State } from '../state.ts'
import { isoTime } from './iso-time.ts'
import type { SentWebhook } from './state.ts'

/** A payment's webhooks, newest first. They are absent from real answers that integrators recorded (docs/gateway/portone-v2.md §6). */
export const webhooksOf = (state: State, txId: string) => sentTo(state, txId).map(webhookObject)

export const sentTo = (state: State, txId: string): readonly SentWebhook[] =>
  [...(state.v2.webhooks.get(txId) ?? [])].reverse()

const EXECUTIONS_MAX = 6
/** V2's words for a payment's status in the history of its webhooks. */
const PAYMENT_STATUSES = new Map([
  ['Ready', 'READY'],
  ['VirtualAccountIssued', 'VIRTUAL_ACCOUNT_ISSUED'],
  ['Paid', 'PAID'],
  ['Failed', 'FAILED'],
  ['PartialCancelled', 'PARTIAL_CANCELLED'],
  ['Cancelled', 'CANCELLED'],
  ['PayPending', 'PAY_PENDING'],
])

/** One webhook with its last attempt. Before the first attempt it has neither request nor status. */
export function webhookObject(sent: SentWebhook) {
  const paymentStatus = PAYMENT_STATUSES.get(sent.paymentStatus)
  return {
    id: sent.id,
    url: sent.parcel.url,
    ...(paymentStatus === undefined ? {} : { paymentStatus }),
    isAsync: true,
    currentExecutionCount: sent.executions,
    maxExecutionCount: EXECUTIONS_MAX,
    ...(sent.trigger === null ? {} : { trigger: sent.trigger }),
    ...(sent.last === null ? {} : attemptFields(sent.last)),
    triggeredAt: isoTime(sent.triggeredAtMs / 1000),
  }
}

function attemptFields(delivery: Delivery) {
  const requestedAt = isoTime(delivery.atMs / 1000)
  const request = { header: JSON.stringify(delivery.headers), body: delivery.body, requestedAt }
  const { status } = delivery
  if (delivery.state === 'in_flight') return { request }
  if (status === null) return { status: 'FAILED_UNEXPECTED_ERROR', request }
  return {
    status: status >= 200 && status < 300 ? 'SUCCEEDED' : 'FAILED_NOT_OK_RESPONSE',
    request,
    response: { code: String(status), header: '{}', body: '', respondedAt: requestedAt },
  }
}
