import { describe, expect, test } from 'vitest'
import { cancelled, contradiction, NOW_MS, order, review, seen } from '../../test/samples.ts'
import { decideCancel, type CancelRequest } from './decide-cancel.ts'
import { noVerdict, type Payment } from '../payment/payment.ts'

const paidOrder = order({ status: 'paid', keptPaymentId: 'imp_1' })
const kept = (facts: ReturnType<typeof seen> = seen()): Payment => ({
  ...facts,
  ...noVerdict,
  standing: 'kept',
})
const ask = (changed: Partial<CancelRequest> = {}): CancelRequest => ({
  intentId: 'shop-1',
  paymentId: null,
  amount: null,
  reason: 'the customer changed their mind',
  refundAccount: null,
  ...changed,
})

const waiting = (amount: number, taxFree: number | null = null, vat: number | null = null) => ({
  amount,
  taxFree,
  vat,
})

describe('giving money back because the shop asks', () => {
  test('all that is left, when no sum is named', () => {
    const decided = decideCancel(paidOrder, [kept(cancelled({}, 4_000))], [], [], ask())
    expect(decided).toMatchObject({
      ok: true,
      value: { amount: 10_000, expectedBalance: 10_000, cause: 'shop' },
    })
  })

  test('the wish holds what the gateway is to be asked, and what it must still have', () => {
    const decided = decideCancel(
      paidOrder,
      [kept()],
      [waiting(1_000), waiting(2_000)],
      [],
      ask({ amount: 500 }),
    )
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
        taxFree: null,
        vat: null,
      },
    })
  })

  test('M-07: every refusal names its order', () => {
    const odd: Payment = { ...kept(), contradiction: contradiction('amount_changed') }
    const deposited = kept(seen({}, { method: 'virtual_account' }))
    const refusals = [
      decideCancel(order(), [], [], [], ask()),
      decideCancel(paidOrder, [kept(seen({ status: 'failed' }))], [], [], ask()),
      decideCancel(paidOrder, [odd], [], [], ask()),
      decideCancel(paidOrder, [kept()], [waiting(14_000)], [], ask()),
      decideCancel(paidOrder, [kept()], [], [], ask({ amount: 14_001 })),
      decideCancel(paidOrder, [deposited], [], [], ask()),
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
    expect(decideCancel(paidOrder, [kept()], [], [], ask({ refundAccount })).ok).toBe(true)
  })

  test('M-08: what other requests are giving back is no longer left', () => {
    expect(decideCancel(paidOrder, [kept()], [waiting(10_000)], [], ask({ amount: 4_000 }))).toMatchObject({
      ok: true,
      value: { amount: 4_000, expectedBalance: 4_000 },
    })
    expect(decideCancel(paidOrder, [kept()], [waiting(10_000)], [], ask({ amount: 4_001 }))).toMatchObject({
      problem: { kind: 'cancel_too_large', left: 4_000 },
    })
  })

  test('M-07: more than is left is refused, and so is anything of an order without money', () => {
    expect(decideCancel(paidOrder, [kept()], [], [], ask({ amount: 14_001 }))).toMatchObject({
      problem: { kind: 'cancel_too_large', left: 14_000 },
    })
    expect(decideCancel(order(), [], [], [], ask())).toMatchObject({ problem: { kind: 'nothing_to_cancel' } })
    expect(decideCancel(paidOrder, [kept(cancelled({}, 14_000))], [], [], ask())).toMatchObject({
      problem: { kind: 'nothing_to_cancel' },
    })
    expect(decideCancel(paidOrder, [kept()], [waiting(14_000)], [], ask())).toMatchObject({
      problem: { kind: 'nothing_to_cancel' },
    })
  })

  test('M-13: a deposited account needs an account to go back to', () => {
    const deposited = kept(seen({}, { method: 'virtual_account' }))
    expect(decideCancel(paidOrder, [deposited], [], [], ask())).toMatchObject({
      problem: { kind: 'refund_account_needed' },
    })
    const refundAccount = { bank: '088', account: '110-123-456789', holder: '홍길동' }
    expect(decideCancel(paidOrder, [deposited], [], [], ask({ refundAccount }))).toMatchObject({
      ok: true,
      value: { refundAccount },
    })
  })

  test('a payment that contradicts itself is for a person first', () => {
    const odd: Payment = { ...kept(), contradiction: contradiction('amount_changed') }
    expect(decideCancel(paidOrder, [odd], [], [], ask())).toMatchObject({ problem: { kind: 'under_review' } })
    const seenTo = review({
      reason: 'contradiction',
      note: 'amount_changed',
      endedAtMs: NOW_MS,
      end: 'dismiss',
    })
    expect(decideCancel({ ...paidOrder, reviews: [seenTo] }, [odd], [], [], ask()).ok).toBe(true)
  })

  test('S-06: of the kept payment no more than the order’s amount, whatever is claimed of it later', () => {
    const larger = kept(seen({ amounts: [14_000, 28_000] }))
    expect(decideCancel(paidOrder, [larger], [], [], ask())).toMatchObject({ value: { amount: 14_000 } })
  })
})

