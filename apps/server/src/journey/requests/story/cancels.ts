import { CancelCause as Cause, StoryOutcome, type CancelCause, type StoryLine } from '@landfall/payment-core'
import type { HeldCancel } from '../../../store/cancels.ts'
import type { StoryRows } from '../../../store/story-rows.ts'
import type { TimelineRow } from '../../../store/timeline.ts'
import { currencyIn } from './money.ts'
import { runsOf } from './runs.ts'

export type StoryLineBase = Pick<StoryLine, 'at' | 'actor' | 'paymentId'>

/** Parses a refund's entry: `14000: surplus` for an automatic refund, `14000: sold out` for the shop's request. */
export function decidedCancel(
  base: StoryLineBase,
  currency: string,
  { event, reason }: TimelineRow,
): StoryLine[] {
  const [, sum = '0', words = ''] = /^(\d+): ([\s\S]*)$/.exec(reason) ?? []
  const isRequested = event === 'cancel.asked'
  const cause: CancelCause = isRequested ? 'shop' : (Cause.safeParse(words).data ?? 'shop')
  const note = isRequested ? words : null
  return [{ ...base, kind: 'refund_decided', cause, amount: Number(sum), currency, note }]
}

export function doneCancel(rows: StoryRows, base: StoryLineBase, cancelId: string): StoryLine[] {
  const cancel = rows.cancels.find(({ intentId }) => intentId === cancelId)
  if (cancel === undefined) return []
  return [{ ...base, kind: 'refund_done', ...summary(rows, cancel) }]
}

const summary = (rows: StoryRows, { intentId, cause, amount, paymentId }: HeldCancel) => ({
  cancelId: intentId,
  cause,
  amount,
  currency: currencyIn(rows, paymentId),
})

/** The lines of a refund's attempts. Records of earlier versions lack the entries for decision and attempts, so the row supplies them. */
export function cancelLines(rows: StoryRows, cancel: HeldCancel): StoryLine[] {
  const { paymentId, actor, cause, amount, createdAtMs, intentId } = cancel
  const hasEntry = (event: string): boolean =>
    rows.timeline.some((row) => row.paymentId === paymentId && row.event === event)
  const base = { actor: null, paymentId }
  const currency = currencyIn(rows, paymentId)
  const lines: StoryLine[] = []
  if (!hasEntry('cancel.decided') && !hasEntry('cancel.asked'))
    lines.push({
      ...base,
      at: createdAtMs,
      actor,
      kind: 'refund_decided',
      cause,
      amount,
      currency,
      note: null,
    })
  const hasDoneEntry = rows.timeline.some((row) => row.event === 'cancel.done' && row.reason === intentId)
  for (const { answer, atMs, times, lastAtMs } of runsOf(cancel.answers)) {
    const at = { ...base, at: atMs, ...summary(rows, cancel) }
    if (answer !== 'done')
      lines.push({ ...at, kind: 'refund_tried', ...attemptIn(answer), times, lastAt: lastAtMs })
    else if (!hasDoneEntry) lines.push({ ...at, kind: 'refund_done' })
  }
  return lines
}

/** Parses an answer as `execute-refund.ts` stores it: `refused: 취소 불가`. */
function attemptIn(text: string): { readonly outcome: StoryOutcome; readonly answer: string | null } {
  const [, word = '', answer = null] = /^([a-z_]+)(?:: ([\s\S]*))?$/.exec(text) ?? []
  const outcome = StoryOutcome.safeParse(word)
  return outcome.success ? { outcome: outcome.data, answer } : { outcome: 'refused', answer: text }
}
