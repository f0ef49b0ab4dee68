import type { Cancel, Details, Facts, PaymentStatus } from '@landfall/payment-core'
import type { Dice } from './dice.ts'

const details: Details = {
  method: 'card',
  methodName: null,
  cardNumber: null,
  bankName: null,
  accountNumber: null,
  accountHolder: null,
  accountDueAtMs: null,
  receiptUrl: null,
  failReason: null,
  discount: null,
  startedAtMs: null,
  paidAtMs: null,
  failedAtMs: null,
  cancelledAtMs: null,
}

/** What will happen to one payment at the gateway, in this order, whenever chance has it. */
export type Deed = { readonly paymentId: string; readonly to: PaymentStatus; readonly share: number }

/** The gateway's truth about the payments of one order, as facts: what a look-up gives once the wire is read. */
export class ModelGateway {
  readonly facts = new Map<string, Facts>()
  readonly deeds: Deed[] = []
  readonly #orderId: string
  #cancels = 0

  constructor(orderId: string) {
    this.#orderId = orderId
  }

  /** Draws one try: how it is paid for, and all that becomes of it. */
  draw(dice: Dice, paymentId: string, amount: number): void {
    const kind = dice.pick([
      'paid',
      'paid',
      'paid',
      'forged',
      'other_currency',
      'test',
      'failed',
      'late',
      'account',
      'open',
    ] as const)
    this.facts.set(paymentId, {
      paymentId,
      orderId: this.#orderId,
      status: 'ready',
      amounts: [kind === 'forged' ? amount - 100 : amount],
      currencies: [kind === 'other_currency' ? 'JPY' : 'KRW'],
      testChannel: kind === 'test',
      cancelledAmount: 0,
      deposited: 0,
      cancels: [],
      details,
    })
    const steps: Record<typeof kind, PaymentStatus[]> = {
      paid: ['paid'],
      forged: ['paid'],
      other_currency: ['paid'],
      test: ['paid'],
      failed: ['failed'],
      late: ['failed', 'paid'],
      account: dice.chance(0.7) ? ['awaiting_deposit', 'paid'] : ['awaiting_deposit'],
      open: [],
    }
    for (const to of steps[kind]) this.deeds.push({ paymentId, to, share: 1 })
    for (let left = dice.chance(0.3) ? dice.between(1, 2) : 0; left > 0; left -= 1)
      this.deeds.push({ paymentId, to: 'cancelled', share: dice.pick([0.3, 0.5, 1]) })
  }

  /** The next thing that happens to a payment; nothing when its state does not allow it. */
  happen(deed: Deed, nowMs: number): void {
    const was = this.facts.get(deed.paymentId)
    if (was === undefined) return
    if (deed.to === 'cancelled') {
      const amount = was.amounts[0] ?? 0
      this.cancel(deed.paymentId, Math.max(1, Math.round(amount * deed.share)), null, 'console', nowMs)
      return
    }
    const waits = was.status === 'ready' || was.status === 'awaiting_deposit'
    const late = was.status === 'failed' && deed.to === 'paid' && was.details.method !== 'virtual_account'
    if (!waits && !late) return
    const method = deed.to === 'awaiting_deposit' ? 'virtual_account' : was.details.method
    const paidAtMs = deed.to === 'paid' ? nowMs : null
    this.facts.set(deed.paymentId, { ...was, status: deed.to, details: { ...was.details, method, paidAtMs } })
  }

  /** Money goes back if as much is left, and what is left is what the caller believes. */
  cancel(paymentId: string, wanted: number, checksum: number | null, reason: string, nowMs: number): boolean {
    const was = this.facts.get(paymentId)
    if (was === undefined || (was.status !== 'paid' && was.status !== 'cancelled')) return false
    const left = (was.amounts[0] ?? 0) - was.cancelledAmount
    const amount = checksum === null ? Math.min(wanted, left) : wanted
    if (amount <= 0 || amount > left || (checksum !== null && checksum !== left)) return false
    this.#cancels += 1
    const booked: Cancel = { id: `c${String(this.#cancels).padStart(4, '0')}`, amount, atMs: nowMs, reason }
    const cancelledAmount = was.cancelledAmount + amount
    this.facts.set(paymentId, {
      ...was,
      status: 'cancelled',
      cancelledAmount,
      cancels: [...was.cancels, booked],
    })
    return true
  }

  closeAccount(paymentId: string): void {
    const was = this.facts.get(paymentId)
    if (was?.status === 'awaiting_deposit') this.facts.set(paymentId, { ...was, status: 'failed' })
  }

  look(paymentId: string | null): Facts[] {
    if (paymentId === null) return [...this.facts.values()]
    const one = this.facts.get(paymentId)
    return one === undefined ? [] : [one]
  }
}
