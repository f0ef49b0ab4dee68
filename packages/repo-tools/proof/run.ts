// One program after another, each with a folder of its own for what it leaves lying, and no process of it left behind.

import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askedToStop } from '../run/child.ts'
import { Descendants, send } from './processes.ts'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Run with this very node, from a folder of the repository. */
export type Program = {
  readonly folder: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The file that takes what it prints. By default it prints where this process does. */
  readonly output?: number
}
export type Ended = { readonly code: number; readonly peakBytes: number }

const LOOK_EVERY_MS = 1_000
/** How long who was asked to end may take, before it is ended. */
const GRACE_MS = 8_000
export const INTERRUPTED = 130

/** Aborts at a signal, or when the process that started this one has ended. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController()
  askedToStop().then(
    () => interrupted.abort(),
    (error: unknown) => {
      throw error
    },
  )
  return interrupted.signal
}

/** Runs a program in a process group of its own: Ctrl-C reaches this process alone, which then ends the program and all it has started. */
export async function run(
  { folder, args, environment = {}, output }: Program,
  stop: AbortSignal,
): Promise<Ended> {
  if (stop.aborted) return { code: INTERRUPTED, peakBytes: 0 }
  const scratch = mkdtempSync(join(tmpdir(), 'landfall-'))
  // The Postgres of the tests runs as somebody else, who has to get in.
  chmodSync(scratch, 0o1777)
  const child = spawn(process.execPath, args, {
    cwd: join(root, folder),
    env: { ...process.env, ...environment, TMPDIR: scratch },
    detached: true,
    stdio: ['ignore', output ?? 'inherit', output ?? 'inherit'],
  })
  const family = new Descendants(child.pid ?? -1)
  const watch = setInterval(() => family.look(), LOOK_EVERY_MS)
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
  try {
    const code = await Promise.race([ended, askedToEnd(family, stop)])
    return { code: stop.aborted ? INTERRUPTED : code, peakBytes: family.peakBytes }
  } finally {
    clearInterval(watch)
    await clearAway(family)
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Never, unless everything is to stop: then the program has its time to end what it began. */
async function askedToEnd(family: Descendants, stop: AbortSignal): Promise<number> {
  await new Promise((resolve) => {
    stop.addEventListener('abort', resolve, { once: true })
  })
  family.look()
  send(family.root, 'SIGTERM')
  await gone(family)
  return INTERRUPTED
}

/** Whoever outlives the program is asked to end, and then ended. */
async function clearAway(family: Descendants): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await gone(family)
    if (family.signal(signal) === 0) return
  }
  await gone(family)
}

async function gone(family: Descendants): Promise<void> {
  const giveUpAtMs = Date.now() + GRACE_MS
  while (family.look() > 0 && Date.now() < giveUpAtMs) await pause(50)
}
