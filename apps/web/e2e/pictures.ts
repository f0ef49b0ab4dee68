// Photographs the journey for the README, on a phone and on a desktop: `pnpm --filter @landfall/web pictures` after a build.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser, openDesktop, openPhone, type Visit } from './browser.ts'
import { buy, issueAccount, landsOn, payByCard } from './paying.ts'
import { openShop, type Shop } from './shop.ts'

const folder = join(import.meta.dirname, '../../../docs/pictures')

await mkdir(folder, { recursive: true })
await using shop = await openShop()
const browser = await openBrowser()
try {
  await photograph(shop, browser, 'phone', openPhone)
  await photograph(shop, browser, 'desktop', openDesktop)
} finally {
  await browser.close()
}

async function photograph(
  at: Shop,
  by: Browser,
  device: 'phone' | 'desktop',
  open: (browser: Browser) => Promise<Visit>,
): Promise<void> {
  const shoot = async (visit: Visit, name: string): Promise<void> => {
    await visit.page.waitForTimeout(600) // entrance animations end
    await visit.page.screenshot({ path: join(folder, `${device}-${name}.png`) })
    process.stdout.write(`${device}-${name}.png\n`)
  }
  const window = (visit: Visit) => (device === 'phone' ? visit.page : visit.page.frameLocator('iframe'))
  {
    await using visit = await open(by)
    await visit.page.goto(at.url)
    await visit.page.getByRole('button', { name: '구매하기' }).first().waitFor()
    await shoot(visit, 'shop')
    await buy(visit.page, at.url)
    await window(visit).getByRole('radio', { name: '신한카드' }).check()
    await shoot(visit, 'window')
    await payByCard(window(visit))
    await landsOn(visit.page, 'paid')
    await shoot(visit, 'paid')
  }
  {
    await using visit = await open(by)
    await buy(visit.page, at.url, '달항아리 무드등')
    await issueAccount(window(visit))
    await landsOn(visit.page, 'awaiting_deposit')
    await shoot(visit, 'awaiting-deposit')
  }
  {
    await using visit = await open(by)
    await buy(visit.page, at.url, '한지 노트')
    await payByCard(window(visit), '4000000000000002')
    await landsOn(visit.page, 'failed')
    await shoot(visit, 'failed')
  }
}
