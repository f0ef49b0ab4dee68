import sparticuz from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { chromium, devices, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { PATIENCE_MS } from './patience.ts'
import { keep } from './written.ts'

/** Opens the system's Chromium, else the one from npm, so that `test` needs no other installer. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM'] ?? systemBrowsers.find((path) => existsSync(path))
  return chromium.launch({
    executablePath: own ?? (await sparticuz.executablePath()),
    // A container without its own sandbox needs these arguments. They also disable Chromium's background requests.
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

/** A phone: its size, touch, and the user agent by which the gateway's script detects a phone. */
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

/** Opens a page with the settings of a layout test. */
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

/** The browser's messages about a policy violation or an unreadable header. */
const aboutPolicy = /Content Security Policy|Permissions-Policy|Cross-Origin-\w+-Policy|integrity/i

/** Opens a page that collects script errors and policy violations. */
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
      // Keep the last page if it is ours. A page during navigation has no content to keep.
      const shown = await page.content().catch((error: unknown) => String(error))
      const isOurs = /^\/(result\/|complete|$)/.test(new URL(page.url()).pathname)
      keep('pages', 'a visit', isOurs ? [shown, ...complaints] : complaints)
      await context.close()
    },
  }
}
