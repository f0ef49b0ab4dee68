import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { builtServer } from '../../testing/built-server.ts'
import { freePort } from '../../testing/free-port.ts'
import { readBooks } from './books.ts'
import { gatewayKeys, merchantKey, startServer, type ServerProcess } from './server-process.ts'

export type StopReport = {
  readonly requests: number
  /** Requests that got another answer than the good one, or none. */
  readonly lost: readonly string[]
  /** What was acknowledged and is not stored. */
  readonly missing: readonly string[]
  /** Requests that the stopped server answered after its signal. */
  readonly afterSignal: number
  /** From the signal to the end of the process. */
  readonly stopMs: number
  readonly exitCode: number | null
}

/** How often the balancer asks, as docs/operations.md says. */
const CHECK_EVERY_MS = 1_000
const AT_ONCE = 48
const Registered = z.object({ result: z.object({ data: z.object({ returnUrl: z.string() }) }) })

/**
 * Two servers behind a balancer that keeps its connections and asks `readyz`. Half-way through the load one is told to stop (C-10). Each request
 * registers an order or comes back to one, so that what was acknowledged can be found in the books.
 */
export async function stopUnderLoad(requests: number, givenUrl: string | null): Promise<StopReport> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-stop-'))
  try {
    await using gateway = await startSandbox(gatewayKeys)
    const databaseUrl = givenUrl ?? `file:${join(folder, 'landfall.db')}`
    const world = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: null }
    // Nothing is fixed at the gateway: a registration is one write.
    const settings = { LOG_LEVEL: 'error', OBSERVE_ONLY: 'true', ADDRESS_REQUESTS_PER_SECOND: '100000' }
    await using first = startServer(world, await freePort(), settings, [], builtServer())
    await using second = startServer(world, await freePort(), settings, [], builtServer())
    for (const server of [first, second]) if (!(await server.ready())) throw new Error(server.complaint())
    const balancer = new Balancer([first, second])
    const stopped = Promise.withResolvers<Pick<StopReport, 'stopMs' | 'exitCode'>>()
    const load = new Load(balancer, requests, () => stopped.resolve(stop(first, balancer)))
    await load.run()
    const { stopMs, exitCode } = await stopped.promise
    const { orders, receipts } = await readBooks(databaseUrl)
    const stored = new Set([
      ...orders.map(({ orderId }) => orderId),
      ...receipts.map(({ paymentId }) => paymentId),
    ])
    const missing = load.acknowledged.filter((id) => !stored.has(id))
    return { requests, lost: load.lost, missing, afterSignal: balancer.afterSignal, stopMs, exitCode }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function stop(
  server: ServerProcess,
  balancer: Balancer,
): Promise<Pick<StopReport, 'stopMs' | 'exitCode'>> {
  const signalledAtMs = performance.now()
  server.signal('SIGTERM')
  balancer.stopping = server.url
  const { code } = await server.ended
  return { stopMs: performance.now() - signalledAtMs, exitCode: code }
}

/** Sends requests to the servers in turn, and none to a server whose `readyz` did not answer 200. */
class Balancer {
  stopping: string | null = null
  afterSignal = 0
  readonly #agent = new Agent({ connections: AT_ONCE })
  readonly #ready: Set<string>
  #turn = 0

  constructor(servers: readonly ServerProcess[]) {
    this.#ready = new Set(servers.map(({ url }) => url))
  }

  async watch(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      for (const url of this.#ready) {
        const { ok } = await fetch(`${url}/readyz`).catch(() => ({ ok: false }))
        if (!ok) this.#ready.delete(url)
      }
      await pause(CHECK_EVERY_MS)
    }
    await this.#agent.close()
  }

  async send(
    path: string,
    init: { readonly headers: Readonly<Record<string, string>>; readonly body: string | null },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const urls = [...this.#ready]
    const url = urls[(this.#turn += 1) % urls.length] ?? ''
    const method = init.body === null ? 'GET' : 'POST'
    const { statusCode, body } = await request(`${url}${path}`, { ...init, method, dispatcher: this.#agent })
    const text = await body.text()
    if (url === this.stopping) this.afterSignal += 1
    return { status: statusCode, text }
  }
}

class Load {
  readonly lost: string[] = []
  /** Ids of orders and payments that were acknowledged. */
  readonly acknowledged: string[] = []
  readonly #balancer: Balancer
  readonly #requests: number
  readonly #halfWay: () => void
  #sent = 0

  constructor(balancer: Balancer, requests: number, halfWay: () => void) {
    this.#balancer = balancer
    this.#requests = requests
    this.#halfWay = halfWay
  }

  async run(): Promise<void> {
    const over = new AbortController()
    const watching = this.#balancer.watch(over.signal)
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#customers()))
    over.abort()
    await watching
  }

  async #customers(): Promise<void> {
    while (this.#sent < this.#requests) {
      const number = this.#sent
      this.#sent += 2
      if (number === Math.floor(this.#requests / 4) * 2) this.#halfWay()
      await this.#buy(number)
    }
  }

  async #buy(number: number): Promise<void> {
    const orderId = `order-${number}`
    const headers = { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ orderId, name: '증명', amount: 5_000 })
    const text = await this.#expect(200, orderId, '/trpc/orders.register', { headers, body })
    if (text === null) return
    const { pathname } = new URL(Registered.parse(JSON.parse(text)).result.data.returnUrl)
    const impUid = `imp_${String(number).padStart(12, '0')}`
    await this.#expect(303, impUid, `${pathname}?imp_uid=${impUid}&imp_success=true`, {
      headers: {},
      body: null,
    })
  }

  async #expect(
    wanted: number,
    id: string,
    path: string,
    init: Parameters<Balancer['send']>[1],
  ): Promise<string | null> {
    const answer = await this.#balancer
      .send(path, init)
      .catch((error: unknown) => ({ status: 0, text: String(error) }))
    if (answer.status !== wanted) {
      this.lost.push(`${id}: ${answer.status} ${answer.text.slice(0, 100)}`)
      return null
    }
    this.acknowledged.push(id)
    return answer.text
  }
}

const STOP_MS_MAX = 10_000

export function stopLimits({ lost, missing, stopMs, exitCode, afterSignal }: StopReport): string[] {
  const broken: Array<readonly [boolean, string]> = [
    [lost.length > 0, `${lost.length} requests were lost: ${lost.slice(0, 3).join('; ')}`],
    [missing.length > 0, `${missing.length} acknowledged are not stored: ${missing.slice(0, 3).join(', ')}`],
    [exitCode !== 0, `the server ended with ${exitCode}`],
    [stopMs > STOP_MS_MAX, `the stop took ${Math.round(stopMs)} ms`],
    [afterSignal === 0, 'no request met the stopping server'],
  ]
  return broken.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence)
}

/** One line for a person. */
export const stopFigures = ({ requests, lost, missing, afterSignal, stopMs }: StopReport): string =>
  `${requests} requests, ${lost.length} lost, ${missing.length} acknowledged and not stored; ` +
  `the stopping server answered ${afterSignal} after its signal and ended after ${Math.round(stopMs)} ms`
