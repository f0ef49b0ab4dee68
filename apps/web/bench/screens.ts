// P14: measures how long a customer's phone waits. Run `pnpm --filter @landfall/web bench` after `pnpm build`; an argument sets the rounds.

import { createServer, request } from 'node:http'
import { once } from 'node:events'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../e2e/browser.ts'
import { builtPage, webRoot } from '../e2e/gallery.ts'
import { place, type Placed } from '../e2e/order.ts'
import { portOf } from '../e2e/receiver.ts'
import { openShop, until, type Shop } from '../e2e/shop.ts'
import { sampleNames, shownSample } from '../testing/gallery.ts'
import { languages } from '../src/language.ts'
import { seen, type Seen } from './seen.ts'

const rounds = Number(process.argv[2] ?? '5')
type Row = readonly [figure: string, measured: string, goal: string, kept: boolean]

const rows: Row[] = [...(await sizes())]
await using shop = await openShop()
const browser = await openBrowser()
try {
  rows.push(...(await throttled(shop, browser)), ...(await deposits(shop, browser)))
} finally {
  await browser.close()
}
print(rows)
process.exitCode = rows.every(([, , , kept]) => kept) ? 0 : 1

async function sizes(): Promise<Row[]> {
  const built = await builtPage()
  const pages = sampleNames.flatMap((name) =>
    languages.map((language) => {
      const asked = {
        shown: shownSample(name),
        shopUrl: null,
        search: `?lang=${language}`,
        acceptLanguage: null,
      }
      return { name: `${name}, ${language}`, text: built.document(asked) }
    }),
  )
  const largest = pages
    .map(({ name, text }) => ({ name, text, bytes: gzipSync(text).length }))
    .toSorted((a, b) => b.bytes - a.bytes)[0]
  if (largest === undefined) throw new Error('no page')
  const path = /<script type="module" src="([^"]+)"/.exec(largest.text)?.[1] ?? ''
  const script = gzipSync(await readFile(join(webRoot, path)), { level: 9 }).length
  return [
    [
      `largest page, style included (${largest.name})`,
      kilo(largest.bytes),
      '≤ 14 kB gzip',
      largest.bytes <= 14_336,
    ],
    ['script of the result page', kilo(script), '≤ 82 kB, stretch 30 kB gzip', script <= 30_720],
  ]
}

/** Measures a bare page of the same size and the screen, alternately, from the same machine and with the same throttling. */
async function throttled(at: Shop, by: Browser): Promise<Row[]> {
  const placed = await paid(at)
  const bare = await openBare(await packedSize(placed.resultUrl))
  const [bares, screens]: [Seen[], Seen[]] = [[], []]
  try {
    for (let round = 0; round < rounds; round++) {
      bares.push(await seen(by, bare.url))
      screens.push(await seen(by, placed.resultUrl))
    }
  } finally {
    bare.close()
  }
  const [bareMs, screenMs] = [
    median(bares.map((each) => each.lcpMs)),
    median(screens.map((each) => each.lcpMs)),
  ]
  const ratios = screens.map((each, index) => each.lcpMs / (bares[index]?.lcpMs ?? 1))
  const shift = Math.max(...screens.map((each) => each.shift))
  const longest = Math.max(...screens.map((each) => each.longestTaskMs))
  const others = screens.flatMap((each) => each.otherOrigins)
  const liveMs = median(screens.map((each) => each.liveMs))
  return [
    [
      `outcome visible (LCP), slow 4G, CPU ÷ 4: ${screenMs.toFixed(0)} ms, bare page ${bareMs.toFixed(0)} ms`,
      `× ${(screenMs / bareMs).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      '≤ × 1.3',
      screenMs / bareMs <= 1.3,
    ],
    ['script has taken over, same throttle', `${liveMs.toFixed(0)} ms`, '–', true],
    ['layout shift (CLS)', shift.toFixed(4), '0', shift === 0],
    ['longest task', `${longest.toFixed(0)} ms`, '≤ 200 ms', longest <= 200],
    ['requests to other origins', String(others.length), '0', others.length === 0],
  ]
}

/** Measures the time from the deposit at the gateway to *paid* on the open page, with the webhook, on loopback. */
async function deposits(at: Shop, by: Browser): Promise<Row[]> {
  const times: number[] = []
  const context = await by.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
  const page = await context.newPage()
  for (let round = 0; round < rounds * 4; round++) {
    const placed = await place(at)
    const { redirectUrl } = await at.gateway.issueAccount(placed.impUid)
    await page.goto(redirectUrl ?? 'no redirect')
    await page.locator('main[data-kind="awaiting_deposit"]').waitFor()
    await page.locator('html[data-live]').waitFor({ state: 'attached' })
    await page.waitForTimeout(300) // the stream is open
    const startedAtMs = performance.now()
    const told = page.locator('main[data-kind="paid"]').waitFor()
    await Promise.all([at.gateway.deposit(placed.impUid), told])
    times.push(performance.now() - startedAtMs)
  }
  await context.close()
  const sorted = times.toSorted((a, b) => a - b)
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN
  return [
    [
      `deposit → open page says paid, p95 of ${times.length}`,
      `${p95.toFixed(0)} ms (median ${median(times).toFixed(0)})`,
      '≤ 1,000 ms',
      p95 <= 1_000,
    ],
  ]
}

async function paid(at: Shop): Promise<Placed> {
  const placed = await place(at)
  const { redirectUrl } = await at.gateway.approve(placed.impUid)
  await fetch(redirectUrl ?? 'no redirect')
  await until('paid', async () => (await at.order(placed.orderId)).status === 'paid')
  return placed
}

/** The transferred size of an answer. */
function packedSize(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      let size = 0
      answer.on('data', (chunk: Buffer) => (size += chunk.length))
      answer.on('end', () => resolve(size))
    })
    asked.on('error', reject).end()
  })
}

/** Serves one HTML response of the same compressed size: a heading and random bytes. */
async function openBare(size: number) {
  const noise = Array.from({ length: size }, () => Math.random().toString(36).slice(2, 3)).join('')
  const html = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><h1>결제가 완료됐어요</h1><!--`
  const body = `${html}${noise.slice(0, Math.max(0, size - Buffer.byteLength(html) - 3))}-->`
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html; charset=utf-8')
      .setHeader('cache-control', 'no-store')
      .end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${portOf(server)}/`, close: () => server.close() }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
function kilo(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} kB`
}
function print(all: readonly Row[]): void {
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`
  const lines = all.map(
    ([figure, measured, goal, kept]) => `| ${figure} | ${measured} | ${goal} | ${kept ? 'kept' : 'MISSED'} |`,
  )
  process.stdout.write(
    `P14, ${rounds} rounds, ${machine}\n\n| figure | measured | goal | |\n|---|--:|--:|---|\n${lines.join('\n')}\n`,
  )
}
