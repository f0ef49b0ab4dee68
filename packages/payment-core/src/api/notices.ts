import { z } from 'zod'
import { NoticeType } from '../notice/notice.ts'
import { Moment, NoticeState, PageLimit } from './orders.ts'
import { strictInput } from './strict-input.ts'

// The calls `notices.list` and `notices.replay`. What a notice tells is in `../notice/notice.ts`.

/** One delivery attempt: the HTTP status, or why there was none. */
export const NoticeAnswer = z.object({ atMs: z.number().int(), answer: z.string() })
export type NoticeAnswer = z.infer<typeof NoticeAnswer>

const FIRST_KEPT = 3
const LAST_KEPT = 17

/** Keeps the first and the last answers, so that a notice that is replayed often does not grow without end. */
export const withAnswer = (answers: readonly NoticeAnswer[], answer: NoticeAnswer): NoticeAnswer[] =>
  answers.length < FIRST_KEPT + LAST_KEPT
    ? [...answers, answer]
    : [...answers.slice(0, FIRST_KEPT), ...answers.slice(1 - LAST_KEPT), answer]

/** `notices.list`, oldest first. A page may hold fewer notices than `limit` and still not be the last. */
export const NoticesInput = strictInput({
  /** For a payment of an unknown order: `orphan/` and the payment id. */
  orderId: z.string().min(1).max(200).optional(),
  state: NoticeState.optional(),
  type: NoticeType.optional(),
  /** The times compared are those of recording. */
  from: Moment.optional(),
  to: Moment.optional(),
  cursor: z.string().max(600).nullish(),
  limit: PageLimit,
})
export type NoticesInput = z.output<typeof NoticesInput>

export const NoticeView = z.object({
  id: z.string(),
  orderId: z.string(),
  type: NoticeType,
  sequence: z.number().int(),
  state: NoticeState,
  recordedAt: z.number().int(),
  /** The next attempt; null when there is none. */
  dueAt: z.number().int().nullable(),
  /** Attempts since the notice was recorded or replayed. */
  attempts: z.number().int(),
  lastAnswer: z.string().nullable(),
  /** The first three and the last seventeen attempts, oldest first. */
  answers: z.array(NoticeAnswer),
})
export type NoticeView = z.infer<typeof NoticeView>

export const NoticeList = z.object({ notices: z.array(NoticeView), nextCursor: z.string().nullable() })
export type NoticeList = z.infer<typeof NoticeList>
