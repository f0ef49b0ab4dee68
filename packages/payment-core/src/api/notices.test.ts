import { describe, expect, test } from 'vitest'
import { spared } from '../../test/lacking.ts'
import { held, NOW_MS, order, review } from '../../test/samples.ts'
import {
  NoticeAnswer,
  NoticeBody,
  NoticeList,
  noticeOf,
  NoticesInput,
  summaryOf,
  withAnswer,
  type Review,
} from '../index.ts'

const answersOf = (count: number): NoticeAnswer[] =>
  Array.from({ length: count }, (_, index) => ({ atMs: index + 1, answer: '500' }))

describe('the answers of a notice', () => {
  const times = (answers: readonly NoticeAnswer[]): number[] => answers.map(({ atMs }) => atMs)
  const next = { atMs: 99, answer: '200' }

  test('are all kept up to the twentieth', () => {
    expect(withAnswer([], next)).toEqual([next])
    expect(times(withAnswer(answersOf(19), next))).toEqual([...times(answersOf(19)), 99])
  })

  test('from then on the first three and the last seventeen are', () => {
    const kept = withAnswer(answersOf(20), next)
    expect(times(kept)).toEqual([1, 2, 3, ...times(answersOf(20)).slice(4), 99])
    expect(kept).toHaveLength(20)
  })

  test('each tells when and what', () => {
    expect(spared(NoticeAnswer, next)).toEqual([])
    expect(NoticeAnswer.safeParse({ ...next, atMs: 0.5 }).success).toBe(false)
  })
})

describe('a list of notices', () => {
  const list = {
    notices: [
      {
        id: 'n-1',
        orderId: 'ord-1001',
        type: 'payment.paid',
        sequence: 1,
        state: 'parked',
        recordedAt: NOW_MS,
        dueAt: null,
        attempts: 1,
        lastAnswer: null,
        answers: [{ atMs: NOW_MS, answer: '410' }],
      },
    ],
    nextCursor: null,
  }

  test('tells all of each', () => {
    expect(NoticeList.parse(list)).toStrictEqual(list)
    // A list without its one element is a list.
    expect(spared(NoticeList, list)).toEqual(['notices.0', 'notices.0.answers.0'])
  })

  test.each<[string, unknown[], unknown[]]>([
    ['orderId', ['', 'o'.repeat(201)], ['o', 'orphan/imp_1', 'o'.repeat(200), undefined]],
    ['state', ['gone'], ['waiting', 'delivered', 'parked', undefined]],
    ['type', ['payment.gone'], ['payment.paid', undefined]],
    ['from', [-1, 0.5], [0, undefined]],
    ['to', [-1, 0.5], [0, undefined]],
    ['cursor', ['c'.repeat(601)], ['', 'c'.repeat(600), null, undefined]],
    ['limit', [0, 101, 0.5], [1, 100, undefined]],
    ['other', [1], []],
  ])('is asked for within bounds: %s', (field, bad, good) => {
    for (const value of bad) expect(NoticesInput.safeParse({ [field]: value }).success).toBe(false)
    for (const value of good) expect(NoticesInput.safeParse({ [field]: value }).success).toBe(true)
  })
})

describe('what a notice tells', () => {
  const about = (told: Review | null) =>
    noticeOf({
      type: 'order.review',
      order: order({
        reviews: [review({ endedAtMs: 1, end: 'facts' }), review({ reason: 'late' })],
        reference: ['C-7'],
        sequence: 2,
      }),
      payments: [held({ paymentId: 'imp_2' }), held()],
      payment: held({}, { cardIssuer: '신한카드' }),
      review: told,
      mark: 'late-imp_1',
      timestamp: '2026-11-01T03:08:20.000Z',
    })

  test('nothing of its body may be missing, but the review of one that tells of none', () => {
    const { body } = about(review({ reason: 'late', endedAtMs: 1, end: 'facts' }))
    const optional = [
      'data.order.reviews.0',
      'data.order.reviews.0.actions.0',
      'data.order.reviews.0.actions.1',
      'data.order.reviews.0.actions.2',
      'data.order.reference.0',
      'data.review',
    ]
    expect(NoticeBody.parse(body)).toStrictEqual(body)
    expect(spared(NoticeBody, body)).toEqual(optional)
    expect(Object.keys(about(null).body.data)).toEqual(['order', 'payment'])
  })

  test('it shows the reviews that are open, the oldest apart, and when the order was called off', () => {
    const [first, second] = [review({ reason: 'late' }), review({ reason: 'surplus' })]
    const over = review({ endedAtMs: 1, end: 'facts' })
    const told = summaryOf(order({ reviews: [over, first, second], closedAtMs: 5, amountFixedAtMs: 6 }), [
      held(),
    ])
    expect(told).toMatchObject({
      review: { reason: 'late' },
      reviews: [
        { reason: 'late', actions: ['accept', 'return', 'dismiss'] },
        { reason: 'surplus', actions: ['return', 'dismiss'] },
      ],
      closedAt: 5,
      amountFixed: true,
    })
  })

  test('times are whole milliseconds', () => {
    const { body } = about(null)
    for (const field of ['registeredAt', 'expiresAt', 'closedAt'])
      expect(
        NoticeBody.safeParse({
          ...body,
          data: { ...body.data, order: { ...body.data.order, [field]: 0.5 } },
        }).success,
        field,
      ).toBe(false)
    for (const sequence of [0, -1, 0.5])
      expect(NoticeBody.safeParse({ ...body, sequence }).success).toBe(false)
  })
})
