import type { Claim } from '../claim.ts'
import { OrderId, PaymentId } from '../order/ids.ts'
import { shownText } from '../payment/fail-reason.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { idOf, textOf } from '../return-query.ts'
import { OldWebhookBodyV2, rfc3339Ms, WebhookBodyV2 } from './wire.ts'

/**
 * What a V2 webhook asks for. `claim`: a look-up. `nothing`: no look-up, and the answer is 200 all the same, because the gateway repeats what it
 * sees refused (W-12, W-21).
 */
export type WebhookV2 =
  | { readonly kind: 'claim'; readonly claim: Claim }
  | {
      readonly kind: 'nothing'
      readonly why: 'unknown_type' | 'window_opened' | 'no_payment' | 'confirm_process' | 'other_store'
    }

type BadWebhook = Extract<Problem, { kind: 'bad_input' }>

/**
 * Reads the body of a V2 webhook in either version, JSON or form, whose signature was verified before (docs/gateway/portone-v2.md §10.1). A webhook
 * of another store than `storeId` is none of ours. Fails with `bad_input` for a body of neither version, and for an event of a payment without an id
 * that can be looked up.
 */
export function readWebhookV2(body: unknown, storeId: string): Result<WebhookV2, BadWebhook> {
  const event = WebhookBodyV2.safeParse(body)
  if (event.success) return readEvent(event.data, storeId)
  const old = OldWebhookBodyV2.safeParse(body)
  if (old.success) return readOld(old.data)
  return fail({ kind: 'bad_input', where: event.error.issues[0]?.path.join('.') || 'not an object' })
}

function readEvent({ type, timestamp, data }: WebhookBodyV2, storeId: string): Result<WebhookV2, BadWebhook> {
  if ((textOf(data.storeId) ?? storeId) !== storeId) return nothing('other_store')
  if (type.startsWith('BillingKey.')) return nothing('no_payment')
  const word = /^Transaction\.(\w+)$/.exec(type)?.[1] ?? ''
  if (word === 'Confirm') return nothing('confirm_process')
  const isDispute = word === 'DisputeCreated' || word === 'DisputeResolved'
  if (!isDispute && !words.has(word)) return nothing('unknown_type')
  if (word === 'Ready') return nothing('window_opened')
  const claim = claimOf(word, data.transactionId, data.paymentId, data.cancellationId)
  if (claim === null) return fail({ kind: 'bad_input', where: 'data.paymentId' })
  if (!isDispute) return ok({ kind: 'claim', claim })
  const dispute = { isOpen: word === 'DisputeCreated', atMs: rfc3339Ms.parse(timestamp) }
  return ok({ kind: 'claim', claim: { ...claim, dispute } })
}

function readOld(body: {
  readonly payment_id?: string | null | undefined
  readonly tx_id?: string | null | undefined
  readonly status?: string | null | undefined
}): Result<WebhookV2, BadWebhook> {
  const status = textOf(body.status)
  const claim = claimOf(status ?? '', body.tx_id, body.payment_id, null)
  if (claim === null) return fail({ kind: 'bad_input', where: 'payment_id' })
  if (status === null) return nothing('confirm_process')
  // A status that the gateway has added names a payment like any other (W-19).
  return status === 'Ready' ? nothing('window_opened') : ok({ kind: 'claim', claim })
}

const nothing = (why: Extract<WebhookV2, { kind: 'nothing' }>['why']) => ok({ kind: 'nothing' as const, why })

/**
 * The gateway's words, and ours: the words of a V1 webhook, so that an outcome that is recorded already costs no look-up in either protocol. Both
 * versions of a webhook give the same claim. `Ready` says only that a window has opened, which moves no money.
 */
const words: ReadonlyMap<string, string> = new Map([
  ['Ready', 'opened'],
  ['Paid', 'paid'],
  ['VirtualAccountIssued', 'ready'],
  ['Failed', 'failed'],
  ['Cancelled', 'cancelled'],
  ['PartialCancelled', 'partially_cancelled'],
  ['PayPending', 'pay_pending'],
  ['CancelPending', 'cancel_pending'],
])

/** Null without an id that can be looked up. An order id that we could not have issued is dropped (M-17). */
function claimOf(
  word: string,
  transactionId: string | null | undefined,
  orderNumber: string | null | undefined,
  cancellationId: string | null | undefined,
): Claim | null {
  const [paymentId, orderId] = [idOf(PaymentId, transactionId), idOf(OrderId, orderNumber)]
  if (paymentId === null && orderId === null) return null
  const status = shownText(words.get(word) ?? word)
  return {
    source: 'webhook',
    gateway: 'portone-v2',
    paymentId,
    orderId,
    says: status === 'paid' || status === 'ready' ? 'success' : status === 'failed' ? 'failure' : 'nothing',
    status,
    cancellationId: shownText(textOf(cancellationId)),
    failReason: null,
    message: null,
  }
}
