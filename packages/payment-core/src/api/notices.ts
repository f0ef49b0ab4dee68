import { z } from 'zod'
import { count, moment, text } from './described.ts'
import { NoticeType } from '../notice/notice.ts'
import { Moment, nextPage, noticeIdField, NoticeState, PageLimit } from './orders.ts'
import { strictInput } from './strict-input.ts'

// The calls `notices.list` and `notices.replay`. What a notice tells is in `../notice/notice.ts`.

/** One delivery attempt. */
export const NoticeAnswer = z.object({
  atMs: moment('When it was tried'),
  answer: text('The HTTP status, or why there was none.', '204'),
})
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
  orderId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({
      description:
        'Only notices of this order. For a payment of an unregistered order: `orphan/` and the payment id.',
      examples: ['ord-1001'],
    }),
  state: NoticeState.optional().describe('Only notices in this state.'),
  type: NoticeType.optional().describe('Only notices of this type.'),
  from: Moment.optional().describe('Only notices recorded at this time or later, in epoch milliseconds.'),
  to: Moment.optional().describe('Only notices recorded before this time, in epoch milliseconds.'),
  cursor: z
    .string()
    .max(600)
    .nullish()
    .describe('The cursor of the previous page, unchanged; omitted for the first page.'),
  limit: PageLimit,
})
export type NoticesInput = z.output<typeof NoticesInput>

export const NoticeView = z.object({
  id: noticeIdField(),
  orderId: text('The order’s id, or `orphan/` and the payment id.', 'ord-1001'),
  type: NoticeType,
  sequence: count('Counts from 1 for each order, without gaps.'),
  state: NoticeState,
  recordedAt: moment('When it was recorded'),
  dueAt: moment('When the next attempt is due', 'Null when there is none.').nullable(),
  attempts: count('Attempts since the notice was recorded or replayed.'),
  lastAnswer: text('The last HTTP status, or why there was none; null before the first.', '204').nullable(),
  answers: z.array(NoticeAnswer).describe('The first three and the last seventeen attempts, oldest first.'),
})
export type NoticeView = z.infer<typeof NoticeView>

export const NoticeList = z.object({
  notices: z.array(NoticeView).describe('Oldest first.'),
  nextCursor: nextPage('The `cursor` of the next page; null on the last.'),
})
export type NoticeList = z.infer<typeof NoticeList>
