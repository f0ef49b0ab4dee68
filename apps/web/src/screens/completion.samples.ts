import type { Screen } from '@landfall/payment-core'

/** One screen of every kind and reason, by name: what tests read and a gallery shows. Never part of what is served. */

/** An order's name is whatever a shop wrote: markup, both directions of writing, and no space to break at. */
const oddName = '<b>עברית</b> \u202Eabc\u202C אבג' + '가나다라마바사'.repeat(6)

const order = { orderId: 'shop-20261122-0007', name: '등대 머그컵', amount: 14_000, currency: 'KRW' }
const full = { scope: 'full' as const, order }
const bare = { scope: 'outcome' as const, order: null }
const paidAtMs = Date.parse('2026-11-22T18:42:00+09:00')
const payment = {
  method: 'card' as const,
  methodName: '신한카드',
  cardNumber: '4330-****-****-123*',
  paidAtMs,
  receiptUrl: 'https://receipts.example/imp_123456789012',
}
const account = {
  bankName: '카카오뱅크',
  number: '79790123456789',
  holder: '뭍 상점',
  amount: 14_000,
  currency: 'KRW',
  dueAtMs: Date.parse('2026-11-24T23:59:00+09:00'),
}
const smallPrint = 'F0005:결제가 중단되었습니다(imp_123456789012).01 | 사용자가 결제를 취소 하였습니다.'

const failedBecause = (reason: Extract<Screen, { kind: 'failed' }>['reason']): Screen => ({
  ...full,
  kind: 'failed',
  reason,
  message: null,
  tryAgain: reason !== 'already_paid',
})

export const samples = {
  checking: { ...full, kind: 'checking', because: 'confirming', sinceMs: paidAtMs },
  checking_slow: { ...full, kind: 'checking', because: 'confirming', sinceMs: paidAtMs - 30_000 },
  checking_not_started: { ...full, kind: 'checking', because: 'not_started', sinceMs: null },
  checking_review: { ...full, kind: 'checking', because: 'review', sinceMs: paidAtMs },
  paid: { ...full, kind: 'paid', payment, goesBack: 0 },
  paid_twice: { ...full, kind: 'paid', payment, goesBack: 14_000 },
  paid_wallet: {
    ...full,
    kind: 'paid',
    payment: { ...payment, method: 'easy_pay', methodName: 'kakaopay', cardNumber: null, receiptUrl: null },
    goesBack: 0,
  },
  paid_in_app: { ...full, kind: 'paid', payment, goesBack: 0 },
  awaiting_deposit: { ...full, kind: 'awaiting_deposit', account },
  failed: { ...full, kind: 'failed', reason: 'closed_by_customer', message: smallPrint, tryAgain: true },
  failed_limit: failedBecause('limit'),
  failed_balance: failedBecause('balance'),
  failed_card_details: failedBecause('card_details'),
  failed_card_stopped: failedBecause('card_stopped'),
  failed_already_paid: failedBecause('already_paid'),
  failed_window_not_opened: failedBecause('window_not_opened'),
  failed_gateway_trouble: failedBecause('gateway_trouble'),
  failed_not_completed: failedBecause('not_completed'),
  failed_unknown: failedBecause('unknown'),
  partially_cancelled: {
    ...full,
    kind: 'partially_cancelled',
    payment,
    cancelledAmount: 4_000,
    balance: 10_000,
  },
  cancelled: {
    ...full,
    kind: 'cancelled',
    payment,
    cancelledAmount: 14_000,
    because: 'order',
    tryAgain: false,
  },
  cancelled_rejected: {
    ...full,
    kind: 'cancelled',
    payment,
    cancelledAmount: 1_000,
    because: 'rejected',
    tryAgain: true,
  },
  cancelled_surplus: {
    ...full,
    kind: 'cancelled',
    payment,
    cancelledAmount: 14_000,
    because: 'surplus',
    tryAgain: false,
  },
  cancelled_late: {
    ...full,
    kind: 'cancelled',
    payment,
    cancelledAmount: 14_000,
    because: 'late',
    tryAgain: false,
  },
  expired: { ...full, kind: 'expired' },
  returning: { ...full, kind: 'returning', because: 'rejected', amount: 1_000, currency: 'KRW', payment },
  returning_surplus: {
    ...full,
    kind: 'returning',
    because: 'surplus',
    amount: 14_000,
    currency: 'KRW',
    payment,
  },
  returning_late: { ...full, kind: 'returning', because: 'late', amount: 14_000, currency: 'KRW', payment },
  odd_names: {
    ...full,
    order: { ...order, name: oddName, amount: 1_234_567_890 },
    kind: 'failed',
    reason: 'unknown',
    message: '<img src=x onerror=alert(1)> \u202Eevil\u202C </script>',
    tryAgain: true,
  },
  not_found: { ...bare, kind: 'not_found' },
  outcome_checking: { ...bare, kind: 'checking', because: 'confirming', sinceMs: paidAtMs },
  outcome_paid: { ...bare, kind: 'paid', payment: null, goesBack: 0 },
  outcome_awaiting_deposit: { ...bare, kind: 'awaiting_deposit', account: null },
  outcome_failed: { ...bare, kind: 'failed', reason: 'balance', message: null, tryAgain: true },
  outcome_partially_cancelled: {
    ...bare,
    kind: 'partially_cancelled',
    payment: null,
    cancelledAmount: null,
    balance: null,
  },
  outcome_cancelled: {
    ...bare,
    kind: 'cancelled',
    payment: null,
    cancelledAmount: null,
    because: 'order',
    tryAgain: false,
  },
  outcome_expired: { ...bare, kind: 'expired' },
  outcome_returning: {
    ...bare,
    kind: 'returning',
    because: 'late',
    amount: null,
    currency: null,
    payment: null,
  },
} satisfies Record<string, Screen>
