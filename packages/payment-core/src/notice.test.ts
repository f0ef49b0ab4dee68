import { expect, test } from 'vitest'
import { cancelled, fresh, look, order, seen, walk } from '../test/samples.ts'
import { NoticeBody, noticeId, NoticeType } from './index.ts'

test('C-09, S-02: the id is made of what is announced, never of a counter or a clock', () => {
  const first = look(fresh, [seen()])
  const restored = look({ order: order({ sequence: 41 }), payments: [] }, [seen()], {
    nowMs: 1_893_456_000_000,
    nowIso: '2030-01-01T00:00:00.000Z',
  })
  expect(restored.notices.map((notice) => notice.id)).toEqual(first.notices.map((notice) => notice.id))
  expect(restored.notices[0]?.sequence).toBe(42)
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

test('P-04: a notice carries no card number, account or name of a buyer', () => {
  const { notices } = look(fresh, [
    seen({}, { cardNumber: '5107*6', accountNumber: '110', accountHolder: '홍길동' }),
  ])
  expect(JSON.stringify(notices)).not.toMatch(/5107|110|홍길동/)
})
