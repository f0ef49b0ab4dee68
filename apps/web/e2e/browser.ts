import sparticuz from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { chromium, devices, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { PATIENCE_MS } from './patience.ts'
import { keep } from './written.ts'

/** Chromium from the system if there is one, else the one that comes from npm: `test` needs no other installer. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM'] ?? systemBrowsers.find((path) => existsSync(path))
  return chromium.launch({
    executablePath: own ?? (await sparticuz.executablePath()),
    // Only what a container without a sandbox of its own needs, and no calls home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  })
}

const phone = devices['iPhone 15']

/** A phone: its size, its touch, and the user agent by which the gateway's script tells it from a desktop. */
export async function openPhone(browser: Browser, locale: 'ko-KR' | 'en-US' = 'ko-KR'): Promise<Visit> {
  const context = await browser.newContext({
    ...phone,
    viewport: { width: 390, height: 844 },
    locale,
    timezoneId: 'Asia/Seoul',
  })
  return visitOf(context)
}

export async function openDesktop(browser: Browser, locale: 'ko-KR' | 'en-US' = 'ko-KR'): Promise<Visit> {
  return visitOf(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, locale, timezoneId: 'Asia/Seoul' }),
  )
}

type Look = {
  readonly width: number
  readonly locale?: 'ko-KR' | 'en-US'
  readonly script?: boolean
  readonly theme?: 'light' | 'dark'
  readonly zone?: string
  readonly forcedColors?: 'active' | 'none'
  readonly reducedMotion?: 'reduce' | 'no-preference'
}

/** A browser as a test of looks wants it. */
export async function openAs(browser: Browser, look: Look): Promise<Visit> {
  const { width, locale = 'ko-KR', script = true, theme = 'light', zone = 'Asia/Seoul' } = look
  return visitOf(
    await browser.newContext({
      viewport: { width, height: 844 },
      locale,
      timezoneId: zone,
      javaScriptEnabled: script,
      colorScheme: theme,
      forcedColors: look.forcedColors ?? 'none',
      reducedMotion: look.reducedMotion ?? 'no-preference',
    }),
  )
}

export type Visit = {
  readonly page: Page
  readonly complaints: string[]
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** What the browser says when a page does what its headers forbid, or when it does not understand the headers. */
const aboutPolicy = /Content Security Policy|Permissions-Policy|Cross-Origin-\w+-Policy|integrity/i

/** A page of its own that remembers what its script complained about, and what the browser complained about to do with its policy. */
async function visitOf(context: BrowserContext): Promise<Visit> {
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (aboutPolicy.test(message.text())) complaints.push(message.text())
  })
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: async () => {
      // What the visit ended on, when that is a page of ours; one that is just being left is none any more.
      const shown = await page.content().catch((error: unknown) => String(error))
      const isOurs = /^\/(result\/|complete|$)/.test(new URL(page.url()).pathname)
      keep('pages', 'a visit', isOurs ? [shown, ...complaints] : complaints)
      await context.close()
    },
  }
}
