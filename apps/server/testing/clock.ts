import { Agenda, type Due } from '../verification/simulation/agenda.ts'
import { Dice } from '../verification/simulation/dice.ts'
import type { Clock } from '../src/deps.ts'
import { atRest } from './in-flight.ts'

export type TestClock = Clock & {
  /** Runs something once, `delayMs` of the world's time later, unless it is called off. */
  readonly after: (delayMs: number, run: () => void) => Due
  /** Moves time on; what falls due happens at its own moment, and everything it sets off before the next. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves time on all at once, as for a machine that slept: whoever was due meanwhile wakes late, and once. */
  readonly oversleep: (ms: number) => Promise<void>
  /** Sets the wall clock, ahead or back. Sleepers sleep as long as they meant to: timers do not look at the wall (K-03). */
  readonly leap: (ms: number) => void
  /** Waits for an answer. Time moves only where the answer waits for it, and not while somebody else is moving it. */
  readonly answered: <T>(answer: Promise<T>) => Promise<T>
}

/** An answer that waits for no timer waits for an hour at the most: more is an answer that never comes. */
const ANSWER_WITHIN_MS = 3_600_000

const REAL_MS = 5

/** A clock that stands still until a test moves it: the simulation's agenda, and its throws for what is due at one moment. */
export function testClock(startMs: number): TestClock {
  const agenda = new Agenda(startMs, new Dice(startMs % 65_537))
  let skewMs = 0
  let drivers = 0
  const after = (delayMs: number, run: () => void) => agenda.after(delayMs, run)
  const driving = async (drive: () => Promise<void>): Promise<void> => {
    drivers += 1
    try {
      await drive()
    } finally {
      drivers -= 1
    }
  }
  const doNext = (lastMs: number): Promise<void> =>
    driving(async () => {
      agenda.next(lastMs)?.run()
      await atRest()
    })
  const advance = (ms: number): Promise<void> =>
    driving(async () => {
      const endMs = agenda.nowMs + ms
      await atRest()
      for (let due = agenda.next(endMs); due !== null; due = agenda.next(endMs)) {
        due.run()
        await atRest()
      }
    })
  const oversleep = (ms: number): Promise<void> =>
    driving(async () => {
      await atRest()
      agenda.nowMs += ms
      // Whoever sleeps again meanwhile sleeps from now on.
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
      if (agenda.nowMs >= lastMs) throw new Error('an answer that never comes')
      await atRest()
      if (!isOpen || drivers > 0) continue
      if (agenda.hasDue(lastMs)) await doNext(lastMs)
      // Nothing of the world's is due: what is waited for takes real time, as an engine of its own does on a busy machine.
      else await new Promise((resolve) => void setTimeout(resolve, REAL_MS))
    }
    return answer
  }
  return {
    nowMs: () => agenda.nowMs + skewMs,
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
