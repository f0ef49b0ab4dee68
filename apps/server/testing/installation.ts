import { startSandbox, type Sandbox } from '@landfall/gateway-sandbox'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { readConfig } from '../src/config/config.ts'
import { openSecrets } from '../src/config/secrets.ts'
import { realClock, realRandom, sharedChanges, type Deps } from '../src/deps.ts'
import { openHttp } from '../src/gateway/http.ts'
import { openGateways } from '../src/gateway/gateways.ts'
import { createApp } from '../src/http/app.ts'
import { listen } from '../src/http/listener.ts'
import { startJourney } from '../src/journey/journey.ts'
import { openLog } from '../src/log/log.ts'
import { openMetrics } from '../src/log/metrics.ts'
import { openDatabase } from '../src/store/engines/open.ts'
import { pathOf } from '../src/store/engines/sqlite.ts'
import { freePort } from './free-port.ts'
import { freshDatabase } from './fresh-database.ts'
import { whsec } from './settings.ts'

export const noticeSecret = whsec('the notice secret of a test shop')

/** A shop's receiver on a socket: it verifies notices by the library that shops use, at its own time. */
async function openShop() {
  const notices: { readonly id: string; readonly type: string }[] = []
  const server = createServer((request, response) => {
    const answer = async (): Promise<number> => {
      const body = await text(request)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      try {
        new Webhook(noticeSecret).verify(body, headers)
      } catch {
        return 401
      }
      notices.push({ id: headers['webhook-id'] ?? '', type: JSON.parse(body).type })
      return 204
    }
    answer().then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(500).end(),
    )
  })
  const port = await freePort()
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}/notices`, notices, close }
}

export type Installation = AsyncDisposable & {
  /** The settings of the server. */
  readonly environment: Readonly<Record<string, string>>
  readonly url: string
  readonly gateway: Sandbox
  readonly notices: readonly { readonly id: string; readonly type: string }[]
}

/** Sandbox, server and shop on sockets and real time, in this process, as `npx -y pnpm dev` has them. */
export async function openInstallation(): Promise<Installation> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase('sqlite'))
  await chmod(pathOf(database.url), 0o600)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const gateway = stack.use(await startSandbox({ webhookUrl: `${url}/webhooks/portone` }))
  const shop = await openShop()
  stack.defer(shop.close)
  const environment = {
    NODE_ENV: 'development',
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: database.url,
    PORTONE_V1_URL: gateway.url,
    PORTONE_V1_KEY: 'sandbox',
    PORTONE_V1_SECRET: 'sandbox-secret',
    MERCHANT_API_KEYS: 'a-merchant-key-of-a-test-shop',
    TOKEN_SECRET: 'a-token-secret-of-a-test-shop-0123456789',
    NOTIFY_URL: shop.url,
    NOTIFY_SECRETS: noticeSecret,
    NOTIFY_ALLOW_PRIVATE: 'true',
    SHOP_URL: 'http://127.0.0.1:3000/',
    SWEEP_INTERVAL_MS: '50',
  }
  stack.defer(await startServer(environment))
  const kept = stack.move()
  return {
    environment,
    url,
    gateway,
    notices: shop.notices,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Starts the server as `main.ts` does. Returns what stops it. */
async function startServer(environment: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  const { secrets, ...config } = read.value
  const { http, close } = openHttp()
  const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
  const log = openLog('silent')
  const deps: Deps = {
    config,
    secrets: openSecrets(secrets),
    clock: realClock,
    random: realRandom,
    log,
    store,
    gateways: openGateways(config, { http, nowMs: realClock.monotonicMs, log }),
    http,
    changes: sharedChanges(store),
    metrics: openMetrics({ ofProcess: false }),
  }
  const journey = await startJourney(deps)
  await journey.checkGatewayKeys()
  const server = listen(createApp(journey, null), config, () => undefined)
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => void server.close(resolve))
    await journey.stop()
    await store.close()
    await close()
  }
}
