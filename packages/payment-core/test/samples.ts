import {
  decide,
  type Decision,
  type DecideInput,
  type Details,
  type Notice,
  type Observation,
  type Order,
  type Payment,
  noVerdict,
  openReviews,
  type Policy,
  type Return,
  type Review,
} from '../src/index.ts'

/** Ordinary things with a detail changed: what tests of the core begin with. */
export const NOW_MS = 1_793_500_100_000
export const MINUTE_MS = 60_000

export const policy: Policy = {
  onRejected: 'cancel',
  onSurplus: 'cancel',
  onLate: 'accept',
  onClosed: 'cancel',
  allowTestChannel: false,
  acceptLateMs: 7 * 24 * 60 * MINUTE_MS,
}

export const order = (changed: Partial<Order> = {}): Order => ({
  orderId: 'ord-1001',
  gateway: 'portone-v1',
  name: 'sample',
  amount: 14_000,
  currency: 'KRW',
  taxFree: null,
  vat: null,
  registeredAtMs: NOW_MS - MINUTE_MS,
  expiresAtMs: NOW_MS + 30 * MINUTE_MS,
  adoptsFromMs: NOW_MS - 24 * 60 * MINUTE_MS,
  accountsUntilMs: NOW_MS + 30 * 24 * 60 * MINUTE_MS,
  amountFixedAtMs: null,
  closedAtMs: null,
  reference: null,
  returnTo: null,
  status: 'open',
  keptPaymentId: null,
  emptyAfterDeadline: false,
  reviews: [],
  sequence: 0,
  returns: [],
  ...changed,
})

const noDetails: Details = {
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
  approval: null,
  approvalNumber: null,
  cardIssuer: null,
  startedAtMs: NOW_MS - MINUTE_MS,
  paidAtMs: null,
  failedAtMs: null,
  cancelledAtMs: null,
}

export const seen = (changed: Partial<Observation> = {}, details: Partial<Details> = {}): Observation => ({
  paymentId: 'imp_1',
  orderId: 'ord-1001',
  gateway: 'portone-v1',
  status: 'paid',
  amounts: [14_000],
  currencies: ['KRW'],
  testChannel: false,
  cancelledAmount: 0,
  deposited: 0,
  cancels: [],
  ...changed,
  details: { ...noDetails, ...details },
})

/** A payment with this much of it returned, each sum by a cancel of its own. */
export function cancelled(changed: Partial<Observation>, ...amounts: number[]): Observation {
  const cancels = amounts.map((amount, index) => ({
    id: `C${index}`,
    amount,
    atMs: NOW_MS + index,
    reason: null,
  }))
  const cancelledAmount = amounts.reduce((sum, each) => sum + each, 0)
  return seen({ status: 'cancelled', cancelledAmount, cancels, ...changed })
}

export const held = (changed: Partial<Payment> = {}, details: Partial<Details> = {}): Payment => ({
  ...seen(changed, details),
  ...noVerdict,
  ...changed,
})

export const account = (changed: Partial<Observation> = {}, details: Partial<Details> = {}): Observation =>
  seen(
    { status: 'awaiting_deposit', ...changed },
    {
      method: 'virtual_account',
      accountNumber: '110-1234',
      bankName: '신한은행',
      accountDueAtMs: NOW_MS + MINUTE_MS,
      ...details,
    },
  )

export const returned = (changed: Partial<Return> = {}): Return => ({
  says: 'failure',
  paymentId: 'imp_1',
  atMs: NOW_MS,
  failReason: null,
  message: null,
  looks: 0,
  ...changed,
})

export const review = (changed: Partial<Review> = {}): Review => ({
  reviewId: 'rejected-imp_1',
  reason: 'rejected',
  paymentId: 'imp_1',
  atStake: 14_000,
  sinceMs: NOW_MS,
  note: 'paid 13000, the order is 14000',
  endedAtMs: null,
  endNote: null,
  end: null,
  endedBy: null,
  ...changed,
})

/** What is recorded, as a store would hold it. */
export type Held = { readonly order: Order | null; readonly payments: readonly Payment[] }

export const record = (before: Held, decision: Decision): Held => ({
  order: decision.order,
  payments: [
    ...before.payments.filter((held) => decision.payments.every((each) => each.paymentId !== held.paymentId)),
    ...decision.payments,
  ],
})

/** Decides on a look-up by order at `NOW_MS`, unless told otherwise. */
export const look = (
  before: Held,
  sight: readonly Observation[],
  changed: Partial<DecideInput> = {},
): Decision => decide(inputOf(before, sight, changed))

/** What is decided on. */
export const inputOf = (
  before: Held,
  sight: readonly Observation[],
  changed: Partial<DecideInput> = {},
): DecideInput => ({
  order: before.order,
  payments: before.payments,
  seen: sight,
  look: { by: 'order', beganAtMs: changed.nowMs ?? NOW_MS },
  returned: null,
  evidence: { fixed: { kind: 'none' } },
  requestedRefunds: [],
  policy,
  nowMs: NOW_MS,
  nowIso: '2026-11-01T03:08:20.000Z',
  ...changed,
})

/** Looks one after the other, each recorded before the next; ends with what is held and all that was announced. */
export function walk(
  before: Held,
  looks: readonly (readonly Observation[])[],
  changed: Partial<DecideInput> = {},
  /** How much later each look is than the one before. */
  everyMs = 0,
) {
  let now = before
  const notices: Notice[] = []
  const decisions: Decision[] = []
  for (const [index, sight] of looks.entries()) {
    const nowMs = (changed.nowMs ?? NOW_MS) + index * everyMs
    const decision = look(now, sight, { ...changed, nowMs })
    now = record(now, decision)
    notices.push(...decision.notices)
    decisions.push(decision)
  }
  return { held: now, notices, decisions, types: notices.map((notice) => notice.type) }
}

/** Why a person is to look, oldest first. */
export const reasonsOf = (theOrder: Order | null): string[] =>
  openReviews(theOrder?.reviews ?? []).map(({ reason }) => reason)

export const contradiction = (what: string, isCertain = true) => ({ what, sinceMs: NOW_MS, isCertain })

export const fresh: Held = { order: order(), payments: [] }
