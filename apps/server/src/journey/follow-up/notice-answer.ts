import type { Result } from '@landfall/payment-core'
import { retryAfterMs } from '../../gateway/header-times.ts'
import { PRIVATE_ADDRESS, type HttpAnswer, type HttpProblem } from '../../gateway/http.ts'

/** A longer `Retry-After` counts as a day, and is told (N-11). */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000

/** What a shop's answer to a notice means, or the lack of one. */
export type NoticeReply = {
  /** The HTTP status; null without an answer. */
  readonly status: number | null
  /** For the log, the notice's list and the story: the status, or why there is none. */
  readonly text: string
  /** How long the shop asks to be left alone, at most a day. */
  readonly waitMs: number
  /** The shop asked for longer. */
  readonly isCut: boolean
  /** Nothing was sent: the name leads to private addresses only (N-07). */
  readonly isPrivate: boolean
}

export function noticeReply(answer: Result<HttpAnswer, HttpProblem>): NoticeReply {
  if (answer.ok) {
    const askedMs = retryAfterMs(answer.value) ?? 0
    const waitMs = Math.min(askedMs, RETRY_AFTER_MAX_MS)
    const { status } = answer.value
    return { status, text: String(status), waitMs, isCut: waitMs < askedMs, isPrivate: false }
  }
  const none = { status: null, waitMs: 0, isCut: false, isPrivate: false }
  // A shop may answer with a whole page. Its status is an answer, and the rest is not read (N-02).
  if (answer.problem.kind === 'too_large')
    return { ...none, status: answer.problem.status, text: String(answer.problem.status) }
  const { cause } = answer.problem
  return cause === PRIVATE_ADDRESS
    ? { ...none, text: 'private address', isPrivate: true }
    : { ...none, text: `unreachable: ${cause}` }
}
