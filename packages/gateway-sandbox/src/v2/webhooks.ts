import type { SandboxClock } from '../clock.ts'
import type { Delivery, Parcel } from '../delivery.ts'
import type { SandboxPayment } from '../ledger.ts'
import type { Misbehaviour } from '../misbehaviour.ts'
import type { WebhookEvent, WebhookWire } from '../webhooks.ts'
import { freshV2Id } from './ids.ts'
import { isoTime } from './iso-time.ts'
import { signedHeaders } from './signing.ts'
import type { SentWebhook, V2State } from './state.ts'

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const MINUTE_MS = 60_000
/** Five repeats after network trouble or an error answer (docs/gateway/portone-v2.md §10). The real ones have jitter. */
const RETRY_DELAYS_MS = [1, 4, 16, 64, 256].map((minutes) => minutes * MINUTE_MS)
/** Limits the memory of a sandbox that runs for weeks. */
const PAYMENTS_KEPT_MAX = 10_000

/** Webhooks of V2: signed, of both versions, and for failures and pending states too. */
export const webhooksV2 = (v2: V2State, clock: SandboxClock): WebhookWire => ({
  announces: (event, how) => how.webhookNoise !== 'money_only' || !NOISE.has(event.status),
  parcels: (payment, event, how) =>
    payment.noticeUrls.flatMap((url) =>
      typesOf(payment, event, how).map((type) => parcelOf(v2, clock, { payment, event, how, url, type })),
    ),
  // Which answers count as errors is not listed: samples answer 200.
  retries: ({ webhookRetryScale }) => ({
    delaysMs: RETRY_DELAYS_MS.map((delayMs) => delayMs * webhookRetryScale),
    isError: (status) => status < 200 || status >= 300,
  }),
  replayMs: (how) => how.webhookReplayMs,
})

/** Events without money. */
const NOISE = new Set(['opened', 'failed', 'pay_pending', 'cancel_pending'])
const UNKNOWN_TYPE = 'Transaction.SettlementDue'

const typesOf = (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour): readonly string[] => {
  const type = event.type ?? `Transaction.${wordOf(payment, event)}`
  return how.webhookNoise === 'unknown_types' ? [UNKNOWN_TYPE, type] : [type]
}

function wordOf({ row }: SandboxPayment, { status }: WebhookEvent): string {
  switch (status) {
    case 'ready':
      return row.vbank_num === null ? 'Ready' : 'VirtualAccountIssued'
    case 'paid':
      return 'Paid'
    case 'failed':
      return 'Failed'
    case 'pay_pending':
      return 'PayPending'
    case 'cancel_pending':
      return 'CancelPending'
    case 'cancelled':
      return row.cancel_amount < row.amount ? 'PartialCancelled' : 'Cancelled'
    default:
      return 'Ready'
  }
}

type Writing = {
  readonly payment: SandboxPayment
  readonly event: WebhookEvent
  readonly how: Misbehaviour
  readonly url: string
  readonly type: string
}

/** Fixes body and id at the time of the event; each attempt is signed anew. */
function parcelOf(v2: V2State, clock: SandboxClock, writing: Writing): Parcel {
  const { payment, how, url, type } = writing
  const isForm = how.webhook === 'form'
  const fields = isForm || how.webhookVersion === '2024-01-01' ? oldFields(writing) : null
  const body =
    fields === null
      ? JSON.stringify(newBody(writing, clock.nowMs()), null, how.webhookSigning === 'another_body' ? 1 : 0)
      : isForm
        ? new URLSearchParams(fields).toString()
        : JSON.stringify(fields)
  const id = freshV2Id(clock.nowMs())
  return kept(
    v2,
    { id, type, triggeredAtMs: clock.nowMs() },
    {
      impUid: payment.paymentId,
      url,
      contentType: isForm ? FORM : JSON_TYPE,
      body,
      sign: (atMs) => signedHeaders({ id, body, secrets: v2.webhookSecrets, how: how.webhookSigning }, atMs),
    },
  )
}

function newBody({ payment, event, how, type }: Writing, nowMs: number) {
  const cancellation = event.cancellationId === undefined ? {} : { cancellationId: event.cancellationId }
  const data = {
    paymentId: payment.orderId,
    storeId: how.namedStore ?? payment.v2?.storeId ?? '',
    transactionId: payment.paymentId,
    ...(type.includes('Cancel') ? cancellation : {}),
  }
  return { type, timestamp: isoTime(nowMs / 1000), data }
}

/** The version of 2024-01-01, as JSON or a form. */
const oldFields = ({ payment, type }: Writing) => ({
  payment_id: payment.orderId,
  tx_id: payment.paymentId,
  status: type.replace(/^Transaction\./, ''),
})

const TRIGGERS = new Map([
  ['Transaction.DisputeCreated', 'DISPUTE_CREATED'],
  ['Transaction.DisputeResolved', 'DISPUTE_RESOLVED'],
  ['Transaction.PayPending', 'ASYNC_PAY_PENDING'],
])

type Triggered = { readonly id: string; readonly type: string; readonly triggeredAtMs: number }

/** Keeps the parcel in the payment's history, which then notes each attempt. */
function kept({ webhooks }: V2State, { id, type, triggeredAtMs }: Triggered, content: Parcel): Parcel {
  const note = (delivery: Delivery): void => {
    if (delivery.state === 'in_flight') sent.executions += 1
    sent.last = delivery
  }
  const parcel = { ...content, note }
  const paymentStatus = type.replace(/^Transaction\./, '')
  const trigger = TRIGGERS.get(type) ?? null
  const sent: SentWebhook = {
    id,
    parcel,
    paymentStatus,
    trigger,
    triggeredAtMs,
    executions: 0,
    last: null,
    resends: 0,
  }
  const oldest = webhooks.keys().next()
  if (webhooks.size >= PAYMENTS_KEPT_MAX && !oldest.done) webhooks.delete(oldest.value)
  webhooks.set(content.impUid, [...(webhooks.get(content.impUid) ?? []), sent])
  return parcel
}
