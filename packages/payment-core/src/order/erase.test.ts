import { describe, expect, test } from 'vitest'
import { eraseFacts, eraseReason, eraseReview, keepErased } from './erase.ts'
import { fresh, look, order, seen } from '../../test/samples.ts'
import type { Facts } from '../payment/payment.ts'
import type { Review } from '../review/review.ts'

const facts: Facts = {
  paymentId: 'imp_000000000001',
  orderId: 'ord-1',
  gateway: 'portone-v1',
  status: 'cancelled',
  amounts: [14_000],
  currencies: ['KRW'],
  testChannel: false,
  cancelledAmount: 4_000,
  deposited: 0,
  cancels: [{ id: 'c-1', amount: 4_000, atMs: 5, reason: '홍길동 변심' }],
  details: {
    method: 'virtual_account',
    methodName: '신한은행',
    cardNumber: '4242-****',
    bankName: '신한은행',
    accountNumber: '110-000-000000',
    accountHolder: '홍길동',
    accountDueAtMs: 9,
    receiptUrl: 'https://pg.example/receipt?name=hong',
    failReason: '홍길동 한도초과',
    discount: 100,
    approval: 'later',
    approvalNumber: '12345678',
    cardIssuer: '신한카드',
    startedAtMs: 1,
    paidAtMs: 2,
    failedAtMs: 3,
    cancelledAtMs: 4,
  },
}
const review = (about: Partial<Review>): Review => ({
  reviewId: 'late',
  reason: 'late',
  paymentId: null,
  atStake: 1,
  sinceMs: 1,
  note: 'why',
  endedAtMs: 2,
  endNote: '홍길동과 통화',
  end: 'dismiss',
  endedBy: 'key:till',
  ...about,
})

describe('erasing', () => {
  test('P-04: of a payment sums, ids, times, method and bank stay; numbers, names, texts and links go', () => {
    const erased = eraseFacts(facts)
    expect(erased).toEqual({
      ...facts,
      cancels: [{ id: 'c-1', amount: 4_000, atMs: 5, reason: null }],
      details: {
        ...facts.details,
        cardNumber: null,
        accountNumber: null,
        accountHolder: null,
        receiptUrl: null,
        failReason: null,
        approvalNumber: null,
      },
    })
    expect(eraseFacts(erased), 'the same object: nothing is written').toBe(erased)
  })

  test.each(['cardNumber', 'accountNumber', 'accountHolder', 'receiptUrl', 'failReason', 'approvalNumber'])(
    'P-04: %s alone is found',
    (field) => {
      const bare = eraseFacts(facts)
      const one = { ...bare, details: { ...bare.details, [field]: 'x' } }
      expect(eraseFacts(one)).toEqual(bare)
    },
  )

  test('a reason or a note goes if it may quote somebody; a contradiction’s is our own word, which a later look needs', () => {
    expect(eraseReview(review({}))).toMatchObject({ note: '', endNote: '', endedBy: 'key:till' })
    expect(eraseReview(review({ reason: 'contradiction', note: 'shrank', endNote: null }))).toMatchObject({
      note: 'shrank',
      endNote: null,
    })
    const kept = new Set(['shrank'])
    expect(eraseReason('cancel.asked', '4000: 홍길동: 변심', kept)).toBe('4000: ')
    expect(eraseReason('cancel.asked', '홍길동', kept)).toBe('')
    expect(eraseReason('review.resolved', '홍길동과 통화', kept)).toBe('')
    expect(eraseReason('order.review', 'shrank', kept)).toBe('shrank')
    expect(eraseReason('payment.paid', 'the gateway says paid', kept)).toBe('the gateway says paid')
  })

  test('a decision about no order, or one that was not erased, is the decision itself', () => {
    const decision = {
      order: null,
      payments: [],
      notices: [],
      intents: [],
      executed: [],
      timeline: [],
      proof: facts,
    }
    expect(keepErased(null, decision)).toBe(decision)
  })

  test('what a later look at an erased order records stays erased', () => {
    const decision = look(fresh, [seen({}, { cardNumber: '4242-****' })])
    const kept = keepErased(order({ name: '' }), decision)
    expect(kept.payments).toEqual(decision.payments.map(eraseFacts))
    expect(kept.payments[0]?.details.cardNumber).not.toBe('4242-****')
    expect(kept.proof).toEqual(decision.proof === null ? null : eraseFacts(decision.proof))
    expect(kept.timeline).toEqual(decision.timeline)
    expect(kept.notices.map(({ id }) => id)).toEqual(decision.notices.map(({ id }) => id))
    expect(JSON.stringify(kept.notices)).not.toContain('4242')
  })
})
