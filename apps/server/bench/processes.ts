import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export type Running = AsyncDisposable & { readonly url: string }

const STARTING_TRIES_MAX = 200
const TRY_EVERY_MS = 50

/** Starts a program of this package on a free port, with a folder of its own, and waits until it answers. */
export async function start(
  program: string,
  variables: (at: { port: number; folder: string; url: string }) => Record<string, string>,
): Promise<Running> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'landfall-bench-'))
  const url = `http://127.0.0.1:${port}`
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'development',
    PORT: String(port),
    ...variables({ port, folder, url }),
  }
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${program}`, import.meta.url))], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  await answers(`${url}/readyz`)
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < STARTING_TRIES_MAX; tries += 1) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    await wait(TRY_EVERY_MS)
  }
  throw new Error(`${url} does not answer`)
}

let nextPort = 20_000 + (process.pid % 8_000)

/** Below the range the system gives to whoever asks for any port: one of those may be taken again before our program has started. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < STARTING_TRIES_MAX; tries += 1) {
    const port = (nextPort += 1)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port')
}
