import { startSandbox, type Sandbox } from '@landfall/gateway-sandbox'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { callProcedure, gatewayKeys, startServer, until } from './server-process.ts'
import { builtServer } from '../../testing/built-server.ts'
import { freePort } from '../../testing/free-port.ts'
import { readBooks } from './books.ts'

export type Siege = {
  /** Sockets that send their requests a byte a second. */
  readonly sockets: number
  /** Strangers' returns a second, from the customers' own address. */
  readonly rate: number
  readonly customers: number
  readonly seconds: number
}

export type SiegeReport = {
  readonly slowSockets: number
  /** Strangers' returns by the status they were answered with; `none`: not at all. */
  readonly strangers: Readonly<Record<string, number>>
  readonly customers: {
    readonly requests: number
    readonly failed: readonly string[]
    readonly p99Ms: number
  }
  /** Orders that were paid in the end, and how long after the siege. */
  readonly paid: number
  readonly paidAfterMs: number
  readonly peakMb: number
  /** Calls at the gateway in its busiest second. */
  readonly busiestSecond: number
}

type Site = { readonly gateway: Sandbox; readonly url: string }

/** The limits of a customer, of the server's memory, and of the gateway's share. */
export function siegeLimits({ customers, peakMb, busiestSecond, paid }: SiegeReport, asked: Siege): string[] {
  const broken: Array<readonly [boolean, string]> = [
    [customers.failed.length > 0, `customers were answered ${customers.failed.slice(0, 5).join(', ')}`],
    [paid < asked.customers, `${paid} of ${asked.customers} orders were paid`],
    [peakMb > 512, `memory rose to ${Math.round(peakMb)} MB`],
    [busiestSecond > 20, `${busiestSecond} calls at the gateway in a second`],
  ]
  return broken.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence)
}

/**
 * Slow sockets on every kind of route and a flood of strangers' returns, while customers come back to a server with its default settings, all from
 * one address (D-06, D-07).
 */
export async function besiege(siege: Siege): Promise<SiegeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-edge-'))
  try {
    await using gateway = await startSandbox(gatewayKeys)
    const databaseUrl = `file:${join(folder, 'landfall.db')}`
    const settings = { LOG_LEVEL: 'error', GATEWAY_CALLS_PER_SECOND: '' }
    const world = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: null }
    await using server = startServer(world, await freePort(), settings, [], builtServer())
    if (!(await server.ready())) throw new Error(server.complaint())
    const site = { gateway, url: server.url }
    const redirects = await prepare(site, siege.customers)
    const callsBefore = gateway.calls().length
    const over = new AbortController()
    const [poured, customers, peakMb] = await Promise.all([
      pour(site, siege),
      comeBack(redirects, siege.seconds).finally(() => over.abort()),
      watchMemory(site, over.signal),
    ])
    const endedAtMs = performance.now()
    const paid = async (): Promise<number> =>
      (await readBooks(databaseUrl)).orders.filter(({ status }) => status === 'paid').length
    await until('the orders are paid', async () => (await paid()) === siege.customers)
    return {
      slowSockets: poured.begun,
      strangers: poured.answers,
      customers,
      paid: await paid(),
      paidAfterMs: performance.now() - endedAtMs,
      peakMb,
      busiestSecond: busiestOf(gateway, callsBefore),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const Registered = z.object({ result: z.object({ data: z.object({ returnUrl: z.string() }) }) })

/** A paid order for each customer, and where its window sends the browser. Its webhook is lost. */
async function prepare({ gateway, url }: Site, customers: number): Promise<readonly string[]> {
  gateway.misbehave({ webhook: 'never' })
  const redirects: string[] = []
  for (let at = 0; at < customers; at += 1) {
    const order = { orderId: `customer-${at}`, name: '증명', amount: 5_000 }
    const answer = await callProcedure(url, 'orders.register', order)
    const mRedirectUrl = Registered.parse(answer?.data).result.data.returnUrl
    const opened = gateway.open({ merchantUid: order.orderId, amount: order.amount, mRedirectUrl })
    if (!opened.ok) throw new Error(opened.errorMsg)
    redirects.push((await gateway.approve(opened.impUid)).redirectUrl ?? '')
  }
  return redirects
}

const Poured = z.object({ begun: z.number(), answers: z.record(z.string(), z.number()) })

async function pour({ url }: Site, { sockets, rate, seconds }: Siege): Promise<z.infer<typeof Poured>> {
  const program = fileURLToPath(new URL('edge-senders.ts', import.meta.url))
  const numbers = Object.entries({ sockets, rate, seconds }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ])
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--url', url, ...numbers])
  return Poured.parse(JSON.parse(stdout))
}

/** Why a request has no answer: `fetch` tells it in its error's cause. */
const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}: ${String(error.cause)}` : String(error)

/** The customers come one after another, over the last three quarters of the siege: each returns, then reads its page. */
async function comeBack(redirects: readonly string[], seconds: number): Promise<SiegeReport['customers']> {
  const beganAtMs = performance.now() + seconds * 250
  const everyMs = (seconds * 700) / redirects.length
  const failed: string[] = []
  const tookMs: number[] = []
  const ask = async (url: string, wanted: number): Promise<string | null> => {
    const askedAtMs = performance.now()
    const answer = await fetch(url, { redirect: 'manual' }).catch(reasonOf)
    tookMs.push(performance.now() - askedAtMs)
    if (typeof answer === 'string' || answer.status !== wanted)
      failed.push(typeof answer === 'string' ? answer : String(answer.status))
    if (typeof answer === 'string') return null
    await answer.arrayBuffer()
    return answer.headers.get('location')
  }
  await Promise.all(
    redirects.map(async (url, index) => {
      await pause(Math.max(0, beganAtMs + index * everyMs - performance.now()))
      const page = await ask(url, 303)
      if (page !== null) await ask(page, 200)
    }),
  )
  const sorted = tookMs.toSorted((a, b) => a - b)
  return { requests: tookMs.length, failed, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 }
}

async function watchMemory({ url }: Site, over: AbortSignal): Promise<number> {
  let peakMb = 0
  while (!over.aborted) {
    const text = await fetch(`${url}/metrics`).then((answer) => answer.text())
    peakMb = Math.max(peakMb, Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? 0) / 1e6)
    await pause(500)
  }
  return peakMb
}

function busiestOf(gateway: Sandbox, from: number): number {
  const calls = gateway
    .calls()
    .slice(from)
    .filter(({ path }) => path.startsWith('/payments'))
  const bySecond = Object.values(Object.groupBy(calls, ({ atMs }) => Math.floor(atMs / 1_000)))
  return Math.max(0, ...bySecond.map((second) => second?.length ?? 0))
}

/** One line for a person. */
export function siegeFigures(report: SiegeReport): string {
  const { slowSockets, strangers, customers, paid, paidAfterMs, peakMb, busiestSecond } = report
  const told = Object.entries(strangers).map(([status, count]) => `${count} × ${status}`)
  return (
    `${slowSockets} slow sockets; strangers’ returns answered ${told.join(', ')}; ${customers.requests} requests of customers, ` +
    `${customers.failed.length} turned away, p99 ${Math.round(customers.p99Ms)} ms; ${paid} orders paid ${Math.round(paidAfterMs / 1_000)} s after it; ` +
    `memory at most ${Math.round(peakMb)} MB; ${busiestSecond} calls at the gateway in the busiest second`
  )
}
