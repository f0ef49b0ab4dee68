import { startSandbox, type Sandbox } from '@landfall/gateway-sandbox'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { callProcedure, gatewayKeys, merchantKey, startServer, until } from './server-process.ts'
import { builtServer } from '../../testing/built-server.ts'
import { freePort } from '../../testing/free-port.ts'

export type Flood = { readonly rate: number; readonly seconds: number; readonly callsPerSecond: number }

export type FloodReport = {
  readonly sentPerSecond: number
  /** Junk webhooks by the status they were answered with; `none`: not at all. */
  readonly answers: Readonly<Record<string, number>>
  /** From the deposit at the gateway, in the middle of it all, until its order is paid here. */
  readonly depositMs: number
  /** Calls the gateway heard meanwhile, at most. */
  readonly depositCalls: number
  readonly returns: { readonly count: number; readonly failed: number; readonly p99Ms: number }
  readonly memory: { readonly beforeMb: number; readonly peakMb: number }
  /** Calls at the gateway: in all, in its busiest second, and the look-ups of payments that nobody knows. */
  readonly calls: {
    readonly all: number
    readonly busiestSecond: number
    readonly strangers: number
    readonly seconds: number
  }
}

const GATEWAY_MS = 200
const RETURNS_PER_SECOND = 10
const floodedOrder = 'flooded'

type Site = { readonly gateway: Sandbox; readonly url: string }

/**
 * Junk webhooks pour onto a real server whose gateway takes its time, half of them about one real order that waits for its deposit. The
 * deposit comes in the middle. Meanwhile customers come back, each with a payment of their own.
 */
export async function proveFlood({ rate, seconds, callsPerSecond }: Flood): Promise<FloodReport> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-flood-'))
  try {
    await using gateway = await startSandbox(gatewayKeys)
    const world = {
      folder,
      databaseUrl: `file:${join(folder, 'landfall.db')}`,
      gatewayUrl: gateway.url,
      noticeUrl: null,
    }
    const settings = { GATEWAY_CALLS_PER_SECOND: String(callsPerSecond), LOG_LEVEL: 'error' }
    await using server = startServer(world, await freePort(), settings, [], builtServer())
    if (!(await server.ready())) throw new Error(server.complaint())
    const site = { gateway, url: server.url }
    const [impUid, redirects] = await prepare(site, Math.floor(RETURNS_PER_SECOND * seconds))
    gateway.misbehave({ rest: 'slow', restMs: GATEWAY_MS })
    const beforeMb = await memoryOf(site)
    const callsBefore = gateway.calls().length
    const beganAtMs = performance.now()
    const over = new AbortController()
    const peak = watchMemory(site, over.signal)
    const [junk, returns, deposited] = await Promise.all([
      pour(site, rate, seconds),
      comeBack(redirects),
      deposit(site, impUid, (seconds * 1_000) / 2),
    ])
    over.abort()
    const took = (performance.now() - beganAtMs) / 1_000
    return {
      sentPerSecond: junk.sent / (junk.tookMs / 1_000),
      answers: junk.answers,
      ...deposited,
      returns,
      memory: { beforeMb, peakMb: Math.max(beforeMb, await peak) },
      calls: callsOf(gateway, callsBefore, took),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The order that will be flooded, with its account issued, and a paid order for each customer who will come back. */
async function prepare(site: Site, returns: number): Promise<readonly [string, readonly string[]]> {
  site.gateway.misbehave({ webhook: 'never' })
  const flooded = await open(site, floodedOrder)
  await fetch((await site.gateway.issueAccount(flooded)).redirectUrl ?? '', { redirect: 'manual' })
  await until(
    'the account is issued',
    async () => (await statusOf(site, floodedOrder)) === 'awaiting_deposit',
  )
  const redirects: string[] = []
  for (let index = 0; index < returns; index += 1) {
    const impUid = await open(site, `customer-${index}`)
    redirects.push((await site.gateway.approve(impUid)).redirectUrl ?? '')
  }
  site.gateway.misbehave({ webhook: 'normal' })
  return [flooded, redirects]
}

async function open({ gateway, url }: Site, orderId: string): Promise<string> {
  const answer = await callProcedure(url, 'orders.register', { orderId, name: '증명', amount: 5_000 })
  const { result } = z
    .object({ result: z.object({ data: z.object({ returnUrl: z.string() }) }) })
    .parse(answer?.data)
  const opened = gateway.open({
    merchantUid: orderId,
    amount: 5_000,
    mRedirectUrl: result.data.returnUrl,
    noticeUrl: `${url}/webhooks/portone`,
  })
  if (!opened.ok) throw new Error(opened.errorMsg)
  return opened.impUid
}

async function statusOf({ url }: Site, orderId: string): Promise<string> {
  const input = encodeURIComponent(JSON.stringify({ orderId }))
  const headers = { authorization: `Bearer ${merchantKey}` }
  const answer = await fetch(`${url}/trpc/orders.get?input=${input}`, { headers })
  const read = z
    .object({ result: z.object({ data: z.object({ status: z.string() }) }) })
    .safeParse(await answer.json())
  return read.success ? read.data.result.data.status : 'not told'
}

const Poured = z.object({ sent: z.number(), tookMs: z.number(), answers: z.record(z.string(), z.number()) })

async function pour({ url }: Site, rate: number, seconds: number): Promise<z.infer<typeof Poured>> {
  const program = fileURLToPath(new URL('flood-senders.ts', import.meta.url))
  const given = ['--url', url, '--order', floodedOrder, '--rate', String(rate), '--seconds', String(seconds)]
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...given])
  return Poured.parse(JSON.parse(stdout))
}

