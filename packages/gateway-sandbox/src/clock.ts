/** Runs `task` once, `delayMs` later. */
export type Schedule = (delayMs: number, task: () => void) => void

type SandboxTimer = { readonly atMs: number; readonly task: () => void }

/** The polling interval of waiting tasks. A real timer does not follow a clock that tests move. */
const LOOK_EVERY_MS = 20
/** Stops a task that keeps adding due tasks. No valid sequence is this long. */
const TASKS_PER_ADVANCE_MAX = 10_000

/**
 * The sandbox's clock: real time, or the test's clock, plus an offset. Scheduled tasks (a late webhook, a late approval, an automatic
 * deposit) wait here, so that a test moves the clock instead of sleeping.
 */
export type SandboxClock = ReturnType<typeof createClock>

/** A caller with a clock that does not advance by itself must also pass a schedule. */
export function createClock(realNowMs: () => number, schedule?: Schedule) {
  let offsetMs = 0
  let waiting: readonly SandboxTimer[] = []
  let timer: NodeJS.Timeout | undefined

  const nowMs = () => realNowMs() + offsetMs
  const runDue = () => {
    for (let run = 0; run < TASKS_PER_ADVANCE_MAX; run += 1) {
      const next = waiting.filter((due) => due.atMs <= nowMs()).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      waiting = waiting.filter((due) => due !== next)
      next.task()
    }
    if (waiting.length === 0) stopLooking()
    else look()
  }
  const look = () => {
    if (schedule === undefined) timer ??= setInterval(runDue, LOOK_EVERY_MS).unref()
    else schedule(Math.max(1, Math.min(...waiting.map((due) => due.atMs)) - nowMs()), runDue)
  }
  const stopLooking = () => {
    clearInterval(timer)
    timer = undefined
  }

  return {
    nowMs,
    /** Whole unix seconds, the unit of every V1 time (docs/gateway/portone-v1.md §4.1). */
    nowSeconds: () => Math.floor(nowMs() / 1000),
    /** Runs `task` once when the clock has reached now + `delayMs`. Tasks only start work: they neither wait nor throw. */
    after(delayMs: number, task: () => void) {
      waiting = [...waiting, { atMs: nowMs() + delayMs, task }]
      look()
    },
    /** Resolves after `ms`. It does not keep the process alive, because a closed sandbox sends no answers. */
    wait: (ms: number) => new Promise<void>((resolve) => (schedule ?? realSchedule)(ms, resolve)),
    /** Moves the clock forward and runs the due tasks, oldest first. */
    advance: (ms: number): void => {
      offsetMs += ms
      runDue()
    },
    close() {
      waiting = []
      stopLooking()
    },
  }
}

const realSchedule: Schedule = (delayMs, task) => void setTimeout(task, delayMs).unref()
