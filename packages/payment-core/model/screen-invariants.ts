import {
  currentPayment,
  DEPOSIT_GRACE_MS,
  hasSettled,
  heldMoney,
  newestReturn,
  SETTLE_SILENT_MS,
  type Order,
  type Payment,
  type Return,
  type Screen,
} from '../src/index.ts'
import { MINUTE_MS, NOW_MS } from '../test/samples.ts'
import type { Rules } from './bounds.ts'
import { fault, type Fault } from './decision-invariants.ts'

/** What the holder of the order's own link can say of one payment, and how many look-ups ago. */
const wordsOf = (paymentId: string | null, atMs: number): Return[] =>
  (['success', 'failure', 'nothing'] as const).flatMap((says) =>
    [0, 2].map((looks) => ({ says, paymentId, looks, atMs, failReason: null, message: null })),
  )

/** Every set of returns that an order can remember: none, one, or one of each of two payments, in both orders. */
const returns: ReadonlyArray<readonly Return[]> = [
  [],
  ...['imp_1', 'imp_2', null].flatMap((paymentId) => wordsOf(paymentId, NOW_MS).map((word) => [word])),
  ...(
    [
      ['imp_1', 'imp_2'],
      ['imp_2', 'imp_1'],
    ] as const
  ).flatMap(([first, second]) =>
    wordsOf(first, NOW_MS - 1).flatMap((word) => wordsOf(second, NOW_MS).map((newer) => [word, newer])),
  ),
]

/** S-22, R-25, M-32: for both viewers, at every time, with every set of returns. */
export function faultOfScreens(order: Order, payments: readonly Payment[], rules: Rules): Fault | null {
  for (const said of returns)
    for (const nowMs of [NOW_MS, NOW_MS + MINUTE_MS, NOW_MS + 5 * MINUTE_MS])
      for (const scope of ['full', 'outcome'] as const) {
        const told = { ...order, returns: [...said] }
        const why = dishonest(rules.screenOf(told, payments, scope, nowMs), told, payments, nowMs)
        if (why !== null) return fault('S-22', why)
      }
  return null
}

function dishonest(screen: Screen, order: Order, payments: readonly Payment[], nowMs: number): string | null {
  if (screen.kind === 'paid' && order.keptPaymentId === null) return '«paid» is shown without proof'
  if (order.status === 'paid' && screen.kind !== 'paid') return `«${screen.kind}» is shown of a paid order`
  if (screen.kind === 'expired' && order.status !== 'expired') return '«expired» is shown before it is so'
  const offers = (screen.kind === 'failed' || screen.kind === 'cancelled') && screen.tryAgain
  if (offers && (order.status !== 'open' || payments.some(heldMoney)))
    return '«pay again» is offered of a number that was paid'
  if (screen.kind !== 'failed') return null
  // Payments of the number's earlier life are not shown (M-21).
  const tries = payments.filter((payment) => (payment.details.startedAtMs ?? 0) >= order.adoptsFromMs)
  const pays = tries.find((payment) => mayStillPay(order, payment, nowMs))
  if (pays !== undefined) return `«failed» is shown while ${pays.paymentId} may still be paid`
  const last = newestReturn(order)
  const settled = last !== null && hasSettled(last, nowMs) && last.says !== 'success'
  return currentPayment(order, tries)?.status === 'failed' || settled
    ? null
    : '«failed, pay again» is shown while nothing is known'
}

/** Written from the promises to customers, not from the code under test. */
function mayStillPay(order: Order, payment: Payment, nowMs: number): boolean {
  if (payment.contradiction !== null) return true
  const { accountDueAtMs, startedAtMs } = payment.details
  if (payment.status === 'awaiting_deposit') return nowMs < (accountDueAtMs ?? Infinity) + DEPOSIT_GRACE_MS
  if (payment.status !== 'ready') return false
  const said = order.returns.find(({ paymentId }) => paymentId === payment.paymentId)
  if (said === undefined) return nowMs - (startedAtMs ?? 0) < SETTLE_SILENT_MS
  return said.says === 'success' || !hasSettled(said, nowMs)
}
