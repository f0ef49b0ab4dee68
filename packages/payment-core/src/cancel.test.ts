import { describe, expect, test } from 'vitest'
import { cancelled, order, seen } from '../test/samples.ts'
import { decideCancel, type CancelRequest } from './cancel.ts'
import type { Payment } from './payment.ts'

const paidOrder = order({ status: 'paid', keptPaymentId: 'imp_1' })
const kept = (facts: ReturnType<typeof seen> = seen()): Payment => ({
  ...facts,
  standing: 'kept',
  rejectReason: null,
  contradiction: null,
})
const ask = (changed: Partial<CancelRequest> = {}): CancelRequest => ({
  intentId: 'shop-1',
  amount: null,
  reason: 'the customer changed their mind',
  refundAccount: null,
  ...changed,
})

describe('giving money back because the shop asks', () => {
  test('all that is left, when no sum is named', () => {
    const decided = decideCancel(paidOrder, [kept(cancelled({}, 4_000))], [], ask())
    expect(decided).toMatchObject({
      ok: true,
      value: { amount: 10_000, expectedBalance: 10_000, cause: 'shop' },
    })
  })

  test('the wish holds what the gateway is to be asked, and what it must still have', () => {
    const decided = decideCancel(paidOrder, [kept()], [1_000, 2_000], ask({ amount: 500 }))
    expect(decided).toStrictEqual({
      ok: true,
      value: {
        intentId: 'shop-1',
        orderId: 'ord-1001',
        paymentId: 'imp_1',
        amount: 500,
        expectedBalance: 11_000,
        cause: 'shop',
        reason: 'the customer changed their mind',
        refundAccount: null,
      },
    })
  })

  test('M-07: every refusal names its order', () => {
    const odd: Payment = { ...kept(), contradiction: 'amount_changed' }
    const deposited = kept(seen({}, { method: 'virtual_account' }))
    const refusals = [
      decideCancel(order(), [], [], ask()),
      decideCancel(paidOrder, [kept(seen({ status: 'failed' }))], [], ask()),
      decideCancel(paidOrder, [odd], [], ask()),
      decideCancel(paidOrder, [kept()], [14_000], ask()),
      decideCancel(paidOrder, [kept()], [], ask({ amount: 14_001 })),
      decideCancel(paidOrder, [deposited], [], ask()),
    ]
    const kinds = ['nothing_to_cancel', 'nothing_to_cancel', 'under_review', 'nothing_to_cancel']
    expect(refusals).toMatchObject(
      [...kinds, 'cancel_too_large', 'refund_account_needed'].map((kind) => ({
        ok: false,
        problem: { kind, orderId: 'ord-1001' },
      })),
    )
  })

  test('a card’s money goes back to the card, whatever account is named', () => {
    const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
    expect(decideCancel(paidOrder, [kept()], [], ask({ refundAccount })).ok).toBe(true)
  })

  test('M-08: what other requests are giving back is no longer left', () => {
    expect(decideCancel(paidOrder, [kept()], [10_000], ask({ amount: 4_000 }))).toMatchObject({
      ok: true,
      value: { amount: 4_000, expectedBalance: 4_000 },
    })
    expect(decideCancel(paidOrder, [kept()], [10_000], ask({ amount: 4_001 }))).toMatchObject({
      problem: { kind: 'cancel_too_large', left: 4_000 },
    })
  })

  test('M-07: more than is left is refused, and so is anything of an order without money', () => {
    expect(decideCancel(paidOrder, [kept()], [], ask({ amount: 14_001 }))).toMatchObject({
      problem: { kind: 'cancel_too_large', left: 14_000 },
    })
    expect(decideCancel(order(), [], [], ask())).toMatchObject({ problem: { kind: 'nothing_to_cancel' } })
    expect(decideCancel(paidOrder, [kept(cancelled({}, 14_000))], [], ask())).toMatchObject({
      problem: { kind: 'nothing_to_cancel' },
    })
    expect(decideCancel(paidOrder, [kept()], [14_000], ask())).toMatchObject({
      problem: { kind: 'nothing_to_cancel' },
    })
  })

  test('M-13: a deposited account needs an account to go back to', () => {
    const deposited = kept(seen({}, { method: 'virtual_account' }))
    expect(decideCancel(paidOrder, [deposited], [], ask())).toMatchObject({
      problem: { kind: 'refund_account_needed' },
    })
    const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
    expect(decideCancel(paidOrder, [deposited], [], ask({ refundAccount }))).toMatchObject({
      ok: true,
      value: { refundAccount },
    })
  })

  test('a payment that contradicts itself is for a person first', () => {
    const odd: Payment = { ...kept(), contradiction: 'amount_changed' }
    expect(decideCancel(paidOrder, [odd], [], ask())).toMatchObject({ problem: { kind: 'under_review' } })
  })
})
