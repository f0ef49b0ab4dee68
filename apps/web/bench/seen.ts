import type { Browser } from 'playwright-core'

export type Seen = {
  readonly lcpMs: number
  /** Cumulative layout shift. */
  readonly shift: number
  readonly longestTaskMs: number
  /** When hydration ended. NaN for a page without script. */
  readonly liveMs: number
  readonly otherOrigins: readonly string[]
}

/** Slow 4G (400 ms round trip, 400 kb/s) and a processor four times slower. */
const network = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }

/** Measures one throttled visit with an empty cache, until the page is idle. */
export async function seen(browser: Browser, url: string): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' })
  try {
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', network)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    const otherOrigins: string[] = []
    page.on('request', (request) => {
      const { origin } = new URL(request.url())
      if (origin !== new URL(url).origin) otherOrigins.push(origin)
    })
    await page.addInitScript(record)
    await page.goto(url, { waitUntil: 'networkidle' })
    await page.waitForTimeout(500)
    const read: unknown = JSON.parse(await page.evaluate(() => JSON.stringify(Reflect.get(window, 'seen'))))
    return { ...figuresIn(read), otherOrigins }
  } finally {
    await context.close()
  }
}

function figuresIn(read: unknown): Omit<Seen, 'otherOrigins'> {
  const at = (name: string): number =>
    typeof read === 'object' && read !== null ? Number(Reflect.get(read, name)) : Number.NaN
  return {
    lcpMs: at('lcpMs'),
    shift: at('shift'),
    longestTaskMs: at('longestTaskMs'),
    liveMs: at('liveMs'),
  }
}

/** Runs in the page before any other script. */
function record(): void {
  const found = { lcpMs: Number.NaN, shift: 0, longestTaskMs: 0, liveMs: Number.NaN }
  Reflect.set(window, 'seen', found)
  const watch = (type: string, note: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true })
  watch('largest-contentful-paint', (entry) => (found.lcpMs = entry.startTime))
  watch('layout-shift', (entry) => (found.shift += Number(Reflect.get(entry, 'value'))))
  watch('longtask', (entry) => (found.longestTaskMs = Math.max(found.longestTaskMs, entry.duration)))
  new MutationObserver(() => {
    if (document.documentElement?.hasAttribute('data-live') && Number.isNaN(found.liveMs))
      found.liveMs = performance.now()
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-live'] })
}
