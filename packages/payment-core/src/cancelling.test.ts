import { describe, expect, test } from 'vitest'
import { cancelled, held, NOW_MS, seen } from '../test/samples.ts'
import { afterRefusal, nextStep, type Cancelling, type NextStep, type Payment } from './index.ts'

const settleMs = 600_000
const paid: Payment = held({ standing: 'surplus' })
const row = (changed: Partial<Cancelling> = {}): Cancelling => ({
  intentId: 'auto-imp_1',
  cause: 'surplus',
  amount: 14_000,
  isNamed: false,
  hasRefundAccount: false,
  state: 'unknown',
  createdAtMs: NOW_MS,
  sentAtMs: NOW_MS,
  cancelledBefore: 0,
  unchangedLooks: 0,
  refusals: 0,
  ...changed,
})

/** Looks again whenever it says so, by a clock that `leapAtMs` after the call is suddenly `leapMs` ahead; ends when it is sent again. */
function untilSentAgain(leapAtMs: number, leapMs: number, payment = paid) {
  let realMs = 0
  let now = row()
  const looks: number[] = []
  for (let step = 0; step < 200; step += 1) {
    looks.push(realMs)
    const clockMs = NOW_MS + realMs + (realMs >= leapAtMs ? leapMs : 0)
    const next: NextStep = nextStep(now, payment, clockMs, { settleMs })
    if (next.kind !== 'wait') return { kind: next.kind, realMs, looks }
    now = { ...now, unchangedLooks: next.unchangedLooks, cancelledBefore: next.cancelledBefore }
    const clockNextMs = next.untilMs - NOW_MS
    // A wait that is under way when the clock leaps ends at once.
    const isAcross = realMs < leapAtMs && clockNextMs >= leapAtMs
    realMs = isAcross
      ? Math.max(leapAtMs, clockNextMs - leapMs)
      : clockNextMs - (realMs >= leapAtMs ? leapMs : 0)
  }
  return { kind: 'never', realMs, looks }
}

describe('a call whose answer was lost (S-24)', () => {
  test('is looked for soon, and sent again after two looks at least that come after the settling time', () => {
    const { kind, realMs, looks } = untilSentAgain(Infinity, 0)
    expect(kind).toBe('send')
    expect(looks.slice(0, 4)).toEqual([0, 2_000, 4_000, 6_000])
    expect(looks.filter((at) => at >= settleMs).length).toBeGreaterThanOrEqual(2)
    expect(realMs).toBeLessThan(settleMs + 120_000)
  })

  test.each([0, 1_000, 16_000, 59_000, 300_000])(
    'S-21: and not before the settling time is really over, when the clock leaps an hour ahead after %d ms',
    (leapAtMs) => {
      const { kind, realMs } = untilSentAgain(leapAtMs, 3_600_000)
      expect(kind).toBe('send')
      expect(realMs).toBeGreaterThanOrEqual(settleMs - 60_000)
    },
  )

  test('a clock that has gone back does not bring it forward', () => {
    const { realMs } = untilSentAgain(10_000, -3_600_000)
    expect(realMs).toBeGreaterThanOrEqual(settleMs)
  })

  test('somebody else’s cancel meanwhile begins the count anew, and an equal one is a person’s', () => {
    const at = (record: Payment) =>
      nextStep(row({ unchangedLooks: 19 }), record, NOW_MS + 700_000, { settleMs })
    expect(at(held({ ...cancelled({}, 400), standing: 'surplus' }))).toMatchObject({
      kind: 'wait',
      unchangedLooks: 1,
      cancelledBefore: 400,
    })
    const partly = nextStep(
      row({ cause: 'shop', isNamed: true, amount: 400 }),
      held({ ...cancelled({}, 400), standing: 'kept' }),
      NOW_MS + 700_000,
      { settleMs },
    )
    expect(partly.kind).toBe('person')
  })
})

describe('the gateway has said yes (M-23)', () => {
  test('it is looked for, ever less often, and is a person’s after a day; never sent again', () => {
    const after = (ms: number) => nextStep(row({ state: 'accepted' }), paid, NOW_MS + ms, { settleMs })
    expect(after(0)).toMatchObject({ kind: 'wait', untilMs: NOW_MS + 2_000 })
    expect(after(3_600_000)).toMatchObject({ kind: 'wait', untilMs: NOW_MS + 1.5 * 3_600_000 })
    expect(after(86_400_000)).toMatchObject({ kind: 'person' })
    const late = row({ state: 'accepted', createdAtMs: NOW_MS - 20 * 3_600_000 })
    expect(nextStep(late, paid, NOW_MS + 4 * 3_600_000, { settleMs })).toMatchObject({ kind: 'person' })
    // Whom a person was called for already is looked for a day longer.
    expect(nextStep({ ...late, refusals: 4 }, paid, NOW_MS + 4 * 3_600_000, { settleMs })).toMatchObject({
      kind: 'wait',
    })
  })

  test('L-03: and before a person a day after it was asked for, when it was refused for hours before', () => {
    const askedAgoMs = 23.5 * 3_600_000
    const after = (ms: number, refusals: number) =>
      nextStep(row({ state: 'accepted', refusals, createdAtMs: NOW_MS - askedAgoMs }), paid, NOW_MS + ms, {
        settleMs,
      })
    expect(after(1_700_000, 3)).toMatchObject({ kind: 'wait' })
    expect(after(3_600_000, 3)).toMatchObject({ kind: 'person' })
    // A person who was called for the refusals is not called again for as long as it may be booked.
    expect(after(3_600_000, 4)).toMatchObject({ kind: 'wait' })
  })

  test('done is what the record shows', () => {
    const record = held({ ...cancelled({}, 14_000), standing: 'surplus' })
    for (const state of ['requested', 'accepted', 'unknown', 'refused'] as const)
      expect(nextStep(row({ state }), record, NOW_MS, { settleMs })).toEqual({ kind: 'done' })
    expect(seen().cancelledAmount).toBe(0)
  })
})

describe('the gateway has said no (M-27)', () => {
  const hourMs = 3_600_000
  test.each([
    [1, '정산 대금이 부족합니다', 0, 1, false],
    [3, '정산 대금이 부족합니다', 4 * hourMs, 6, false],
    [4, '정산 대금이 부족합니다', 10 * hourMs, 12, true],
    [10, '정산 대금이 부족합니다', 150 * hourMs, 24, true],
    [11, '정산 대금이 부족합니다', 174 * hourMs, null, true],
    [1, '취소 불가능한 거래입니다', 0, null, true],
    // L-03: answers were lost for twenty hours before this one: the next try would be too late for a person to know within a day.
    [3, '정산 대금이 부족합니다', 20 * hourMs, 6, true],
  ] as const)(
    'refused %d times, «%s», %d ms old: again in %s h, a person: %s',
    (refusals, text, ageMs, hours, isPersons) => {
      const delayMs = hours === null ? null : hours * hourMs
      expect(afterRefusal(refusals, text, ageMs)).toEqual({ delayMs, isPersons })
    },
  )
})
