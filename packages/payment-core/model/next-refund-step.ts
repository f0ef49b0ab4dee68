import type { Payment } from '../src/index.ts'
import type { Rules } from './bounds.ts'
import { cancellingOf, clocks, ended, SETTLE_MS, type Answer, type Row } from './workers.ts'

/** What a worker does with an intent after looking its payment up. */
export type RefundStep =
  /** Stores the row; a `note` calls a person first. */
  | { readonly kind: 'settle'; readonly row: Row; readonly note: string | null }
  | { readonly kind: 'send'; readonly amount: number; readonly expects: number; readonly isLate: boolean }

const settle = (row: Row, note: string | null = null): RefundStep => ({ kind: 'settle', row, note })

/** journey/follow-up/execute-refund.ts, executeRefund: before the first call or a repeat, at any time. */
export function beforeSending(rules: Rules, row: Row, payment: Payment, mayBeLate: boolean): RefundStep[] {
  const times = [clocks.soon, ...(mayBeLate ? [clocks.settled] : []), clocks.dayLater]
  const nexts = times.map((nowMs): RefundStep => {
    const step = rules.nextStep(cancellingOf(row), payment, nowMs, { settleMs: SETTLE_MS })
    switch (step.kind) {
      case 'done':
        return settle(ended(row, 'done'))
      case 'wait':
        return settle({ ...row, unchanged: step.unchangedLooks })
      case 'person':
        return settle(ended(row, 'over'), step.why)
      case 'send':
        return {
          kind: 'send',
          amount: step.amount,
          expects: step.expectedBalance,
          isLate: row.state === 'unknown' && nowMs !== clocks.soon,
        }
    }
  })
  return [...new Map(nexts.map((next) => [JSON.stringify(next), next])).values()]
}

/** journey/follow-up/execute-refund.ts, send: the payment has been looked up after the call. */
export function afterSending(
  rules: Rules,
  row: Row,
  payment: Payment,
  answer: Answer | 'none',
): RefundStep[] {
  if (answer === 'refused') return refused(rules, row, payment)
  const answered: Row = { ...row, state: answer === 'accepted' ? 'accepted' : 'unknown', unchanged: 0 }
  const step = rules.nextStep(cancellingOf(answered), payment, clocks.soon, { settleMs: SETTLE_MS })
  if (step.kind === 'done') return [settle(ended(row, 'done'))]
  // After enough tries, an account that cannot be closed is only noted in the order's story (V-10).
  return row.cause === 'account' ? [settle(answered), settle(ended(row, 'over'))] : [settle(answered)]
}

/** journey/follow-up/execute-refund.ts, refused: because of the balance, for a passing reason, or for good. */
function refused(rules: Rules, row: Row, payment: Payment): RefundStep[] {
  if (row.cause === 'account')
    return [settle(ended(row, payment.status === 'awaiting_deposit' ? 'over' : 'done'))]
  if (payment.cancelledAmount !== row.before) return [settle({ ...row, state: 'requested' })]
  return refusalsThatDiffer.map(({ refusals, text }) => {
    const { delayMs, needsPerson } = rules.afterRefusal(refusals, text, 0)
    const next: Row = delayMs === null ? ended(row, 'over') : { ...row, state: 'refused' }
    return settle(next, needsPerson ? 'refused' : null)
  })
}
/** The first refusal, the one that calls a person, and one that is final. */
const refusalsThatDiffer = [
  { refusals: 1, text: '정산 부족' },
  { refusals: 4, text: '정산 부족' },
  { refusals: 1, text: '취소불가 상태입니다' },
] as const
