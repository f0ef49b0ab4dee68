import { describe, expect, test } from 'vitest'
import { held, NOW_MS, order, policy, seen } from '../test/samples.ts'
import { Draft } from './draft.ts'
import type { Order, Payment } from './index.ts'

const begun = (theOrder: Order, payments: readonly Payment[] = []): Draft =>
  new Draft(
    {
      order: theOrder,
      payments,
      seen: [],
      look: { by: 'order', beganAtMs: NOW_MS },
      returned: null,
      policy,
      nowMs: NOW_MS,
      nowIso: '2026-11-01T03:08:20.000Z',
    },
    theOrder,
  )

describe('an announcement', () => {
  test('S-06: moves an order along an edge of the table, or not at all', () => {
    const draft = begun(order({ status: 'cancelled' }))
    expect(() => draft.announce('payment.paid', null, 'paid', 0, 'x')).toThrow(
      /cancelled → paid by payment\.paid is no declared transition/,
    )
    draft.announce('payment.rejected', null, 'cancelled', 0, 'x')
    expect([draft.order.status, draft.order.sequence, draft.notices.length]).toEqual(['cancelled', 1, 1])
  })

  test('of a second payment tells what is held of the first as well', () => {
    const kept = held({ standing: 'kept' })
    const draft = begun(order({ status: 'paid', keptPaymentId: 'imp_1' }), [kept])
    draft.announce('payment.surplus', held({ paymentId: 'imp_2' }), 'paid', 0, 'x')
    expect(draft.notices).toMatchObject([{ body: { data: { order: { balance: 14_000 } } } }])
    draft.announce(
      'payment.partially_cancelled',
      { ...kept, ...seen({ status: 'cancelled', cancelledAmount: 400 }) },
      'partially_cancelled',
      400,
      'x',
    )
    expect(draft.notices[1]).toMatchObject({ body: { data: { order: { balance: 13_600 } } } })
  })

  test('stands in the history under its payment, or under none', () => {
    const draft = begun(order())
    draft.announce('payment.failed', held(), 'open', 0, 'x')
    draft.announce('order.review', null, 'open', 'late', 'y')
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
