import type { GatewayName } from '@landfall/payment-core'
import { fetch } from 'undici'
import { z } from 'zod'
import { openBooks, seed, type Books, type Range } from './books.ts'
import { start, temporaryFolder, type Running, type StartWith } from './processes.ts'

/** Who is measured: the product, or the bare server that does only what the job needs. */
export type Side = 'landfall' | 'limit'
export type Behaviour = { readonly delayMs?: number; readonly silent?: boolean }

export type Wanted = {
  readonly side: Side
  readonly orders: Range
  readonly gateway?: Behaviour
  /** The protocol of the orders, and the only one of the server; V1 unless given. */
  readonly protocol?: GatewayName
  /** Instead of an empty file of its own. */
  readonly databaseUrl?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly tellsShop?: boolean
} & StartWith

export type Site = AsyncDisposable & {
  readonly server: Running
  readonly gateway: Gateway
  readonly books: Books
}

export type Gateway = Running & {
  readonly behave: (behaviour: Behaviour) => Promise<void>
  readonly counts: () => Promise<z.infer<typeof Counts>>
}
const Counts = z.object({
  lookups: z.number(),
  payments: z.number(),
  tokens: z.number(),
  notices: z.number(),
})

export const merchantKey = 'merchant-key-of-the-bench'
export const storeId = 'store-of-the-bench'
/** Signs V2's webhooks. */
export const webhookSecret = 'whsec_d2ViaG9vay1zZWNyZXQtb2YtdGhlLWJlbmNoLW9ubHk='
/** Everything comes from one address and the gateway takes any number of calls: what bounds strangers must not bound the bench. */
export const bounds = { ADDRESS_REQUESTS_PER_SECOND: '1000000', GATEWAY_CALLS_PER_SECOND: '1000000' } as const

/** A gateway, a server on a database with these orders, and its books. */
export async function openSite(wanted: Wanted): Promise<Site> {
  const folder = temporaryFolder()
  const databaseUrl = wanted.databaseUrl ?? `file:${folder.path}/landfall.db`
  const opened: AsyncDisposable[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.toReversed()) await each[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  }
  try {
    await seed(databaseUrl, wanted.orders, wanted.protocol)
    const gateway = await openGateway(wanted.gateway)
    opened.push(gateway)
    const server = await openServer(wanted, gateway, databaseUrl)
    opened.push(server)
    const books = await openBooks(databaseUrl)
    opened.push(books)
    return { server, gateway, books, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

export async function openGateway({ delayMs = 0, silent = false }: Behaviour = {}): Promise<Gateway> {
  const running = await start('bench/instant-gateway.ts', () => ({
    DELAY_MS: String(delayMs),
    SILENT: silent ? '1' : '0',
  }))
  return {
    ...running,
    behave: async (next) => {
      const query = `delayMs=${next.delayMs ?? 0}&silent=${next.silent === true ? 1 : 0}`
      await (await fetch(`${running.url}/bench?${query}`, { method: 'POST' })).text()
    },
    counts: async () => Counts.parse(await (await fetch(`${running.url}/bench`)).json()),
  }
}

export function openServer(
  {
    side,
    protocol = 'portone-v1',
    settings = {},
    tellsShop = false,
    ...how
  }: Pick<Wanted, 'side' | 'protocol' | 'settings' | 'tellsShop'> & StartWith,
  gateway: Running,
  databaseUrl: string,
): Promise<Running> {
  if (side === 'limit')
    return start('bench/limit.ts', () => ({
      DATABASE_URL: databaseUrl,
      GATEWAY_URL: gateway.url,
      ...settings,
    }))
  const notices = {
    NOTIFY_URL: `${gateway.url}/notices`,
    NOTIFY_SECRETS: 'whsec_bm90aWNlLXNlY3JldC1vZi10aGUtYmVuY2gtb25seQ==',
    NOTIFY_ALLOW_PRIVATE: 'true',
  }
  return start(
    'built/main.js',
    ({ url }) => ({
      NODE_ENV: 'production',
      PUBLIC_URL: url,
      DATABASE_URL: databaseUrl,
      ...gatewaySettings[protocol](gateway.url),
      MERCHANT_API_KEYS: merchantKey,
      TOKEN_SECRET: 'token-secret-of-the-bench-0123456789abcdef',
      LOG_LEVEL: 'fatal',
      ...bounds,
      ...(tellsShop ? notices : {}),
      ...settings,
    }),
    how,
  )
}

const gatewaySettings: Readonly<Record<GatewayName, (url: string) => Readonly<Record<string, string>>>> = {
  'portone-v1': (url) => ({
    PORTONE_V1_URL: url,
    PORTONE_V1_KEY: 'bench',
    PORTONE_V1_SECRET: 'secret-of-the-bench',
  }),
  'portone-v2': (url) => ({
    PORTONE_V2_URL: url,
    PORTONE_V2_SECRET: 'secret-of-the-bench',
    PORTONE_V2_STORE_ID: storeId,
    PORTONE_V2_WEBHOOK_SECRETS: webhookSecret,
  }),
}
