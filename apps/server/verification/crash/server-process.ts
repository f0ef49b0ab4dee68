import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { canary, writing } from '../../testing/written.ts'

export const merchantKey = canary('merchant key')
export const noticeSecret = canary('notice secret')
/** How the sandbox is opened, for the server's keys to fit. */
export const gatewayKeys = {
  key: canary('gateway key'),
  secret: canary('gateway secret'),
  tokensBegin: canary('gateway access token'),
}
export const buyer = {
  buyerName: canary('buyer’s name'),
  buyerEmail: canary('buyer’s e-mail'),
  buyerTel: canary('buyer’s phone'),
}

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** A net for what hangs, far above what anything takes on the slowest machine: nothing is shown by how long it takes. */
export const SAFETY_NET_MS = 240_000
const TRY_EVERY_MS = 20
const ERROR_TEXT_MAX = 8_000
/** Of one process: a proof can be run for days. */
const LOG_TEXT_MAX = 500_000

export type World = {
  /** Where the compiled sources are kept between starts: half a start's time. */
  readonly folder: string
  readonly databaseUrl: string
  readonly gatewayUrl: string
  readonly noticeUrl: string | null
}

export type ServerProcess = AsyncDisposable & {
  readonly url: string
  readonly pid: number
  /** What it has written to stderr, its refusal to start for one. */
  readonly complaint: () => string
  /** The beginning of what it has logged. */
  readonly log: () => string
  readonly isRunning: () => boolean
  /** Resolves with how it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** True once it answers; false when it ended before. */
  readonly ready: () => Promise<boolean>
  readonly signal: (name: NodeJS.Signals) => void
}

/** Starts the server as it is deployed, a process of its own. What it is killed with is its own pid, never a name. */
export function startServer(
  world: World,
  port: number,
  settings: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
  what: readonly string[] = [program],
): ServerProcess {
  const url = `http://127.0.0.1:${port}`
  const [command, parameters] =
    wrapper[0] === undefined
      ? [process.execPath, [...what]]
      : [wrapper[0], [...wrapper.slice(1), process.execPath, ...what]]
  const environment = environmentOf(world, port, settings)
  const child = spawn(command, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  })
  let [complaint, log] = ['', '']
  child.stderr.on('data', (text) => (complaint = `${complaint}${String(text)}`.slice(-ERROR_TEXT_MAX)))
  child.stdout.on('data', (text) => (log = log.length > LOG_TEXT_MAX ? log : `${log}${String(text)}`))
  const ended = once(child, 'close').then(() => {
    keep(environment, log, complaint)
    return { code: child.exitCode, signal: child.signalCode }
  })
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) child.kill(name)
  }
  return {
    url,
    pid: child.pid ?? -1,
    complaint: () => complaint,
    log: () => log,
    isRunning,
    ended,
    signal,
    ready: async () => {
      const giveUpAtMs = Date.now() + SAFETY_NET_MS
      while (isRunning() && Date.now() < giveUpAtMs) {
        if (await answers(`${url}/readyz`)) return true
        await pause(TRY_EVERY_MS)
      }
      return false
    },
    [Symbol.asyncDispose]: async () => {
      signal('SIGKILL')
      await ended
    },
  }
}

/** What the process has written, for `packages/repo-tools/canary/canary.test.ts` to look through. */
function keep(environment: Readonly<Record<string, string>>, log: string, complaint: string): void {
  const written = writing('proof')
  written.given(JSON.stringify(environment))
  for (const line of log.split('\n')) if (line !== '') written.write('logs', line)
  if (complaint !== '') written.write('errors', complaint)
  written.keep('a server process')
}

function environmentOf(
  { folder, databaseUrl, gatewayUrl, noticeUrl }: World,
  port: number,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const notices =
    noticeUrl === null
      ? {}
      : { NOTIFY_URL: noticeUrl, NOTIFY_SECRETS: noticeSecret, NOTIFY_ALLOW_PRIVATE: 'true' }
  return {
    NODE_COMPILE_CACHE: `${folder}/compiled`,
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    PORTONE_V1_URL: gatewayUrl,
    PORTONE_V1_KEY: gatewayKeys.key,
    PORTONE_V1_SECRET: gatewayKeys.secret,
    MERCHANT_API_KEYS: `${merchantKey} ${canary('second merchant key')}`,
    TOKEN_SECRET: `${canary('token secret')} ${canary('older token secret')}`,
    LOG_LEVEL: 'info',
    // A day's load within a minute; its own tests show the default share.
    GATEWAY_CALLS_PER_SECOND: '500',
    ...notices,
    ...settings,
  }
}

/** False while nobody answers there; a server that dies while it answers is nobody. */
export const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

/** Calls one of the shop's procedures; null when nobody answered, for then it may or may not have happened. */
export async function callProcedure(
  url: string,
  name: string,
  input: unknown,
): Promise<{ readonly status: number; readonly data: unknown } | null> {
  try {
    const answer = await fetch(`${url}/trpc/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    const body: unknown = await answer.json()
    return { status: answer.status, data: body }
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null
    throw error
  }
}

/** Waits for something that must become true; says what, when it does not. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAtMs = Date.now() + SAFETY_NET_MS
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`${what}: not within ${SAFETY_NET_MS} ms`)
    await pause(20)
  }
}
