import type { Clock } from '../src/deps.ts'

export type TestClock = Clock & {
  /** Moves time on, waking each sleeper at its own moment, and those of the same moment together. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves time on all at once, as for a machine that slept: whoever was due meanwhile wakes late, and once. */
  readonly oversleep: (ms: number) => Promise<void>
  /** Sets the wall clock, ahead or back. Sleepers sleep as long as they meant to: timers do not look at the wall (K-03). */
  readonly leap: (ms: number) => void
}

type Sleeper = { atMs: number; readonly wake: () => void }

/** A clock that stands still until a test moves it. */
export function testClock(startMs: number): TestClock {
  let nowMs = startMs
  let sleepers: Sleeper[] = []
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true || ms <= 0) return resolve()
      const wake = (): void => {
        sleepers = sleepers.filter((each) => each !== sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper: Sleeper = { atMs: nowMs + ms, wake }
      sleepers.push(sleeper)
      signal?.addEventListener('abort', wake)
    })
  const advance = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms
    for (;;) {
      const next = sleepers.reduce<Sleeper | null>((a, b) => (a === null || b.atMs < a.atMs ? b : a), null)
      if (next === null || next.atMs > endMs) break
      nowMs = Math.max(nowMs, next.atMs)
      for (const due of sleepers.filter(({ atMs }) => atMs <= nowMs)) due.wake()
      await breathe()
    }
    nowMs = endMs
    await breathe()
  }
  const oversleep = async (ms: number): Promise<void> => {
    nowMs += ms
    for (const due of sleepers.filter(({ atMs }) => atMs <= nowMs)) due.wake()
    await breathe()
  }
  const leap = (ms: number): void => {
    nowMs += ms
    for (const sleeper of sleepers) sleeper.atMs += ms
  }
  return { nowMs: () => nowMs, date: (ms) => new Date(ms), sleep, advance, oversleep, leap }
}

/** Lets sockets, disk and promises have a turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 2))
