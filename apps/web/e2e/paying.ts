import type { Page } from 'playwright-core'

/** The customer's steps: buy in the shop, pay in the window, read the screen. */

export async function buy(page: Page, url: string, product = '제주 한라봉 드립백'): Promise<void> {
  await page.goto(url)
  await appears(page, 'article button')
  const article = page.getByRole('article').filter({ has: page.getByRole('heading', { name: product }) })
  await article.getByRole('button', { name: '구매하기' }).click()
}

/** The same by the other protocol of a shop that has both. */
export async function buyByV2(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await appears(page, 'article button')
  await page.getByRole('radio', { name: 'PortOne V2' }).check()
  await page.getByRole('button', { name: '구매하기' }).first().click()
}

/** The gateway's window: the whole page on a phone, a frame over the shop on a desktop. */
export type Window = Pick<Page, 'getByRole' | 'getByLabel' | 'locator'>

export const approvedCard = '4242424242424242'

export async function payByCard(window: Window, cardNumber = approvedCard): Promise<void> {
  await window.getByRole('tab', { name: '신용카드' }).click()
  await window.getByRole('radio', { name: '신한카드' }).check()
  await window.getByLabel('카드번호').fill(cardNumber)
  await agreeAndPay(window)
}

export async function issueAccount(window: Window): Promise<void> {
  await window.getByRole('tab', { name: '가상계좌' }).click()
  await window.getByRole('radio', { name: '신한은행' }).check()
  await agreeAndPay(window)
}

async function agreeAndPay(window: Window): Promise<void> {
  await window.getByLabel('필수 약관 전체 동의').check()
  await window.getByRole('button', { name: /결제하기/ }).click()
}

/** Waits until the screen has one of these kinds, and returns its kind. */
export async function landsOn(page: Page, kind: string): Promise<void> {
  await page.waitForURL('**/result/**')
  await appears(page, `main[data-kind="${kind}"]`)
}

/** Checks at every animation frame. A locator checks only every half second. */
export async function appears(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector)
}

/** The order number on a result page. */
export async function orderIdOn(page: Page): Promise<string> {
  // Wait for the row: before the server's answer, the page shows *checking* without an order.
  const text = await page.locator('main [data-row="orderId"]').innerText()
  const orderId = /demo-[0-9a-f-]{18}/.exec(text)?.[0]
  if (orderId === undefined) throw new Error(`no order id on the page: ${text}`)
  return orderId
}
