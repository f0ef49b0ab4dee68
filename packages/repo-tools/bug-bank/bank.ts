import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.ts'
import { verdictFrom, type Verdict } from './trial.ts'

/** Two at a time: the tests mostly wait for sockets, and a machine may have no more processors than that. */
const LANES = 2
/** A mutant that ends neither way in so long hangs, and is no kill. */
const TRIAL_MS_MAX = 120_000

export type Tried = (verdict: Verdict, done: number) => void

/** Tries every mutant given; the verdicts come in the order in which they fall. Once `stop` says so all that was started is ended. */
export async function tryAll(
  mutants: readonly Mutant[],
  tried: Tried,
  stop: AbortSignal,
): Promise<readonly Verdict[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'landfall-bugs-'))
  const queue = [...mutants]
  const verdicts: Verdict[] = []
  const work = async (): Promise<void> => {
    let lane = openLane(scratch)
    try {
      for (let next = queue.shift(); next !== undefined && !stop.aborted; next = queue.shift()) {
        const verdict = await lane.ask(next, stop)
        if (verdict === null) return
        verdicts.push(verdict)
        tried(verdict, verdicts.length)
        if (verdict.outcome !== 'hung') continue
        lane.close()
        lane = openLane(scratch)
      }
    } finally {
      lane.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(LANES, mutants.length) }, work))
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
  return verdicts
}

/** A process that tries one mutant after another, in a group of its own: whatever it starts ends with it. */
function openLane(scratch: string) {
  const child = fork(fileURLToPath(new URL('lane.ts', import.meta.url)), [scratch], { detached: true })
  return {
    ask: (mutant: Mutant, stop: AbortSignal) => verdictOf(child, mutant, stop),
    close: () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      process.kill(-child.pid, 'SIGKILL')
    },
  }
}

/** Null when it was stopped before there was one. */
function verdictOf(child: ChildProcess, { name }: Mutant, stop: AbortSignal): Promise<Verdict | null> {
  return new Promise((resolve) => {
    const begun = performance.now()
    const end = (verdict: Verdict | null): void => {
      clearTimeout(timer)
      child.off('message', heard)
      child.off('exit', died)
      stop.removeEventListener('abort', stopped)
      resolve(verdict)
    }
    const fault = (told: string): void =>
      end({ name, outcome: 'hung', told, seconds: (performance.now() - begun) / 1_000 })
    const heard = (message: unknown): void => {
      const verdict = verdictFrom(message)
      if (verdict !== null) end(verdict)
    }
    const died = (): void => fault('the process that tried it ended')
    const stopped = (): void => end(null)
    const timer = setTimeout(() => fault(`no end in ${TRIAL_MS_MAX / 1_000} s`), TRIAL_MS_MAX)
    child.on('message', heard)
    child.on('exit', died)
    stop.addEventListener('abort', stopped)
    child.send(name, (error) => {
      if (error !== null) fault(String(error))
    })
  })
}
