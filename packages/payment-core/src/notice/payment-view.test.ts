import { describe, expect, test } from 'vitest'
import { account, held, NOW_MS, order } from '../../test/samples.ts'
import { spared } from '../../test/lacking.ts'
import { PaymentView, noticeOf, type NoticeAnswer, summaryOf, viewOf, withAnswer } from '../index.ts'

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

describe('what of a payment the shop’s programs are told', () => {
  const details = { cardNumber: '5107*6', methodName: '신한카드', accountNumber: '110', bankName: '신한은행' }

  test('is all there: nothing of it may be missing', () => {
    const view = viewOf(held({ standing: 'kept' }, details))
    expect(PaymentView.parse(view)).toStrictEqual(view)
    expect(spared(PaymentView, view)).toEqual([])
    for (const field of ['startedAt', 'paidAt', 'failedAt', 'cancelledAt'])
      expect(PaymentView.safeParse({ ...view, [field]: 0.5 }).success, field).toBe(false)
  })

  test('times are the gateway’s own', () => {
    const times = { startedAtMs: 1, paidAtMs: 2, failedAtMs: 3, cancelledAtMs: 4 }
    expect(viewOf(held({}, times))).toMatchObject({ startedAt: 1, paidAt: 2, failedAt: 3, cancelledAt: 4 })
  })

  test('a part that is back is told from the whole, and from nothing', () => {
    expect(viewOf(held({ cancelledAmount: 400 })).status).toBe('partially_cancelled')
    expect(viewOf(held({ status: 'cancelled', cancelledAmount: 400 })).status).toBe('partially_cancelled')
    expect(viewOf(held({ status: 'cancelled', cancelledAmount: 14_000 })).status).toBe('cancelled')
    expect(viewOf(held()).status).toBe('paid')
    expect(viewOf(held({ status: 'failed', cancelledAmount: 400 })).status).toBe('failed')
  })

  test('a card is told by its number or its issuer, whichever is known', () => {
    const number = viewOf(held({}, { method: 'easy_pay', cardNumber: '5107*6' })).card
    expect(number).toEqual({ number: '5107*6', issuer: null })
    const issuer = viewOf(held({}, { method: 'easy_pay', cardIssuer: '신한카드' })).card
    expect(issuer).toEqual({ number: null, issuer: '신한카드' })
    expect(viewOf(held({}, { methodName: 'kakaopay', cardIssuer: '신한카드' })).card?.issuer).toBe('신한카드')
  })

  test('an account is told also before its number is known, and where another method has one', () => {
    const nothing = { bank: null, number: null, holder: null, dueAt: null }
    expect(viewOf(held({}, { method: 'virtual_account' })).account).toEqual(nothing)
    expect(viewOf(held({}, { method: 'transfer', accountNumber: '110' })).account).toEqual({
      ...nothing,
      number: '110',
    })
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
