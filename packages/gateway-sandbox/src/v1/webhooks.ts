import type { Parcel } from '../delivery.ts'
import type { SandboxPayment } from '../ledger.ts'
import type { WebhookEvent, WebhookWire } from '../webhooks.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
/** At most 5 retries, 1 minute apart, after a network error or a 5xx. A 4xx is not retried. */
const RETRY_DELAYS_MS = [60_000, 60_000, 60_000, 60_000, 60_000]
/** Failed and abandoned payments never send a webhook, and V1 has none for pending ones (docs/gateway/portone-v1.md §3.2). */
const ANNOUNCED = new Set(['paid', 'ready', 'cancelled'])

/** Webhooks of V1. They are unsigned (docs/gateway/portone-v1.md §3.1). */
export const webhooksV1: WebhookWire = {
  announces: (event) => ANNOUNCED.has(event.status),
  parcels: (payment, event, how) =>
    payment.noticeUrls.map((url) => parcelOf(payment, event, url, how.webhook === 'form')),
  retries: ({ webhookRetries }) => ({
    delaysMs: webhookRetries ? RETRY_DELAYS_MS : [],
    isError: (status) => status >= 500,
  }),
  replayMs: () => null,
}

/** Fixes the body at the time of the event, so a late webhook has the old status. */
function parcelOf(payment: SandboxPayment, event: WebhookEvent, url: string, form: boolean): Parcel {
  const fields = {
    imp_uid: payment.paymentId,
    merchant_uid: payment.orderId,
    status: event.status,
    ...(event.cancellationId === undefined ? {} : { cancellation_id: event.cancellationId }),
  }
  return {
    impUid: payment.paymentId,
    url,
    contentType: form ? FORM : JSON_TYPE,
    body: form ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
  }
}
