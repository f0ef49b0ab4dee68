import { inBackground } from '../background.ts'
import type { SandboxClock } from '../clock.ts'
import { createCourier } from '../delivery.ts'
import type { Carrier, Draft } from '../delivery.ts'
import type { SandboxPayment } from '../ledger.ts'
import type { Misbehaviour } from '../misbehaviour.ts'

export type WebhookEvent = { readonly status: string; readonly cancellationId?: string | undefined }

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** Sends webhooks. The callers decide which events send one (docs/gateway/portone-v1.md §3.2). */
export type Webhooks = ReturnType<typeof createWebhooks>

export function createWebhooks(clock: SandboxClock, carrier: Carrier) {
  const courier = createCourier(clock, carrier)
  const sendAll = (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour, copies: number) => {
    const drafts = payment.noticeUrls.map((url) => draftOf(payment, event, url, how.webhook === 'form'))
    const sent = drafts.flatMap((draft) =>
      Array.from({ length: copies }, () => courier.send(draft, how.webhookRetries)),
    )
    return Promise.all(sent)
  }
  return {
    async fire(payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour) {
      if (how.webhook === 'never') return
      if (how.webhook === 'late') {
        clock.after(how.webhookLateMs, () => inBackground(sendAll(payment, event, how, 1)))
        return
      }
      const sending = sendAll(payment, event, how, how.webhook === 'times' ? how.webhookTimes : 1)
      // PortOne sends the browser's 302 without waiting. Shops can enable «webhook first» (docs/gateway/portone-v1.md §3.4).
      if (how.webhook === 'before') await sending
      else inBackground(sending)
    },
    /** Sends one webhook at once, regardless of the switches. The console's button calls it. */
    resend(payment: SandboxPayment, event: WebhookEvent) {
      for (const url of payment.noticeUrls)
        inBackground(courier.send(draftOf(payment, event, url, false), false))
    },
    deliveries: courier.deliveries,
    settled: courier.settled,
    close: courier.close,
  }
}

/** Fixes the body at the time of the event, so a late webhook has the old status. Webhooks are unsigned (docs/gateway/portone-v1.md §3.1). */
function draftOf(payment: SandboxPayment, event: WebhookEvent, url: string, form: boolean): Draft {
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