describe('M-30: giving back money that is not the order’s', () => {
  const surplus: Payment = { ...kept(seen({ paymentId: 'imp_2', amounts: [20_000] })), standing: 'surplus' }
  const asked = (changed: Partial<CancelRequest>, theOrder = paidOrder) => {
    const decided = decideCancel(theOrder, [kept(), surplus], [], [], ask({ paymentId: 'imp_2', ...changed }))
    return decided.ok ? decided.value : decided.problem
  }
  const taxed = order({ status: 'paid', keptPaymentId: 'imp_1', taxFree: 7_000, vat: 1_400 })

  test('it is that of the payment that is named, and never another’s instead', () => {
    expect(asked({})).toMatchObject({ paymentId: 'imp_2', amount: 20_000, expectedBalance: 20_000 })
    expect(asked({ paymentId: 'imp_9' })).toEqual({ kind: 'nothing_to_cancel', orderId: 'ord-1001' })
    expect(asked({ paymentId: 'imp_1' })).toMatchObject({ paymentId: 'imp_1', amount: 14_000 })
  })

  test('M-28: with the parts that are named, else in the order’s proportion', () => {
    expect(asked({ amount: 10_000 }, taxed)).toMatchObject({ taxFree: 5_000, vat: 1_000 })
    expect(asked({ amount: 10_000, taxFree: 9_000 }, taxed)).toMatchObject({ taxFree: 9_000, vat: 1_000 })
    expect(asked({ amount: 10_000, vat: 0 }, taxed)).toMatchObject({ taxFree: 5_000, vat: 0 })
    expect(asked({ amount: 10_000 })).toMatchObject({ taxFree: null, vat: null })
  })

  test('M-28: within the sum', () => {
    const tooLarge = { kind: 'cancel_parts_too_large', orderId: 'ord-1001' }
    expect(asked({ amount: 10_000, taxFree: 9_001 }, taxed)).toEqual(tooLarge)
    expect(asked({ amount: 1_000, vat: 1_001 })).toEqual(tooLarge)
    expect(asked({ amount: 1_000, taxFree: 1_001 })).toEqual(tooLarge)
    expect(asked({ amount: 1_000, vat: 1_000 })).toMatchObject({ taxFree: null, vat: 1_000 })
  })
})

