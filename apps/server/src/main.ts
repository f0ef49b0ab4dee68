import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createApp } from './http/app.ts'
import { readConfig, type Config } from './config/config.ts'
import { sharedChanges, realClock, realLag, realRandom, type Deps } from './deps.ts'
import { listen } from './http/listener.ts'
import { openHttp } from './gateway/http.ts'
import { portoneV1 } from './gateway/portone-v1/client.ts'
import { startJourney } from './journey/journey.ts'
import { sampled } from './log/log-flood.ts'
import { openLog, type Log } from './log/log.ts'
import { openPages, PageUnusable, type Pages } from './http/page.ts'
import { openMetrics } from './log/metrics.ts'
import { rereadSecrets } from './config/reload-secrets.ts'
import { openSecrets } from './config/secrets.ts'
import { DatabaseUnusable, openDatabase } from './store/engines/open.ts'
import { refusalLines, terminalLines } from './commands/terminal-lines.ts'

type ServerSettings = Deps['config']

/** Starts in order: configuration, database, gateway, journey, door. Stops in reverse. */
async function main(): Promise<void> {
  const { secrets: first, ...config } = configOrExit()
  const lines = sampled(openLog(config.logLevel), realClock)
  const log: Log = lines
  const secrets = openSecrets(first)
  // From the first moment on: without this line the signal ends the process.
  process.on('SIGHUP', () => rereadSecrets({ config, secrets, log }))
  for (const warning of config.warnings) log.warn({ warning }, 'configuration')
  const pages = await builtWeb(config, log)
  const outward = waysOut(config)
  const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
  const gateway = portoneV1(
    { ...config.portone, lookupTimeoutMs: config.lookupTimeoutMs, cancelTimeoutMs: config.cancelTimeoutMs },
    outward.toGateway,
    realClock.nowMs,
  )
  const deps: Deps = {
    config,
    secrets,
    clock: realClock,
    random: realRandom,
    log,
    store,
    gateway,
    http: outward.toShop,
    changes: sharedChanges(store),
    metrics: openMetrics({ ofProcess: true }),
  }
  const journey = await startJourney(deps)
  const { host, port, publicUrl, sandboxMode } = config
  const server = listen(createApp(journey, pages, realLag()), { host, port }, () =>
    log.info({ publicUrl, port, sandboxMode, pid: process.pid }, 'landfall is up'),
  )
  server.on('error', (error: Error & { readonly code?: string }) => quit(whyNot(error, config.port)))
  stopOnSignal(() => {
    log.info({}, 'stopping')
    server.close()
    server.closeAllConnections()
    return journey
      .stop()
      .then(() => store.close())
      .then(() => outward.close())
      .finally(lines.tellLeftOut)
  })
}

function stopOnSignal(stopped: () => Promise<unknown>): void {
  const stop = (): void => {
    stopped().then(
      () => process.exit(0),
      (error: unknown) => quit(`Stopped with an error: ${String(error)}`),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** To the gateway, and to the shop: a notice must not be a way into the inside (N-07). */
function waysOut(config: ServerSettings) {
  const [toGateway, toShop] = [openHttp(), openHttp({ publicOnly: config.notify?.allowPrivate !== true })]
  const close = () => Promise.all([toGateway.close(), toShop.close()])
  return { toGateway: toGateway.http, toShop: toShop.http, close }
}

const whyNot = ({ code, message }: Error & { readonly code?: string }, port: number): string =>
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

/** The built web app. Without one the doors and procedures work all the same: in development Vite serves the pages. */
async function builtWeb(config: ServerSettings, log: Log): Promise<Pages | null> {
  // In development the web has a server of its own, and what was built long ago may not fit this version.
  if (config.sandboxMode && config.webUrl !== config.publicUrl) return null
  const root = fileURLToPath(new URL('../../web/dist', import.meta.url))
  if (existsSync(root)) return openPages(root)
  log.warn({ root }, 'the web app is not built: no page is served here')
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
