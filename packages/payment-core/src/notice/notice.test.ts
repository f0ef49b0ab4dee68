import { expect, test } from 'vitest'
import { cancelled, fresh, look, MINUTE_MS, NOW_MS, order, seen, walk } from '../../test/samples.ts'
import { NoticeBody, noticeId, NoticeType } from '../index.ts'

test('C-09, S-02: the id is made of what is announced, never of a counter or a clock', () => {
  const first = look(fresh, [seen()])
  const restored = look({ order: order({ sequence: 41 }), payments: [] }, [seen()], {
    nowMs: 1_893_456_000_000,
    nowIso: '2030-01-01T00:00:00.000Z',
  })
  expect(restored.notices.map((notice) => notice.id)).toEqual(first.notices.map((notice) => notice.id))
  expect(restored.notices[0]?.sequence).toBe(42)
})

test('an id reads type, order, payment and mark, and a dash for no payment', () => {
  expect(noticeId('payment.paid', 'ord-1001', 'imp_123', 0)).toBe('payment%2Epaid:ord-1001:imp_123:0')
  expect(noticeId('order.review', 'a%b.c:d', null, 'late')).toBe('order%2Ereview:a%25b%2Ec%3Ad:-:late')
})

test('the body is what the shop was promised, word for word', () => {
  const [told] = look({ order: order({ reference: ['C-7'] }), payments: [] }, [seen()]).notices
  expect(told).toStrictEqual({
    id: 'payment%2Epaid:ord-1001:imp_1:0',
    orderId: 'ord-1001',
    type: 'payment.paid',
    sequence: 1,
    body: {
      type: 'payment.paid',
      timestamp: '2026-11-01T03:08:20.000Z',
      sequence: 1,
      data: {
        order: {
          orderId: 'ord-1001',
          name: 'sample',
          amount: 14_000,
          currency: 'KRW',
          taxFree: null,
          vat: null,
          status: 'paid',
          balance: 14_000,
          review: null,
          reviews: [],
          reference: ['C-7'],
          returnTo: null,
          registeredAt: NOW_MS - MINUTE_MS,
          expiresAt: NOW_MS + 30 * MINUTE_MS,
          closedAt: null,
          amountFixed: false,
        },
        payment: {
          paymentId: 'imp_1',
          status: 'paid',
          standing: 'kept',
          late: false,
          amount: 14_000,
          cancelledAmount: 0,
          currency: 'KRW',
          startedAt: NOW_MS - MINUTE_MS,
          paidAt: null,
          failedAt: null,
          cancelledAt: null,
          method: 'card',
          methodName: null,
          card: null,
          approval: null,
          receiptUrl: null,
          account: null,
        },
      },
    },
  })
})

test('a notice that calls a person says why, and one about no payment has none', () => {
  const odd = [seen({ status: 'ready', amounts: [1, 2] })]
  const { notices } = walk(fresh, [odd, odd], {}, 31_000)
  expect(notices[0]?.body.data).toMatchObject({
    order: { review: { reason: 'contradiction' } },
    review: {
      id: 'contradiction-imp_1',
      reason: 'contradiction',
      paymentId: 'imp_1',
      note: 'amount_changed',
    },
  })
  const [expired] = look(fresh, [], { nowMs: NOW_MS + 60 * MINUTE_MS }).notices
  expect(expired).toMatchObject({ id: 'order%2Eexpired:ord-1001:-:0', body: { data: { payment: null } } })
})

test('no id has a full stop, which separates the parts of what is signed', () => {
  for (const type of NoticeType.options) expect(noticeId(type, 'a.b', 'imp_1', 'x.y')).not.toContain('.')
})

test('two announcements never share an id, however their parts are cut', () => {
  const ids = [
    noticeId('payment.paid', 'a', 'b:0', 0),
    noticeId('payment.paid', 'a:b', '0', 0),
    noticeId('payment.paid', 'a', 'b', '0:0'),
    noticeId('payment.paid', 'a%3Ab', '0', 0),
    noticeId('payment.paid', 'a', null, 0),
    noticeId('payment.paid', 'a', 'b', 0),
    noticeId('payment.failed', 'a', 'b', 0),
    noticeId('payment.paid', 'a', 'b', 1),
  ]
  expect(new Set(ids).size).toBe(ids.length)
})

test('S-13: per order the sequence has no gaps, and each body is what the shop’s programs can read', () => {
  const { notices } = walk(fresh, [[seen({ status: 'failed' })], [seen()], [cancelled({}, 400, 13_600)]])
  expect(notices.map((notice) => notice.sequence)).toEqual([1, 2, 3, 4])
  for (const { body, type, sequence } of notices) {
    expect(NoticeBody.parse(body)).toEqual(body)
    expect(body).toMatchObject({ type, sequence, data: { order: { orderId: 'ord-1001' } } })
  }
})

test('P-04: of a person a notice tells what orders.get tells the shop: the masked card and the account, never the PG’s own words', () => {
  const personal = { cardNumber: '5107*6', accountNumber: '110', failReason: '김철수 한도초과' }
  const { notices } = look(fresh, [
    seen({ status: 'failed' }, personal),
    seen({ paymentId: 'imp_2' }, personal),
  ])
  expect(notices.length).toBeGreaterThan(1)
  expect(notices[0]?.body.data.payment).toMatchObject({
    card: { number: '5107*6' },
    account: { number: '110' },
  })
  expect(JSON.stringify(notices)).not.toMatch(/김철수|returnUrl/)
})
