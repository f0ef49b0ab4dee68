// Sandbox, server and one of the example shops as processes of their own, as a stranger runs them.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exampleEnvironment, setIn } from '../run/environment.ts'
import type { Environment } from '../run/environment.ts'
import { root } from './packing.ts'

const READY_WITHIN_MS = 60_000
const ASK_EVERY_MS = 100

/** Free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address === null || typeof address === 'string' ? 0 : address.port
}

type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly answersAt: string
}

export type Begun = AsyncDisposable & {
  readonly child: ChildProcess
  /** All it has printed so far. */
  readonly said: () => string
}

/** Starts a program and waits until it answers. */
export async function begin({ command, args, folder, answersAt }: Command, env: Environment): Promise<Begun> {
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      said.push(String(error))
      resolve()
    })
  })
  const endsAtMs = Date.now() + READY_WITHIN_MS
  while (!(await answers(answersAt))) {
    if (child.exitCode !== null || Date.now() > endsAtMs) {
      child.kill()
      throw new Error(`${command} ${args.join(' ')} does not answer:\n${said.join('')}`)
    }
    await pause(ASK_EVERY_MS)
  }
  return {
    child,
    said: () => said.join(''),
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

export type Surroundings = AsyncDisposable & {
  readonly shopUrl: string
  readonly serverUrl: string
  readonly sandboxUrl: string
  readonly merchantKey: string
  readonly staffKey: string
}

const ofV2 = (port: number): Environment => ({
  SANDBOX_V2_PORT: String(port),
  PORTONE_V2_URL: `http://127.0.0.1:${port}`,
  PORTONE_V2_SDK_URL: `http://127.0.0.1:${port}/v2/browser-sdk.js`,
})

/** Starts sandbox and server with the values of `.env.example` on free ports, then the shop, if one is given. */
export async function surround(
  shop: Omit<Command, 'answersAt'> | null,
  ofShop: Environment = {},
): Promise<Surroundings> {
  const [sandboxPort, v2Port] = [await freePort(), await freePort()]
  const [serverPort, shopPort] = [await freePort(), await freePort()]
  const [sandboxUrl, serverUrl] = [`http://127.0.0.1:${sandboxPort}`, `http://localhost:${serverPort}`]
  const shopUrl = `http://localhost:${shopPort}`
  const data = mkdtempSync(join(tmpdir(), 'landfall-data-'))
  const example = exampleEnvironment(root)
  const env: Environment = {
    ...example,
    ...setIn(process.env),
    NODE_ENV: 'development',
    PORT: String(serverPort),
    PUBLIC_URL: serverUrl,
    WEB_URL: serverUrl,
    DATABASE_URL: `file:${data}/landfall.db`,
    SHOP_URL: `${shopUrl}/`,
    NOTIFY_URL: `${shopUrl}/landfall`,
    PORTONE_V1_URL: sandboxUrl,
    PORTONE_V1_SDK_URL: `${sandboxUrl}/v1/iamport.js`,
    SANDBOX_PORT: String(sandboxPort),
    ...ofV2(v2Port),
    SANDBOX_WEBHOOK_URL: `${serverUrl}/webhooks/portone`,
    SHOP_PORT: String(shopPort),
    SHOP_STAFF_KEY: 'staff',
    LANDFALL_URL: serverUrl,
    LANDFALL_KEY: example['MERCHANT_API_KEYS'] ?? '',
  }
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(data, { recursive: true, force: true }))
  const node = { command: process.execPath, folder: root }
  const sandbox = { ...node, args: ['packages/gateway-sandbox/built/bin.js'], answersAt: sandboxUrl }
  stack.use(await begin(sandbox, env))
  const server = { ...node, args: ['apps/server/src/main.ts'], answersAt: `${serverUrl}/readyz` }
  stack.use(await begin(server, env))
  // Next reads its port and its mode by these names.
  const shopEnv = { ...env, PORT: String(shopPort), NODE_ENV: 'production', ...ofShop }
  if (shop !== null) stack.use(await begin({ ...shop, answersAt: shopUrl }, shopEnv))
  const kept = stack.move()
  return {
    shopUrl,
    serverUrl,
    sandboxUrl,
    merchantKey: env['LANDFALL_KEY'] ?? '',
    staffKey: 'staff',
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
