import { expect, test } from 'vitest'
import type { ShownScreen } from '@landfall/payment-core'
import { isSlow, SLOW_AFTER_MS, viewOf } from './result-view.ts'
import { samples } from '../testing/screen-samples.ts'
import { visitBegun, visitStep } from './visit.ts'

const own = { slow: false, busy: false, nowMs: 1 }
const paid: ShownScreen = {
  ...samples.paid,
  token: 't',
  final: true,
  shopUrl: null,
  tryAgainUrl: null,
  atMs: 1,
}

test('S-22: before the first answer, and without one, the page says only *checking*', () => {
  for (const problem of ['offline', 'trouble'] as const) {
    const unanswered = visitStep(visitBegun, { type: 'unanswered', problem }, 1)
    for (const visit of [visitBegun, unanswered])
      expect(viewOf(visit, own)).toMatchObject({
        screen: { kind: 'checking', order: null, because: 'confirming' },
        waiting: true,
        final: false,
        tryAgainUrl: null,
      })
  }
})

test('S-22: a refused request without a known screen shows neither success nor failure', () => {
  const refused = visitStep(visitBegun, { type: 'unanswered', problem: 'refused' }, 1)
  expect(viewOf(refused, own)).toMatchObject({ screen: { kind: 'not_found' }, waiting: false, final: true })
})

test('the last screen stays when a later request fails', () => {
  const told = visitStep(visitBegun, { type: 'told', shown: paid }, 1)
  const lost = visitStep(told, { type: 'unanswered', problem: 'offline' }, 2)
  expect(viewOf(lost, own)).toMatchObject({ screen: { kind: 'paid' }, trouble: 'offline', final: true })
})

test('V-11: after the deadline the page stops asking for the deposit, whatever the last screen was', () => {
  const { account } = samples.awaiting_deposit
  const deposit: ShownScreen = { ...paid, ...samples.awaiting_deposit, final: false }
  const at = (nowMs: number) => viewOf({ shown: deposit, trouble: null, refused: false }, { ...own, nowMs })
  expect(at(account.dueAtMs).screen).toBe(deposit)
  expect(at(account.dueAtMs + 1).screen).toEqual({
    ...samples.checking_deposit_overdue,
    sinceMs: account.dueAtMs,
  })
  const undated: ShownScreen = { ...deposit, account: { ...account, dueAtMs: null } }
  expect(viewOf({ shown: undated, trouble: null, refused: false }, { ...own, nowMs: 9e15 }).screen.kind).toBe(
    'awaiting_deposit',
  )
})

test('V-11: after ten seconds of checking, the page still says not to send the money', () => {
  const overdue: ShownScreen = { ...paid, ...samples.checking_deposit_overdue, final: false }
  expect(isSlow({ ...overdue, sinceMs: 0, atMs: 10 * SLOW_AFTER_MS })).toBe(false)
})

test('a wait is long by the server’s clock alone, and never during a review', () => {
  const waiting: ShownScreen = {
    ...paid,
    kind: 'checking',
    because: 'confirming',
    sinceMs: 0,
    atMs: SLOW_AFTER_MS,
  }
  expect(isSlow(waiting)).toBe(true)
  expect(isSlow({ ...waiting, atMs: SLOW_AFTER_MS - 1 })).toBe(false)
  expect(isSlow({ ...waiting, because: 'review' })).toBe(false)
})