describe('M-28: the tax-free and VAT parts of a refund', () => {
  const mixed = order({ status: 'paid', keptPaymentId: 'imp_1', taxFree: 3_000, vat: 1_000 })
  const parts = (asked: Partial<CancelRequest>, earlier: readonly ReturnType<typeof waiting>[] = []) => {
    const decided = decideCancel(mixed, [kept()], earlier, [], ask(asked))
    return decided.ok ? [decided.value.taxFree, decided.value.vat] : decided.problem.kind
  }

  test('go with all of it, or in the order’s own proportion, rounded down', () => {
    expect(parts({})).toEqual([3_000, 1_000])
    expect(parts({ amount: 7_000 })).toEqual([1_500, 500])
    expect(parts({ amount: 1_001 })).toEqual([214, 71])
  })

  test('with the last of the money goes what is left of each', () => {
    expect(parts({}, [waiting(1_001, 214, 71)])).toEqual([2_786, 929])
  })

  test('with the last of the money go no larger parts than money, also when more is left of them', () => {
    expect(parts({}, [waiting(12_000, 0, 0)])).toEqual([2_000, 0])
    expect(parts({}, [waiting(10_500, 0, 0)])).toEqual([3_000, 500])
    expect(parts({ vat: 900 }, [waiting(12_000, 0, 0)])).toEqual([1_100, 900])
    expect(parts({ taxFree: 500 }, [waiting(12_000, 0, 0)])).toEqual([500, 1_000])
    expect(parts({ taxFree: 2_000, vat: 1 }, [waiting(12_000, 0, 0)])).toBe('cancel_parts_too_large')
  })

  test('are taken as the shop names them, within the sum and what is left', () => {
    expect(parts({ amount: 3_000, taxFree: 3_000, vat: 0 })).toEqual([3_000, 0])
    expect(parts({ amount: 2_000, taxFree: 2_001, vat: 0 })).toBe('cancel_parts_too_large')
    expect(parts({ amount: 4_000, taxFree: 3_001 })).toBe('cancel_parts_too_large')
    expect(parts({ amount: 2_000, taxFree: 2_000 }, [waiting(4_000, 2_000, 0)])).toBe(
      'cancel_parts_too_large',
    )
  })

  test('are no more than the sum together, and no more VAT than is left', () => {
    expect(parts({ amount: 2_000, taxFree: 1_500, vat: 501 })).toBe('cancel_parts_too_large')
    expect(parts({ amount: 2_000, taxFree: 1_500, vat: 500 })).toEqual([1_500, 500])
    expect(parts({ amount: 4_000, taxFree: 0, vat: 1_001 })).toBe('cancel_parts_too_large')
    expect(parts({ amount: 4_000, taxFree: 3_000, vat: 1_000 })).toEqual([3_000, 1_000])
  })

  test('by proportion are no more than what is left after parts that were named', () => {
    expect(parts({ amount: 7_000 }, [waiting(4_000, 2_500, 900)])).toEqual([500, 100])
    expect(parts({ amount: 7_000 }, [waiting(4_000, 3_000, 1_000)])).toEqual([0, 0])
  })

  test('what was given back before counts as what is being given back', () => {
    const decided = decideCancel(
      mixed,
      [kept(cancelled({}, 4_000))],
      [waiting(1_000, 500, 100)],
      [waiting(4_000, 2_000, 900)],
      ask(),
    )
    expect(decided).toMatchObject({ ok: true, value: { amount: 9_000, taxFree: 500, vat: 0 } })
  })

  test('of an order that names none are none, or as the shop names them within the sum', () => {
    const none = (asked: Partial<CancelRequest>) => decideCancel(paidOrder, [kept()], [], [], ask(asked))
    expect(none({ amount: 1 })).toMatchObject({ value: { taxFree: null, vat: null } })
    expect(none({})).toMatchObject({ value: { taxFree: null, vat: null } })
    expect(none({ amount: 1_000, taxFree: 1_000 })).toMatchObject({ value: { taxFree: 1_000, vat: null } })
    expect(none({ amount: 1_000, vat: 1_000 })).toMatchObject({ value: { taxFree: null, vat: 1_000 } })
    expect(none({ amount: 1_000, vat: 1_001 })).toMatchObject({ problem: { kind: 'cancel_parts_too_large' } })
  })
})
