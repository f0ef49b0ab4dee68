import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { orderId } from './books.ts'
import { otherWork, type Run } from './figure.ts'
import { clearedAway, leave } from './leaving.ts'
import { comeBack } from './requests.ts'
import { openSite } from './site.ts'
import { openSockets } from './slow-gateway.ts'
import { bounded, type Row } from './table.ts'

const JUNK_PER_SECOND = 2_000
const RETURNS_PER_SECOND = 20
const SECONDS_MAX = 20
const GATEWAY_MS = 50
const STALL_MS_MAX = 250
const SENT_SHARE_MIN = 0.95
const senders = fileURLToPath(new URL('../verification/crash/flood-senders.ts', import.meta.url))
const Poured = z.object({
  sent: z.number(),
  tookMs: z.number(),
  heldMs: z.number(),
  answers: z.record(z.string(), z.number()),
})

/** P9: junk webhooks pour in, half of them about one real order, while customers come back. The gateway's budget is the default. */
export async function p9(run: Run): Promise<Row[]> {
  const seconds = Math.min(SECONDS_MAX, run.options.seconds)
  const returns = seconds * RETURNS_PER_SECOND
  const busy = await otherWork()
  await using site = await openSite({
    side: 'landfall',
    orders: { from: 0, count: returns + 1 },
    gateway: { delayMs: GATEWAY_MS },
    settings: { GATEWAY_CALLS_PER_SECOND: '500' },
    profiled: run.options.profiled,
  })
  await using sockets = openSockets(site.server.url)
  // What a stall before the flood was is forgotten when it is asked for.
  await stallOf(site.server.url)
  const over = new AbortController()
  const stall = longestStall(site.server.url, over.signal)
  const [junk, came] = await Promise.all([pour(site.server.url, seconds), comeBacks(sockets, returns)])
  over.abort()
  const stallMs = await stall
  const told = Object.entries(junk.answers)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')
  const perSecond = Math.round(junk.sent / (junk.tookMs / 1_000))
  run.say(`P9 ${perSecond} junk webhooks a second: ${told}`)
  const held = junk.heldMs > 0 ? `, held up ${(junk.heldMs / 1_000).toFixed(1)} s by unanswered ones` : ''
  const sent = `${perSecond.toLocaleString('en')}/s sent${held}: ${told}`
  const sorted = came.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN
  const what = `${JUNK_PER_SECOND.toLocaleString('en')} junk webhooks/s for ${seconds} s`
  // A flood that was thinner than it says shows nothing, unless it was the server that let thousands wait.
  const isThin = perSecond < JUNK_PER_SECOND * SENT_SHARE_MIN && junk.heldMs === 0
  const rows = [
    bounded({ figure: 'P9', what: `${what}: a customer’s return, p99`, goal: 1_000, unit: 'ms' }, [p99], {
      against: sent,
      otherWork: busy,
    }),
    bounded({ figure: 'P9', what: 'returns turned away', goal: 0, unit: '' }, [
      came.filter(({ status }) => status !== 303).length,
    ]),
    bounded({ figure: 'P9', what: 'event loop, longest stall', goal: STALL_MS_MAX, unit: 'ms' }, [stallMs], {
      otherWork: busy,
    }),
  ]
  return isThin
    ? rows.map((row) => ({ ...row, so: `? only ${perSecond.toLocaleString('en')}/s could be sent` }))
    : rows
}

/** The senders are a process of their own; their time is not the server's. */
async function pour(url: string, seconds: number): Promise<z.infer<typeof Poured>> {
  const given = [
    '--url',
    url,
    '--order',
    orderId(0),
    '--rate',
    String(JUNK_PER_SECOND),
    '--seconds',
    String(seconds),
  ]
  const running = promisify(execFile)(process.execPath, [senders, ...given])
  const kept = clearedAway(() => running.child.kill('SIGKILL'))
  const { stdout } = await running
  leave(kept)
  return Poured.parse(JSON.parse(stdout))
}

/** Each is timed from the moment it is due. */
function comeBacks(sockets: ReturnType<typeof openSockets>, count: number) {
  const beganAtMs = performance.now()
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const dueAtMs = beganAtMs + (index * 1_000) / RETURNS_PER_SECOND
      await wait(Math.max(0, dueAtMs - performance.now()))
      const { status } = await sockets.timed(comeBack, index + 1)
      return { status, ms: performance.now() - dueAtMs }
    }),
  )
}

const ASK_EVERY_MS = 500
async function longestStall(url: string, over: AbortSignal): Promise<number> {
  let longest = 0
  while (!over.aborted) {
    longest = Math.max(longest, await stallOf(url))
    await wait(ASK_EVERY_MS)
  }
  return longest
}

/** The longest the event loop was held up since this was last asked, as the server itself measures it. */
async function stallOf(url: string): Promise<number> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text())
  return 1_000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1] ?? 0)
}
