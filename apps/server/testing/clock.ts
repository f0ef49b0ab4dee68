import { Agenda, type Due } from '../verification/simulation/agenda.ts'
import { Dice } from '../verification/simulation/dice.ts'
import type { Clock } from '../src/deps.ts'
import { atRest } from './in-flight.ts'

export type TestClock = Clock & {
  /** Runs a callback once after `delayMs` of test time, unless it is cancelled. */
  readonly after: (delayMs: number, run: () => void) => Due
  /**
   * Advances the time. Each due timer runs at its own time, and its consequences finish before the next timer. False when no timer
   * was due.
   */
  readonly advance: (ms: number) => Promise<boolean>
  /** Advances the time in one step, as on a machine that was suspended: each timer due meanwhile runs late, and once. */
  readonly oversleep: (ms: number) => Promise<void>
  /** Shifts the wall clock forward or back. Timers keep their durations, because they do not read the wall clock (K-03). */
  readonly leap: (ms: number) => void
  /** Waits for an answer, and advances the time only while the answer depends on it and no other caller advances it. */
  readonly answered: <T>(answer: Promise<T>) => Promise<T>
}

/** The longest test time to wait for an answer. */
const ANSWER_WITHIN_MS = 3_600_000

const REAL_MS = 5

/** A clock that only a test advances. The simulation's agenda orders its timers, and its dice order timers of one moment. */
export function testClock(startMs: number): TestClock {
  const agenda = new Agenda(startMs, new Dice(startMs % 65_537))
  let skewMs = 0
  let drivers = 0
  const after = (delayMs: number, run: () => void) => agenda.after(delayMs, run)
  const driving = async <T>(drive: () => Promise<T>): Promise<T> => {
    drivers += 1
    try {
      return await drive()
    } finally {
      drivers -= 1
    }
  }
  const doNext = (lastMs: number): Promise<void> =>
    driving(async () => {
      agenda.next(lastMs)?.run()
      await atRest()
    })
  const advance = (ms: number): Promise<boolean> =>
    driving(async () => {
      const endMs = agenda.nowMs + ms
      let hasRun = false
      await atRest()
      for (let due = agenda.next(endMs); due !== null; due = agenda.next(endMs)) {
        hasRun = true
        due.run()
        await atRest()
      }
      return hasRun
    })
  const oversleep = (ms: number): Promise<void> =>
    driving(async () => {
      await atRest()
      agenda.nowMs += ms
      // A timer that starts during these callbacks counts from the new time.
      const late = []
      for (let due = agenda.next(agenda.nowMs); due !== null; due = agenda.next(agenda.nowMs)) late.push(due)
      for (const due of late) due.run()
      await atRest()
    })
  const answered = async <T>(answer: Promise<T>): Promise<T> => {
    let isOpen = true
    const close = (): void => {
      isOpen = false
    }
    answer.then(close, close)
    const lastMs = agenda.nowMs + ANSWER_WITHIN_MS
    while (isOpen) {
      if (agenda.nowMs >= lastMs) throw new Error('no answer within an hour of test time')
      await atRest()
      if (!isOpen || drivers > 0) continue
      if (agenda.hasDue(lastMs)) await doNext(lastMs)
      // No timer is due: the answer waits for real time, such as a database server on a busy machine.
      else await new Promise((resolve) => void setTimeout(resolve, REAL_MS))
    }
    return answer
  }
  return {
    nowMs: () => agenda.nowMs + skewMs,
    monotonicMs: () => agenda.nowMs,
    date: (ms) => new Date(ms),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true || ms <= 0) return resolve()
        const wake = (): void => {
          due.off = true
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const due = after(ms, wake)
        signal?.addEventListener('abort', wake)
      }),
    after,
    advance,
    oversleep,
    leap: (ms) => {
      skewMs += ms
    },
    answered,
  }
}
