// A customer with a browser, who buys in an example shop and pays in the sandbox's window.

import sparticuz from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { chromium, devices } from 'playwright-core'
import type { Browser, FrameLocator, Page } from 'playwright-core'

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM'] ?? systemBrowsers.find((path) => existsSync(path))
  const executablePath = own ?? (await sparticuz.executablePath())
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

export type Device = 'phone' | 'PC'
export type Means = 'card' | 'account'

/** Buys until the gateway has sent the browser to Landfall's screen, then follows the way back to the shop. Returns what the shop's page says. */
export async function buyInBrowser(
  browser: Browser,
  { shopUrl, device, means }: { shopUrl: string; device: Device; means: Means },
): Promise<{ readonly says: string; readonly complaints: readonly string[] }> {
  const context = await browser.newContext({
    ...(device === 'phone' ? devices['iPhone 15'] : {}),
    locale: 'ko-KR',
  })
  const complaints: string[] = []
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(shopUrl)
    await page.getByRole('button', { name: means === 'card' ? '카드' : '가상계좌' }).click()
    await pay(device === 'phone' ? page : page.frameLocator('iframe'), means)
    await page.waitForURL(/\/result\//)
    await page.getByRole('link', { name: '쇼핑몰로 돌아가기' }).click()
    await page.waitForURL(isBack(shopUrl))
    const says = page.getByText(means === 'card' ? '완료' : '입금해')
    return { says: await says.innerText(), complaints }
  } finally {
    await context.close()
  }
}

/** Fails to pay on a phone, comes back by one of the screen's links, and pays from the shop's page. Returns the number of each try. */
export async function payAgainInBrowser(
  browser: Browser,
  shopUrl: string,
  link: '다시 결제하기' | '쇼핑몰로 돌아가기',
): Promise<{
  readonly says: string
  readonly orderIds: readonly string[]
  readonly complaints: readonly string[]
}> {
  const context = await browser.newContext({ ...devices['iPhone 15'], locale: 'ko-KR' })
  const complaints: string[] = []
  const orderIds: string[] = []
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(shopUrl)
    for (const cardNumber of ['4000000000000002', '4242424242424242']) {
      await page.getByRole('button', { name: '카드' }).click()
      await pay(page, 'card', cardNumber)
      await page.waitForURL(/\/result\//)
      const isFirst = orderIds.length === 0
      await page.getByRole('link', { name: isFirst ? link : '쇼핑몰로 돌아가기' }).click()
      await page.waitForURL(isBack(shopUrl))
      orderIds.push(new URL(page.url()).searchParams.get('order_id') ?? '')
    }
    return { says: await page.getByText('완료').innerText(), orderIds, complaints }
  } finally {
    await context.close()
  }
}

const isBack =
  (shopUrl: string) =>
  ({ origin, searchParams }: URL): boolean =>
    origin === new URL(shopUrl).origin && searchParams.has('order_id')

/** The window: the whole page on a phone, a frame over the shop on a PC. */
async function pay(
  window: Page | FrameLocator,
  means: Means,
  cardNumber = '4242424242424242',
): Promise<void> {
  await window.getByRole('tab', { name: means === 'card' ? '신용카드' : '가상계좌' }).click()
  if (means === 'card') await window.getByLabel('카드번호').fill(cardNumber)
  await window.getByRole('radio', { name: means === 'card' ? '신한카드' : '신한은행' }).check()
  await window.getByLabel('필수 약관 전체 동의').check()
  await window.getByRole('button', { name: /결제하기/ }).click()
}
