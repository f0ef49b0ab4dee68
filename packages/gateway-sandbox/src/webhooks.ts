import { inBackground } from './background.ts'
import type { SandboxClock } from './clock.ts'
import { createCourier, NO_RETRIES } from './delivery.ts'
import type { Carrier, Delivery, DeliveryOutcome, Parcel, Retries } from './delivery.ts'
import type { SandboxPayment } from './ledger.ts'
import type { Misbehaviour } from './misbehaviour.ts'

/**
 * What happened to a payment. `ready`: an account was issued. `opened`: the window opened. `pay_pending` and `cancel_pending`: accepted,
 * but not booked.
 */
export type WebhookEvent = {
  readonly status: string
  readonly cancellationId?: string | undefined
  /** An event that no row shows, in V2's words: `Transaction.DisputeCreated`. */
  readonly type?: string
}

/** The webhooks of one API version. */
export type WebhookWire = {
  /** False: the gateway sends no webhook for this event. The button that sends one again asks no more. */
  readonly announces: (event: WebhookEvent, how: Misbehaviour) => boolean
  /** One or more for each address. */
  readonly parcels: (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour) => readonly Parcel[]
  readonly retries: (how: Misbehaviour) => Retries
  /** How much later each webhook is sent again, byte for byte. null: never. */
  readonly replayMs: (how: Misbehaviour) => number | null
}

/** Sends webhooks. Every event is announced here; the payment's API version decides which ones the shop hears of. */
export type Webhooks = {
  /** Sends the webhook according to the payment's switches. Resolves when the browser may be answered. */
  readonly fire: (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour) => Promise<void>
  /** Sends one webhook at once, regardless of the switch `webhook`. The console's button calls it. */
  readonly resend: (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour) => void
  /** Sends a parcel at once, without retries: an earlier webhook again, or a question. null: the sandbox is closed. */
  readonly send: (parcel: Parcel) => Promise<DeliveryOutcome | null>
  readonly deliveries: () => readonly Delivery[]
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

export function createWebhooks(
  clock: SandboxClock,
  carrier: Carrier,
  wireOf: (payment: SandboxPayment) => WebhookWire,
): Webhooks {
  const courier = createCourier(clock, carrier)
  const sendAll = (payment: SandboxPayment, event: WebhookEvent, how: Misbehaviour, copies: number) => {
    const wire = wireOf(payment)
    const replayMs = wire.replayMs(how)
    const sent = wire.parcels(payment, event, how).flatMap((parcel) => {
      if (replayMs !== null) replayLater(parcel, replayMs)
      return Array.from({ length: copies }, () => courier.send(parcel, wire.retries(how)))
    })
    return Promise.all(sent)
  }
  const replayLater = (parcel: Parcel, delayMs: number): void => {
    const headers = parcel.sign?.(clock.nowMs()) ?? {}
    clock.after(delayMs, () => inBackground(courier.send({ ...parcel, sign: () => headers }, NO_RETRIES)))
  }
  return {
    async fire(payment, event, how) {
      if (how.webhook === 'never' || !wireOf(payment).announces(event, how)) return
      if (how.webhook === 'late') {
        clock.after(how.webhookLateMs, () => inBackground(sendAll(payment, event, how, 1)))
        return
      }
      const sending = sendAll(payment, event, how, how.webhook === 'times' ? how.webhookTimes : 1)
      // PortOne sends the browser's 302 without waiting. Shops can enable «webhook first» (docs/gateway/portone-v1.md §3.4).
      if (how.webhook === 'before') await sending
      else inBackground(sending)
    },
    resend(payment, event, how) {
      for (const parcel of wireOf(payment).parcels(payment, event, how))
        inBackground(courier.send(parcel, NO_RETRIES))
    },
    send: (parcel) => courier.send(parcel, NO_RETRIES),
    deliveries: courier.deliveries,
    settled: courier.settled,
    close: courier.close,
  }
}
