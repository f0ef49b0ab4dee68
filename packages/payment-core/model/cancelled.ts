import type { Payment } from '../src/index.ts'
import type { Rules } from './box.ts'
import { cancellingOf, clocks, ended, SETTLE_MS, type Answer, type Row } from './work.ts'

/** What a worker does about an intent now that its payment has been looked up. */
export type Next =
  /** It is held like this from now on; `note` calls a person first. */
  | { readonly kind: 'settle'; readonly row: Row; readonly note: string | null }
  | { readonly kind: 'send'; readonly amount: number; readonly expects: number; readonly isLate: boolean }

const settle = (row: Row, note: string | null = null): Next => ({ kind: 'settle', row, note })

/** journey/follow-up/execute-refund.ts, giveBack: before it is sent, or sent again. The clock may say anything. */
export function beforeSending(rules: Rules, row: Row, payment: Payment, mayBeLate: boolean): Next[] {
  const times = [clocks.soon, ...(mayBeLate ? [clocks.settled] : []), clocks.dayLater]
  const nexts = times.map((nowMs): Next => {
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

/** journey/follow-up/execute-refund.ts, send: the payment has been looked up again after the call. */
export function afterSending(rules: Rules, row: Row, payment: Payment, answer: Answer | 'none'): Next[] {
  if (answer === 'refused') return refused(rules, row, payment)
  const answered: Row = { ...row, state: answer === 'accepted' ? 'accepted' : 'unknown', unchanged: 0 }
  const step = rules.nextStep(cancellingOf(answered), payment, clocks.soon, { settleMs: SETTLE_MS })
  if (step.kind === 'done') return [settle(ended(row, 'done'))]
  // Tried often enough: what cannot be closed is a note in the order's story (V-10).
  return row.cause === 'account' ? [settle(answered), settle(ended(row, 'over'))] : [settle(answered)]
}

/** journey/follow-up/execute-refund.ts, refused: by the balance we sent, for a reason that may pass, or for good. */
function refused(rules: Rules, row: Row, payment: Payment): Next[] {
  if (row.cause === 'account')
    return [settle(ended(row, payment.status === 'awaiting_deposit' ? 'over' : 'done'))]
  if (payment.cancelledAmount !== row.before) return [settle({ ...row, state: 'requested' })]
  return refusalsThatDiffer.map(({ refusals, text }) => {
    const { delayMs, needsPerson } = rules.afterRefusal(refusals, text, 0)
    const next: Row = delayMs === null ? ended(row, 'over') : { ...row, state: 'refused' }
    return settle(next, needsPerson ? 'refused' : null)
  })
}
/** The first of many, the one a person is called for, and one that will never be otherwise. */
const refusalsThatDiffer = [
  { refusals: 1, text: '정산 부족' },
  { refusals: 4, text: '정산 부족' },
  { refusals: 1, text: '취소불가 상태입니다' },
] as const
