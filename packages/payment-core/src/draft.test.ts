import { describe, expect, test } from 'vitest'
import { held, NOW_MS, order, policy, seen } from '../test/samples.ts'
import { Draft } from './draft.ts'
import { noEvidence, type Order, type OrderStatus, type NoticeType, type Payment } from './index.ts'

const begun = (theOrder: Order, payments: readonly Payment[] = []): Draft =>
  new Draft(
    {
      order: theOrder,
      payments,
      seen: [],
      look: { by: 'order', beganAtMs: NOW_MS },
      returned: null,
      evidence: noEvidence,
      asked: [],
      policy,
      nowMs: NOW_MS,
      nowIso: '2026-11-01T03:08:20.000Z',
    },
    theOrder,
  )

const announce = (draft: Draft, type: NoticeType, payment: Payment | null, to: OrderStatus, mark = 0): void =>
  draft.announce({ type, payment, to, mark, why: 'x' })

describe('an announcement', () => {
  test('S-06: moves an order along an edge of the table, or not at all', () => {
    const draft = begun(order({ status: 'cancelled' }))
    expect(() => announce(draft, 'payment.paid', null, 'paid')).toThrow(
      /cancelled → paid by payment\.paid is no declared transition/,
    )
    announce(draft, 'payment.rejected', null, 'cancelled')
    expect([draft.order.status, draft.order.sequence, draft.notices.length]).toEqual(['cancelled', 1, 1])
  })

  test('of a second payment tells what is held of the first as well', () => {
    const kept = held({ standing: 'kept' })
    const draft = begun(order({ status: 'paid', keptPaymentId: 'imp_1' }), [kept])
    announce(draft, 'payment.surplus', held({ paymentId: 'imp_2' }), 'paid')
    expect(draft.notices).toMatchObject([{ body: { data: { order: { balance: 14_000 } } } }])
    const back = { ...kept, ...seen({ status: 'cancelled', cancelledAmount: 400 }) }
    announce(draft, 'payment.partially_cancelled', back, 'partially_cancelled', 400)
    expect(draft.notices[1]).toMatchObject({ body: { data: { order: { balance: 13_600 } } } })
  })

  test('stands in the history under its payment, or under none', () => {
    const draft = begun(order())
    announce(draft, 'payment.failed', held(), 'open')
    announce(draft, 'order.review', null, 'open')
    expect(draft.timeline.map(({ paymentId }) => paymentId)).toEqual(['imp_1', null])
  })
})

test('only payments that are not as they were are to be written', () => {
  const [first, other] = [held(), held({ paymentId: 'imp_2' })]
  const draft = begun(order(), [first, other])
  draft.put({ ...first })
  expect(draft.decision().payments).toEqual([])
  draft.put({ ...other, standing: 'surplus' })
  expect(draft.decision().payments).toEqual([{ ...other, standing: 'surplus' }])
})

test('a list that only grew is news: of an item more, or of one instead of none', () => {
  const cancel = { id: 'C0', amount: 4_000, atMs: NOW_MS, reason: null }
  const first = held({ cancels: [] })
  const draft = begun(order(), [first])
  draft.put({ ...first, cancels: [cancel] })
  expect(draft.decision().payments).toEqual([{ ...first, cancels: [cancel] }])
  const next = begun(order(), [{ ...first, cancels: [cancel] }])
  next.put({ ...first, cancels: [{ ...cancel }, { ...cancel, id: 'C1' }] })
  expect(next.decision().payments).toHaveLength(1)
})
