import { describe, expect, test } from 'vitest'
import { account, contradiction, held, MINUTE_MS, NOW_MS, order, returned } from '../../test/samples.ts'
import { balanceOf, deadlineOf, DEPOSIT_GRACE_MS, Order, OrderId, statusOf, type Payment } from '../index.ts'

const kept = order({ keptPaymentId: 'imp_1' })
const keptPayment = (changed: Partial<Payment> = {}): Payment => held({ standing: 'kept', ...changed })
const waiting = (changed: Partial<Payment> = {}): Payment => held({ ...account(), ...changed })

describe('the status is a function of what is held', () => {
  test.each([
    ['nothing', order(), [], 'open', 0],
    ['an abandoned window', order(), [held({ status: 'ready' })], 'open', 0],
    ['a failed try', order(), [held({ status: 'failed' })], 'open', 0],
    ['an account for exactly this', order(), [waiting()], 'awaiting_deposit', 0],
    ['an account for less', order(), [waiting({ amounts: [500] })], 'open', 0],
    ['an account in dollars', order(), [waiting({ currencies: ['USD'] })], 'open', 0],
    [
      'an account that contradicts itself',
      order(),
      [waiting({ contradiction: contradiction('x') })],
      'open',
      0,
    ],
    [
      'an account that may contradict itself',
      order(),
      [waiting({ contradiction: contradiction('x', false) })],
      'open',
      0,
    ],
    [
      'that, where the order waits for it already',
      order({ status: 'awaiting_deposit' }),
      [waiting({ contradiction: contradiction('x', false) })],
      'awaiting_deposit',
      0,
    ],
    [
      'that, once it is certain',
      order({ status: 'awaiting_deposit' }),
      [waiting({ contradiction: contradiction('x') })],
      'open',
      0,
    ],
    ['called off, whatever account waits', order({ closedAtMs: NOW_MS }), [waiting()], 'expired', 0],
    ['what was kept is no money', kept, [keptPayment({ status: 'failed' })], 'open', 0],
    [
      'more given back than the order is',
      kept,
      [keptPayment({ status: 'cancelled', cancelledAmount: 15_000 })],
      'cancelled',
      0,
    ],
    ['money nobody kept', order(), [held({ standing: 'rejected' })], 'open', 0],
    ['kept money', kept, [keptPayment()], 'paid', 14_000],
    [
      'part given back',
      kept,
      [keptPayment({ status: 'cancelled', cancelledAmount: 4_000 })],
      'partially_cancelled',
      10_000,
    ],
    ['all given back', kept, [keptPayment({ status: 'cancelled', cancelledAmount: 14_000 })], 'cancelled', 0],
    [
      'an empty look after the deadline',
      order({ emptyAfterDeadline: true, expiresAtMs: NOW_MS }),
      [],
      'expired',
      0,
    ],
    ['that, before the deadline by the clock', order({ emptyAfterDeadline: true }), [], 'open', 0],
    ['expired before', order({ status: 'expired' }), [waiting()], 'expired', 0],
    ['expired before, kept since', { ...kept, status: 'expired' as const }, [keptPayment()], 'paid', 14_000],
  ])('M-11: %s', (_, theOrder, payments, status, balance) => {
    expect(statusOf(theOrder, payments, NOW_MS)).toBe(status)
    expect(balanceOf(theOrder, payments)).toBe(balance)
  })

  test('S-06: kept money is measured by the order’s amount, whatever amount is claimed later', () => {
    const odd = keptPayment({
      status: 'cancelled',
      amounts: [14_000, 28_000],
      cancelledAmount: 14_000,
      contradiction: contradiction('x'),
    })
    expect(statusOf(kept, [odd], NOW_MS)).toBe('cancelled')
    expect(balanceOf(kept, [odd])).toBe(0)
  })
})

test('V-04: an account due later extends the deadline by a grace, one that failed does not', () => {
  const due = NOW_MS + 90 * MINUTE_MS
  const details = { ...account().details, accountDueAtMs: due }
  expect(deadlineOf(order(), [waiting({ details })])).toBe(due + DEPOSIT_GRACE_MS)
  expect(deadlineOf(order(), [waiting({ details, status: 'failed' })])).toBe(order().expiresAtMs)
  expect(deadlineOf(order(), [])).toBe(order().expiresAtMs)
  expect(DEPOSIT_GRACE_MS).toBe(60 * MINUTE_MS)
})

test('V-09: but no further than its bound, whatever due date the browser chose', () => {
  const far = { ...account().details, accountDueAtMs: NOW_MS + 400 * 24 * 60 * MINUTE_MS }
  expect(deadlineOf(order(), [waiting({ details: far })])).toBe(order().accountsUntilMs)
})

