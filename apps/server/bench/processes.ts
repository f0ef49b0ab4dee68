import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { heapOptions } from '../testing/built-server.ts'
import { freePort } from '../testing/free-port.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { clearedAway, leave } from './leaving.ts'

export type Running = AsyncDisposable & {
  readonly url: string
  readonly pid: number
  /** From the start of the process until it answered `/readyz` with 200. */
  readonly readyAfterMs: number
}

type At = { readonly port: number; readonly folder: string; readonly url: string }
type Variables = Readonly<Record<string, string>>
export type StartWith = {
  /** It leaves profiles of its whole life in `data/profiles`. */
  readonly profiled?: boolean
  /** Starting takes long on a large database. */
  readonly readyMsMax?: number
}

const READY_MS_MAX = 20_000
const TRY_EVERY_MS = 10
const TICKS_PER_SECOND = 100
const profiles = fileURLToPath(new URL('../../../data/profiles', import.meta.url))
const profiling = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--heap-prof', `--heap-prof-dir=${profiles}`]

/** Starts a program of this package on a free port, with a folder of its own, and waits until it answers. */
export async function start(
  program: string,
  variables: (at: At) => Variables,
  { profiled = false, readyMsMax = READY_MS_MAX }: StartWith = {},
): Promise<Running> {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url))
  if (!existsSync(path))
    throw new Error(`apps/server/${program} is not there: run «npx -y pnpm build» first.`)
  const folder = temporaryFolder()
  const at = { port: await freePort(), folder: folder.path }
  const url = `http://127.0.0.1:${at.port}`
  const env = { PATH: process.env['PATH'] ?? '', PORT: String(at.port), ...variables({ ...at, url }) }
  const startedAtMs = performance.now()
  const options = [...(program === 'built/main.js' ? heapOptions : []), ...(profiled ? profiling : [])]
  const child = spawn(process.execPath, [...options, path], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const kept = clearedAway(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    // Only a process that ends by itself writes its profiles.
    child.kill(profiled ? 'SIGTERM' : 'SIGKILL')
    await ended
    leave(kept)
    folder[Symbol.dispose]()
  }
  if (!(await answers(`${url}/readyz`, child, readyMsMax))) {
    await stop()
    throw new Error(`${program} does not answer on ${url}`)
  }
  return {
    url,
    pid: child.pid ?? -1,
    readyAfterMs: performance.now() - startedAtMs,
    [Symbol.asyncDispose]: stop,
  }
}

/** A folder that is gone when it is left, however this program ends. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'landfall-bench-'))
  const clear = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  const kept = clearedAway(clear)
  return {
    path,
    [Symbol.dispose]: () => {
      clear()
      leave(kept)
    },
  }
}

/** CPU time of a process so far, all its threads, in µs: as fine as the kernel counts it, 10 ms. */
export function cpuMicrosOf(pid: number): number {
  // The name in brackets may hold spaces; behind it the fields are counted from the third.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND
}

/** Resident memory of a process in MiB: now, and the most it ever was. */
export function memoryOf(pid: number): { readonly nowMiB: number; readonly peakMiB: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? NaN)
  return { nowMiB: of('VmRSS') / 1024, peakMiB: of('VmHWM') / 1024 }
}

async function answers(url: string, child: ChildProcess, msMax: number): Promise<boolean> {
  const giveUpAtMs = performance.now() + msMax
  while (performance.now() < giveUpAtMs && child.exitCode === null && child.signalCode === null) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return true
    await wait(TRY_EVERY_MS)
  }
  return false
}
