import { serve } from '@hono/node-server'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pino, { type Logger } from 'pino'
import { createApp } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { sharedChanges, realClock, realRandom, type Deps } from './deps.ts'
import { openHttp } from './gateway/http.ts'
import { portoneV1 } from './gateway/portone-v1.ts'
import { startJourney } from './journey/journey.ts'
import { openPages, PageUnusable, type Pages } from './page.ts'
import { openMetrics } from './metrics.ts'
import { DatabaseUnusable, openDatabase } from './store/db.ts'

/** Starts in order: configuration, database, gateway, journey, door. Stops in reverse. */
async function main(): Promise<void> {
  const config = configOrExit()
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const pages = await builtWeb(log)
  const outward = waysOut(config)
  const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
  const gateway = portoneV1(
    { ...config.portone, lookupTimeoutMs: config.lookupTimeoutMs },
    outward.toGateway,
    realClock.nowMs,
  )
  const deps: Deps = {
    config,
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
  const app = createApp(journey, pages)
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }, () => {
    log.info(
      { publicUrl: config.publicUrl, port: config.port, sandboxMode: config.sandboxMode },
      'landfall is up',
    )
  })
  server.on('error', (error: Error & { readonly code?: string }) => quit(whyNot(error, config.port)))
  const stop = (): void => {
    log.info('stopping')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    const stopped = journey
      .stop()
      .then(() => store.close())
      .then(() => outward.close())
    stopped.then(
      () => process.exit(0),
      (error: unknown) => quit(`Stopped with an error: ${String(error)}`),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** To the gateway, and to the shop: a notice must not be a way into the inside (N-07). */
function waysOut(config: Config) {
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
      `Node ${process.versions.node} is too old: better-sqlite3 needs Node 22 or newer. Run it with «npx -y pnpm start», which brings Node 24.`,
    )
  const config = readConfig()
  if (config.ok) return config.value
  return quit(['Landfall does not start:', ...config.problem.map((reason) => `  ${reason}`)].join('\n'))
}

/** The built web app. Without one the doors and procedures work all the same: in development Vite serves the pages. */
async function builtWeb(log: Logger): Promise<Pages | null> {
  const root = fileURLToPath(new URL('../../web/dist', import.meta.url))
  if (existsSync(root)) return openPages(root)
  log.warn({ root }, 'the web app is not built: no page is served here')
  return null
}

function quit(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}

await main().catch((error: unknown) => {
  if (error instanceof DatabaseUnusable || error instanceof PageUnusable) quit(error.message)
  throw error
})
