import { serve } from '@hono/node-server'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createApp } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { localChanges, realClock, realRandom, type Deps } from './deps.ts'
import { openHttp } from './gateway/http.ts'
import { portoneV1 } from './gateway/portone-v1.ts'
import { startJourney } from './journey/journey.ts'
import { DatabaseUnusable, openDatabase } from './store/db.ts'

/** Starts in order: configuration, database, gateway, journey, door. Stops in reverse. */
async function main(): Promise<void> {
  const config = configOrExit()
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const outward = openHttp()
  const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
  const gateway = portoneV1(
    { ...config.portone, lookupTimeoutMs: config.lookupTimeoutMs },
    outward.http,
    realClock.nowMs,
  )
  const changes = localChanges()
  const deps: Deps = {
    config,
    clock: realClock,
    random: realRandom,
    log,
    store,
    gateway,
    http: outward.http,
    changes,
  }
  const journey = await startJourney(deps)
  const app = createApp(journey, webRoot())
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }, () => {
    log.info(
      { publicUrl: config.publicUrl, port: config.port, sandboxMode: config.sandboxMode },
      'landfall is up',
    )
  })
  server.on('error', (error: Error & { readonly code?: string }) => {
    const busy = error.code === 'EADDRINUSE'
    quit(busy ? `Port ${config.port} is in use: stop the other program or set PORT.` : error.message)
  })
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

/** The built web app, when there is one; in development Vite serves it. */
function webRoot(): string | null {
  const folder = fileURLToPath(new URL('../../web/dist', import.meta.url))
  return existsSync(folder) ? folder : null
}

function quit(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}

await main().catch((error: unknown) => {
  if (error instanceof DatabaseUnusable) quit(error.message)
  throw error
})
