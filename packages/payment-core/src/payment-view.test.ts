import { describe, expect, test } from 'vitest'
import { account, held, NOW_MS, order } from '../test/samples.ts'
import { noticeOf, type NoticeAnswer, summaryOf, viewOf, withAnswer } from './index.ts'

describe('a payment as the shop’s programs see it', () => {
  test('by card: the masked number, whose card it is, and the approval number', () => {
    const details = { cardNumber: '510737*********6', methodName: 'kakaopay', paidAtMs: NOW_MS }
    const told = { approvalNumber: '30012345', cardIssuer: '신한카드', receiptUrl: 'https://r.example/1' }
    expect(viewOf(held({}, { ...details, ...told }))).toMatchObject({
      paidAt: NOW_MS,
      failedAt: null,
      methodName: 'kakaopay',
      card: { number: '510737*********6', issuer: '신한카드' },
      approval: '30012345',
      receiptUrl: 'https://r.example/1',
      account: null,
    })
  })

  test('recorded before issuers were, a card has the name of its method', () => {
    expect(viewOf(held({}, { methodName: '신한카드' })).card).toEqual({ number: null, issuer: '신한카드' })
    expect(viewOf(held({}, { method: 'easy_pay', methodName: 'kakaopay' })).card).toBeNull()
  })

  test('into an account: bank, number, holder and until when; a transfer’s bank is no account to pay into', () => {
    const { status } = account()
    const issued = held({ status }, { ...account().details, accountHolder: '홍길동' })
    expect(viewOf(issued)).toMatchObject({
      card: null,
      account: { bank: '신한은행', number: '110-1234', holder: '홍길동', dueAt: NOW_MS + 60_000 },
    })
    expect(viewOf(held({}, { method: 'transfer', bankName: '국민은행' })).account).toBeNull()
  })
})

test('a notice shows its order and payment as the answers do, and no link that opens anything', () => {
  const [theOrder, payment] = [order({ reference: ['C-7'], taxFree: 5 }), held()]
  const about = { review: null, mark: 0, timestamp: '2026-11-01T03:08:20.000Z' }
  const { body } = noticeOf({ type: 'payment.paid', order: theOrder, payments: [payment], payment, ...about })
  expect(body.data).toEqual({ order: summaryOf(theOrder, [payment]), payment: viewOf(payment) })
  expect(body.data.order).toMatchObject({ reference: ['C-7'], taxFree: 5, closedAt: null })
  expect(JSON.stringify(body)).not.toContain('returnUrl')
})

test('of many answers the first three and the last seventeen are kept, oldest first', () => {
  let answers: NoticeAnswer[] = []
  for (let atMs = 1; atMs <= 200; atMs += 1) answers = withAnswer(answers, { atMs, answer: '500' })
  const kept = [1, 2, 3, ...Array.from({ length: 17 }, (_, index) => 184 + index)]
  expect(answers.map(({ atMs }) => atMs)).toEqual(kept)
})
