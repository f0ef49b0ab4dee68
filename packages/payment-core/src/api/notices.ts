import { z } from 'zod'
import { NoticeType } from '../notice/notice.ts'
import { Moment, NoticeState, PageLimit } from './orders.ts'
import { strictInput } from './strict-input.ts'

/** One attempt at telling the shop: its HTTP status, or why there was none. */
export const NoticeAnswer = z.object({ atMs: z.number().int(), answer: z.string() })
export type NoticeAnswer = z.infer<typeof NoticeAnswer>

const FIRST_KEPT = 3
const LAST_KEPT = 17

/** How it began and how it went last: replayed often enough, a notice would grow without end. */
export const withAnswer = (answers: readonly NoticeAnswer[], answer: NoticeAnswer): NoticeAnswer[] =>
  answers.length < FIRST_KEPT + LAST_KEPT
    ? [...answers, answer]
    : [...answers.slice(0, FIRST_KEPT), ...answers.slice(1 - LAST_KEPT), answer]

/** `notices.list`. The oldest comes first; a page may hold fewer than asked for and still not be the last. */
export const NoticesInput = strictInput({
  /** Of a payment that is nobody's here `orphan/` and its id. */
  orderId: z.string().min(1).max(200).optional(),
  state: NoticeState.optional(),
  type: NoticeType.optional(),
  /** By the time they were recorded. */
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
  /** When it is tried again; null when it is not. */
  dueAt: z.number().int().nullable(),
  /** Attempts since it was recorded or replayed. */
  attempts: z.number().int(),
  lastAnswer: z.string().nullable(),
  /** Each attempt there was, oldest first: the first three and the last seventeen. */
  answers: z.array(NoticeAnswer),
})
export type NoticeView = z.infer<typeof NoticeView>

export const NoticeList = z.object({ notices: z.array(NoticeView), nextCursor: z.string().nullable() })
export type NoticeList = z.infer<typeof NoticeList>
