import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createApp } from './http/app.ts'
import { readConfig, type Config } from './config/config.ts'
import { accountVariables } from './journey/reconcile/gateway-account.ts'
import { limits } from './config/limits.ts'
import { sharedChanges, realClock, realLag, realRandom, type Deps } from './deps.ts'
import { listen, stopListening } from './http/listener.ts'
import { openHttp } from './gateway/http.ts'
import { openGateways } from './gateway/gateways.ts'
import { startJourney, type Journey } from './journey/journey.ts'
import { limitFlood, openLog, type Log } from './log/log.ts'
import { openPages, PageUnusable, type Pages } from './http/page.ts'
import { openMetrics } from './log/metrics.ts'
import { reloadSecrets } from './config/reload-secrets.ts'
import { openSecrets } from './config/secrets.ts'
import { DatabaseUnusable, openDatabase, type Database } from './store/engines/open.ts'
import { refusalLines, terminalLines } from './commands/terminal-lines.ts'

type ServerSettings = Deps['config']

/** Starts configuration, database, gateway, journey and HTTP server in this order, and stops them in reverse. */
async function main(): Promise<void> {
  const { secrets: first, ...config } = configOrExit()
  const sampledLog = limitFlood(openLog(config.logLevel), realClock)
  const log: Log = sampledLog
  const secrets = openSecrets(first)
  // Registered first: without a handler SIGHUP ends the process.
  process.on('SIGHUP', () => reloadSecrets({ config, secrets, log }))
  for (const warning of config.warnings) log.warn({ warning }, 'configuration')
  const pages = await builtWeb(config, log)
  const clients = openClients(config)
  const store = await openStore(config, log)
  const means = { http: clients.toGateway, nowMs: realClock.monotonicMs, log }
  const deps: Deps = {
    config,
    secrets,
    clock: realClock,
    random: realRandom,
    log,
    store,
    gateways: openGateways(config, means),
    http: clients.toShop,
    changes: sharedChanges(store),
    metrics: openMetrics({ ofProcess: true }),
  }
  const journey = await startJourney(deps)
  const other = await otherAccount(journey)
  if (other !== null) {
    await journey.stop()
    quit(
      `${other} seems to be of another gateway account, which does not know the payments and orders in DATABASE_URL.\n` +
        'Put the former one back, or give the new account a database of its own.',
    )
  }
  const { port, publicUrl, sandboxMode } = config
  const server = listen(
    createApp(journey, pages, realLag()),
    config,
    () => log.info({ publicUrl, port, sandboxMode, pid: process.pid }, 'landfall is up'),
    limits,
    journey.isStopping,
  )
  server.on('error', (error: Error & { readonly code?: string }) => quit(listenProblem(error, config.port)))
  stopOnSignal(async () => {
    log.info({}, 'stopping')
    await stopServing(journey, server, isDevelopment(config) ? 0 : STOP_PAUSE_MS)
    await journey.stop().finally(sampledLog.reportLeftOut)
    await store.close()
    await clients.close()
  })
}

/** Tells `readyz`, goes on for `pauseMs`, and then answers what is under way. */
async function stopServing(
  journey: Journey,
  server: ReturnType<typeof listen>,
  pauseMs: number,
): Promise<void> {
  journey.announceStop()
  if (pauseMs > 0) await realClock.sleep(pauseMs)
  journey.close()
  await stopListening(server, realClock, IN_FLIGHT_MS_MAX)
}

/** A start waits no longer for the gateway: the shop's customers are served without it. */
const KEY_WAIT_MS = 3_000

/** Tries the gateways' keys, and names the variable of an account that this database does not know. The log and /readyz tell the rest. */
async function otherAccount(journey: Journey): Promise<string | null> {
  const states = await Promise.race([journey.checkGatewayKeys(), realClock.sleep(KEY_WAIT_MS)])
  const found = [...(states ?? [])].find(([, state]) => state === 'other_account')
  return found === undefined ? null : accountVariables[found[0]].account
}

/** Opens the database, and says what its durability depends on. */
async function openStore({ databaseUrl }: ServerSettings, log: Log): Promise<Database> {
  const store = await openDatabase(databaseUrl, setImmediate)
  log.info({ database: store.report.settings }, 'database')
  for (const warning of store.report.warnings) log.warn({ warning }, 'database')
  return store
}

/** From `readyz` 503 to the last new request: a balancer that asks every second or two sends nobody here by then. */
const STOP_PAUSE_MS = 4_000
/** The longest wait for answers that are under way when the server takes no more requests (C-10). */
const IN_FLIGHT_MS_MAX = 3_000

/** A service manager signals the server and its launcher, which signals the server too: that is one wish to stop. */
const SAME_SIGNAL_MS = 300

/** The first signal stops in order; the second ends the process at once. */
function stopOnSignal(stop: () => Promise<unknown>): void {
  let firstAtMs: number | null = null
  const stopAndExit = (): void => {
    if (firstAtMs !== null && performance.now() - firstAtMs < SAME_SIGNAL_MS) return
    if (firstAtMs !== null) quit('Ended by a second signal.')
    firstAtMs = performance.now()
    stop().then(
      () => process.exit(0),
      (error: unknown) => quit(`Stopped with an error: ${String(error)}`),
    )
  }
  process.on('SIGINT', stopAndExit)
  process.on('SIGTERM', stopAndExit)
}

/** The HTTP clients of gateway and shop. The shop's refuses private addresses: a notice must not reach the internal network (N-07). */
function openClients(config: ServerSettings) {
  const [toGateway, toShop] = [openHttp(), openHttp({ publicOnly: config.notify?.allowPrivate !== true })]
  const close = () => Promise.all([toGateway.close(), toShop.close()])
  return { toGateway: toGateway.http, toShop: toShop.http, close }
}

const listenProblem = ({ code, message }: Error & { readonly code?: string }, port: number): string =>
  code === 'EADDRINUSE' ? `Port ${port} is in use: stop the other program or set PORT.` : message

function configOrExit(): Config {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 22)
    quit(
      `Node ${process.versions.node} is too old: better-sqlite3 needs Node 22 or newer.\n` +
        '`npx -y pnpm start` brings Node 24.',
    )
  const config = readConfig()
  if (config.ok) return config.value
  return quit(refusalLines(config.problem))
}

/** Vite serves the web app, and no balancer stands in front. */
const isDevelopment = ({ sandboxMode, webUrl, publicUrl }: ServerSettings): boolean =>
  sandboxMode && webUrl !== publicUrl

/** The built web app; null without one. The API works without it, and Vite serves the pages in development. */
async function builtWeb(config: ServerSettings, log: Log): Promise<Pages | null> {
  // An old build may not fit this version.
  if (isDevelopment(config)) return null
  const root = fileURLToPath(new URL('../../web/dist', import.meta.url))
  // A real shop's customers come back to these pages, unless WEB_URL names others.
  const isNeeded = !config.sandboxMode && config.webUrl === config.publicUrl
  if (isNeeded || existsSync(root)) return openPages(root)
  log.warn({ root }, 'the web app is not built: this server serves no pages')
  return null
}

function quit(why: string): never {
  process.stderr.write(`${terminalLines(why)}\n`)
  process.exit(1)
}

await main().catch((error: unknown) => {
  if (error instanceof DatabaseUnusable || error instanceof PageUnusable) quit(error.message)
  throw error
})
