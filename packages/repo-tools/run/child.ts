// A program run beside this one: its output under its name, its end told once, and no process of it left behind.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { launchers } from './launchers.ts'

export type Program = {
  name: string
  args: string[]
  folder: string
  environment: Record<string, string>
  graceMs: number
}

export type Child = {
  name: string
  /** How it ended; resolves once, also when it could not be started. */
  ended: Promise<Ending>
  /** Asks its whole process group to stop, then insists. Resolves when it has ended. */
  stop: () => Promise<void>
  /** Tells the program itself, not what it has started. */
  tell: (signal: NodeJS.Signals) => void
}

export type Ending = { code: number; how: string }

const launchersWatchMs = 1_000

/**
 * Runs a program with this very node, in a process group of its own: a Ctrl-C in the terminal reaches us alone. The
 * channel between us ends the program when this process is killed and can stop nothing any more.
 */
export function start(program: Program, onLine: ((line: string) => void) | 'inherit'): Child {
  const tie = new URL(`end-with-launcher.js?graceMs=${program.graceMs}`, import.meta.url)
  const output = onLine === 'inherit' ? 'inherit' : 'pipe'
  const child = spawn(process.execPath, ['--import', tie.href, ...program.args], {
    cwd: program.folder,
    env: program.environment,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  })
  if (onLine !== 'inherit') {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine)
    }
  }
  const ended = endingOf(child)
  // Should this program fall over itself, nothing it started stays.
  const leaveNothing = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  process.on('exit', leaveNothing)
  const stop = async (): Promise<void> => {
    await stopGroup(child, ended, program.graceMs)
    process.off('exit', leaveNothing)
  }
  const tell = (signal: NodeJS.Signals): void => {
    child.kill(signal)
  }
  return { name: program.name, ended, stop, tell }
}

/**
 * Stays with the child until it ends, passing on the wish to stop, and SIGHUP where the child reads its settings again on
 * it; answers its exit code.
 */
export async function through(
  child: Child,
  stopAsked: Promise<void>,
  rereads: 'rereads' | null = null,
): Promise<number> {
  const reread = (): void => child.tell('SIGHUP')
  if (rereads !== null) process.on('SIGHUP', reread)
  await Promise.race([child.ended, stopAsked.then(() => child.stop())])
  process.off('SIGHUP', reread)
  return (await child.ended).code
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, how: `could not be started: ${error.message}` }))
    child.once('exit', (code, signal) => {
      if (signal !== null)
        resolve({ code: 128 + (signalNumbers[signal] ?? 0), how: `was ended by ${signal}` })
      else resolve({ code: code ?? 1, how: `ended with exit code ${code}` })
    })
  })
}

const signalNumbers: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

async function stopGroup(child: ChildProcess, ended: Promise<Ending>, graceMs: number): Promise<void> {
  const group = child.pid
  if (group === undefined) return
  if (!signalGroup(group, 'SIGTERM')) return
  const deadline = Date.now() + graceMs
  // The group outlives its first process when that one leaves its own children: wait for all of them.
  while (signalGroup(group, 0) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  signalGroup(group, 'SIGKILL')
  await ended
}

/** False when nobody is left in the group. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/**
 * Resolves when there is a reason to stop: a signal, nobody left to read us, or a package manager gone above us. Of what
 * is `survived` nothing happens here.
 */
export async function askedToStop(survived: 'SIGHUP' | null = null): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  // The handlers stay: a second signal, as package managers send it, changes nothing. The stopping has an end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => (signal === survived ? null : resolve()))
  process.stdout.on('error', () => resolve())
  const above = launchers().join()
  const watch = setInterval(() => {
    if (launchers().join() !== above) resolve()
  }, launchersWatchMs)
  watch.unref()
  await promise
  clearInterval(watch)
}