/** Ten customers a second, each timed from the moment they are due. */
async function comeBack(redirects: readonly string[]): Promise<FloodReport['returns']> {
  const beganAtMs = performance.now()
  const all = redirects.map(async (url, index) => {
    const dueAtMs = beganAtMs + (index * 1_000) / RETURNS_PER_SECOND
    await pause(Math.max(0, dueAtMs - performance.now()))
    const status = await fetch(url, { redirect: 'manual' }).then(
      (answer) => answer.status,
      () => 0,
    )
    return { status, ms: performance.now() - dueAtMs }
  })
  const came = await Promise.all(all)
  const sorted = came.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return {
    count: came.length,
    failed: came.filter(({ status }) => status !== 303).length,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  }
}

/** Money comes into the flooded order's account; the gateway tells of it once. */
async function deposit(
  site: Site,
  impUid: string,
  afterMs: number,
): Promise<Pick<FloodReport, 'depositMs' | 'depositCalls'>> {
  await pause(afterMs)
  const paidAtMs = performance.now()
  const heardBefore = site.gateway.calls().length
  await site.gateway.deposit(impUid)
  await until('the deposit is final', async () => (await statusOf(site, floodedOrder)) === 'paid')
  const depositMs = performance.now() - paidAtMs
  return { depositMs, depositCalls: site.gateway.calls().length - heardBefore }
}

/** Resident memory as the server itself measures it; a server too busy to tell is asked again. */
async function memoryOf({ url }: Site): Promise<number> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text())
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? 0) / 1e6
}

async function watchMemory(site: Site, over: AbortSignal): Promise<number> {
  let peakMb = 0
  while (!over.aborted) {
    peakMb = Math.max(peakMb, await memoryOf(site))
    await pause(500)
  }
  return peakMb
}

function callsOf(gateway: Sandbox, from: number, seconds: number): FloodReport['calls'] {
  const calls = gateway
    .calls()
    .slice(from)
    .filter(({ path }) => path.startsWith('/payments'))
  const bySecond = Object.values(Object.groupBy(calls, ({ atMs }) => Math.floor(atMs / 1_000)))
  return {
    all: calls.length,
    busiestSecond: Math.max(0, ...bySecond.map((second) => second?.length ?? 0)),
    strangers: calls.filter(({ path }) => path.startsWith('/payments/imp_9')).length,
    seconds,
  }
}
