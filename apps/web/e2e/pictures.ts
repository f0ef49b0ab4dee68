// Takes the README's screenshots on a phone. Run `pnpm --filter @landfall/web pictures` after a build.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser, openPhone, type Visit } from './browser.ts'
import { buy, issueAccount, landsOn, payByCard } from './paying.ts'
import { openShop, type Shop } from './shop.ts'

const folder = join(import.meta.dirname, '../../../docs/pictures')

await mkdir(folder, { recursive: true })
await using shop = await openShop()
const browser = await openBrowser()
try {
  await photograph(shop, browser)
} finally {
  await browser.close()
}

async function photograph(at: Shop, by: Browser): Promise<void> {
  const shoot = async (visit: Visit, name: string): Promise<void> => {
    await visit.page.waitForTimeout(600) // entrance animations end
    await visit.page.screenshot({ path: join(folder, `phone-${name}.png`), scale: 'css' })
    process.stdout.write(`phone-${name}.png\n`)
  }
  {
    await using visit = await openPhone(by)
    await visit.page.goto(at.url)
    await visit.page.getByRole('button', { name: '구매하기' }).first().waitFor()
    await shoot(visit, 'shop')
    await buy(visit.page, at.url)
    await visit.page.getByRole('radio', { name: '신한카드' }).check()
    await shoot(visit, 'window')
    await payByCard(visit.page)
    await landsOn(visit.page, 'paid')
    await shoot(visit, 'paid')
  }
  {
    await using visit = await openPhone(by)
    await buy(visit.page, at.url, '달항아리 무드등')
    await issueAccount(visit.page)
    await landsOn(visit.page, 'awaiting_deposit')
    await shoot(visit, 'awaiting-deposit')
  }
  {
    await using visit = await openPhone(by)
    await buy(visit.page, at.url, '한지 노트')
    await payByCard(visit.page, '4000000000000002')
    await landsOn(visit.page, 'failed')
    await shoot(visit, 'failed')
  }
}
