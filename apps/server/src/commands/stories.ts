import type { NoticeType, OrderStatus } from '@landfall/payment-core'

/** One call of the sandbox's control API for a payment, and what Landfall says once it has heard of it. */
export type Step = {
  /** The call's name, as in `POST /control/payments/{paymentId}/<name>`; `open` opens another window. */
  readonly control: string
  readonly body?: object
  /** The first window's payment instead of the last one's. */
  readonly isOfFirst?: boolean
  /** Nobody tells Landfall: it is asked to look. */
  readonly isLookedAt?: boolean
  /** What is told then. Without it the next step follows at once. */
  readonly says?: Said
}
export type Said = { readonly status: OrderStatus; readonly notices: readonly NoticeType[] }
export type TriggerStory = { readonly about: string; readonly steps: readonly Step[] }

const paid: Said = { status: 'paid', notices: ['payment.paid'] }
const failed: Said = { status: 'open', notices: ['payment.failed'] }
const awaited: Said = { status: 'awaiting_deposit', notices: ['payment.awaiting_deposit'] }
const issued: Step = { control: 'issue-account', says: awaited }

/** Under the names of the control API: a call, or a switch of `misbehaviour` with its value. */
export const stories: Readonly<Record<string, TriggerStory>> = {
  pay: {
    about: 'a card payment is approved',
    steps: [{ control: 'pay', body: { cardNumber: '4242424242424242' }, says: paid }],
  },
  close: { about: 'the customer closes the window', steps: [{ control: 'close', says: failed }] },
  refuse: {
    about: 'the card’s limit is exceeded',
    steps: [{ control: 'refuse', body: { cause: 'limit' }, says: failed }],
  },
  'issue-account': { about: 'a virtual account is issued', steps: [issued] },
  deposit: {
    about: 'money comes to a virtual account',
    steps: [
      issued,
      { control: 'deposit', says: { status: 'paid', notices: [...awaited.notices, 'payment.paid'] } },
    ],
  },
  expire: {
    about: 'a virtual account ends without money; its bank may tell of a deposit for an hour more',
    steps: [issued, { control: 'expire', isLookedAt: true, says: awaited }],
  },
  cancel: {
    about: 'a payment is cancelled in the gateway’s console',
    steps: [
      { control: 'approve', says: paid },
      { control: 'cancel', says: { status: 'cancelled', notices: ['payment.paid', 'payment.cancelled'] } },
    ],
  },
  'pay-twice': {
    about: 'an order is paid in two windows; the second payment goes back',
    steps: [
      { control: 'open' },
      { control: 'approve', says: paid },
      {
        control: 'approve',
        isOfFirst: true,
        says: { status: 'paid', notices: ['payment.paid', 'payment.surplus', 'payment.returned'] },
      },
    ],
  },
  'forged-amount': {
    about: 'a window that was tampered with pays ₩100; a person decides',
    steps: [
      { control: 'misbehaviour', body: { forgedAmount: 100 } },
      { control: 'approve', says: { status: 'open', notices: ['order.review'] } },
    ],
  },
  'redirect-never': {
    about: 'the customer does not come back: only the webhook tells',
    steps: [
      { control: 'misbehaviour', body: { redirect: 'never' } },
      { control: 'approve', says: paid },
    ],
  },
  'webhook-never': {
    about: 'no webhook comes: only the return tells',
    steps: [
      { control: 'misbehaviour', body: { webhook: 'never' } },
      { control: 'approve', says: paid },
    ],
  },
  'approval-late': {
    about: 'the approval follows seconds after the return',
    steps: [
      { control: 'misbehaviour', body: { approval: 'late', approvalLateMs: 2_000 } },
      { control: 'pay', body: { cardNumber: '4242424242424242' }, says: paid },
    ],
  },
}
