import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { isLoopback } from '../config/loopback.ts'
import { settingsOfRunning } from './running-server.ts'
import { InvalidArguments, type ExitCode, type Terminal } from './terminal.ts'

export type ListenOptions = { readonly forward?: string; readonly port: string }

const HOST = '127.0.0.1'
const PATH = '/notices'
const BODY_BYTES_MAX = 1_048_576
/** As long as Landfall itself waits by default (NOTIFY_TIMEOUT_MS). */
const SHOP_DEADLINE_MS = 15_000
/** What Landfall sends of its own; the others belong to the connection. */
const forwarded = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature']

/** Takes notices, verifies and prints them, and hands them on to a shop on this machine, until it is stopped. */
export async function listen(options: ListenOptions, terminal: Terminal): Promise<ExitCode> {
  const { forward } = options
  const port = Number(options.port)
  if (!/^\d{1,5}$/.test(options.port) || port > 65_535) throw new InvalidArguments('--port needs a port.')
  if (forward !== undefined && !isLocal(forward))
    throw new InvalidArguments(
      '--forward needs an address of this machine, such as http://localhost:3000/landfall.',
    )
  const webhooks = noticeWebhooks(settingsOfRunning(await terminal.environment())['NOTIFY_SECRETS'])
  const stop = terminal.stop()
  const server = createServer((request, response) => {
    const take = async (): Promise<number> => {
      const taken = await readNotice(request, webhooks)
      const status = taken.status ?? (await handOn(taken, forward))
      terminal.out(
        `${timeOfDay()}  ${taken.told}  → ${typeof status === 'number' ? status : `502 (${status})`}\n`,
      )
      return typeof status === 'number' ? status : 502
    }
    take().then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => {
        terminal.error(`A notice could not be taken: ${String(error)}\n`)
        response.writeHead(500).end()
      },
    )
  })
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
  } catch (error) {
    terminal.error(
      `Port ${port} cannot be used: ${error instanceof Error ? error.message : String(error)}.\n`,
    )
    return 1
  }
  terminal.out(welcome(server.address(), forward))
  if (!stop.aborted) await once(stop, 'abort')
  server.close()
  server.closeAllConnections()
  return 0
}

const isLocal = (address: string): boolean =>
  URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) && isLoopback(address)

function noticeWebhooks(secrets: string | undefined): readonly Webhook[] {
  const listed = (secrets ?? '').split(/[\s,]+/).filter((secret) => secret !== '')
  if (listed.length === 0) throw new InvalidArguments('Set NOTIFY_SECRETS to those of the server.')
  return listed.map((secret) => new Webhook(secret))
}

const welcome = (
  at: ReturnType<ReturnType<typeof createServer>['address']>,
  forward: string | undefined,
): string =>
  `Start the server with NOTIFY_URL=http://${HOST}:${typeof at === 'object' ? at?.port : ''}${PATH} and NOTIFY_ALLOW_PRIVATE=true.
Notices are verified${forward === undefined ? ' and answered 204' : `, handed on to ${forward}, and answered as it answers`}. Ctrl-C ends.\n`

type Taken = {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly told: string
  /** Set when the notice is refused. */
  readonly status: number | null
}

const Told = z.object({
  type: z.string(),
  sequence: z.number(),
  data: z.object({ order: z.object({ orderId: z.string(), status: z.string() }) }),
})

async function readNotice(request: IncomingMessage, webhooks: readonly Webhook[]): Promise<Taken> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size <= BODY_BYTES_MAX) chunks.push(bytes)
  }
  const body = Buffer.concat(chunks)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const of = (status: number | null, told: string): Taken => ({ body, headers, told, status })
  if (request.method !== 'POST') return of(405, `a ${request.method ?? ''} request is no notice`)
  if (size > BODY_BYTES_MAX) return of(413, 'a body over 1 MiB is no notice')
  if (!webhooks.some((webhook) => isSignedBy(webhook, body, headers)))
    return of(401, 'a notice with a wrong signature or time is refused')
  const told = Told.safeParse(jsonOf(body))
  if (!told.success) return of(null, 'a signed body that is no notice')
  const { type, sequence, data } = told.data
  return of(null, `${type}  order ${data.order.orderId} (${data.order.status})  no. ${sequence}`)
}

function isSignedBy(webhook: Webhook, body: Buffer, headers: Readonly<Record<string, string>>): boolean {
  try {
    webhook.verify(body, headers)
    return true
  } catch {
    return false
  }
}

/** The shop's status, or why it gave none. */
async function handOn({ body, headers }: Taken, forward: string | undefined): Promise<number | string> {
  if (forward === undefined) return 204
  const kept = Object.entries(headers).filter(([name]) => forwarded.includes(name))
  try {
    const signal = AbortSignal.timeout(SHOP_DEADLINE_MS)
    const answer = await fetch(forward, {
      method: 'POST',
      headers: kept,
      body: Uint8Array.from(body),
      redirect: 'manual',
      signal,
    })
    await answer.body?.cancel()
    return answer.status
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return cause instanceof Error ? cause.message : String(cause)
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

const timeOfDay = (): string => new Date().toTimeString().slice(0, 8)