test('M-21: an account of the number’s earlier life is not this order’s to pay into, and keeps it from no end', () => {
  const accountDueAtMs = order().expiresAtMs + 60 * MINUTE_MS
  const older = { ...account().details, accountDueAtMs, startedAtMs: order().adoptsFromMs - 1 }
  expect(deadlineOf(order(), [waiting({ details: older })])).toBe(order().expiresAtMs)
  expect(statusOf(order(), [waiting({ details: older })], NOW_MS)).toBe('open')
  const since = { ...older, startedAtMs: order().adoptsFromMs }
  expect(statusOf(order(), [waiting({ details: since })], NOW_MS)).toBe('awaiting_deposit')
  expect(deadlineOf(order(), [waiting({ details: since })])).toBe(accountDueAtMs + DEPOSIT_GRACE_MS)
  const untold = { ...older, startedAtMs: null }
  expect(statusOf(order(), [waiting({ details: untold })], NOW_MS)).toBe('awaiting_deposit')
  expect(deadlineOf(order(), [waiting({ details: untold })])).toBe(accountDueAtMs + DEPOSIT_GRACE_MS)
})

describe('R-26: a claimed success keeps its order from expiring', () => {
  const expiresAtMs = NOW_MS + MINUTE_MS
  const deadline = (changed: Parameters<typeof returned>[0], payments: readonly Payment[] = []) =>
    deadlineOf(order({ expiresAtMs, returns: [returned({ says: 'success', ...changed })] }), payments)
  const quarter = 15 * MINUTE_MS

  test('for a quarter of an hour, counted from when it was said', () => {
    expect(deadline({})).toBe(NOW_MS + quarter)
    expect(deadline({ paymentId: null })).toBe(NOW_MS + quarter)
    expect(deadline({}, [held({ status: 'ready' })])).toBe(NOW_MS + quarter)
  })

  test('for a day where the PG approves later, whatever was said but that it failed', () => {
    const later = held({ status: 'ready' }, { approval: 'later' })
    expect(deadline({ says: 'nothing' }, [later])).toBe(NOW_MS + 24 * 60 * MINUTE_MS)
    expect(deadline({ says: 'failure' }, [later])).toBe(expiresAtMs)
  })

  test('not when it was said too late, nor of a try that has ended', () => {
    expect(deadline({ atMs: expiresAtMs + 1 })).toBe(expiresAtMs)
    expect(deadline({ atMs: expiresAtMs })).toBe(expiresAtMs + quarter)
    expect(deadline({}, [held({ status: 'ready', contradiction: contradiction('x') })])).toBe(expiresAtMs)
    expect(deadline({}, [held({ status: 'failed', paymentId: 'imp_2' })])).toBe(NOW_MS + quarter)
    expect(deadline({}, [held({ status: 'failed' })])).toBe(expiresAtMs)
  })

  test('R-02, R-03: no flag or a failure may be money too, and is waited for while its screen says *checking*', () => {
    const soon = (says: 'nothing' | 'failure'): number => deadline({ says, atMs: expiresAtMs - 500 })
    expect(soon('nothing')).toBe(expiresAtMs - 500 + 3 * MINUTE_MS)
    expect(soon('failure')).toBe(expiresAtMs - 500 + 10_000)
    expect(deadline({ says: 'nothing', atMs: expiresAtMs + 1 })).toBe(expiresAtMs)
    expect(deadline({ says: 'nothing' }, [held({ status: 'failed' })])).toBe(expiresAtMs)
  })
})

test('V-04: an account nobody knows the end of extends no deadline', () => {
  const details = { ...account().details, accountDueAtMs: null }
  for (const expiresAtMs of [0, NOW_MS])
    expect(deadlineOf(order({ expiresAtMs }), [waiting({ details })])).toBe(expiresAtMs)
})

test('M-04: an order of nothing, of less, or of half a won is none', () => {
  for (const amount of [0, -1, 0.5, 2 ** 53]) expect(Order.safeParse(order({ amount })).success).toBe(false)
  expect(Order.safeParse(order()).success).toBe(true)
})

test('an order id cannot change the path of a call', () => {
  for (const id of ['', '.', '..', '../x', 'a/b', 'a b', 'a%2Fb', 'a?b', '주문', 'a'.repeat(41), '-a', 'a\n'])
    expect(OrderId.safeParse(id).success, id).toBe(false)
  for (const id of ['ord-1001', 'A.b_c:d', '1', 'a'.repeat(40)])
    expect(OrderId.safeParse(id).success, id).toBe(true)
})
