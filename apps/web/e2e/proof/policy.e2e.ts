import { describe, expect, test } from 'vitest'
import { openAs, type Visit } from '../browser.ts'
import { place } from '../order.ts'
import { stage } from '../stage.ts'
import { openWire, type OnTheWay } from '../wire.ts'

const { shop, browser } = stage()

describe('the pages outside the payment flow keep their policy too', () => {
  test('R-11, P-05: the pages without an order look as intended and violate no policy', async () => {
    await using visit = await openAs(browser(), { width: 390 })
    for (const path of ['/nowhere', '/complete?error_msg=<script>alert(1)</script>', '/result/x']) {
      await visit.page.goto(shop().url + path)
      const margin = await visit.page.evaluate(() => getComputedStyle(document.body).marginTop)
      expect([path, margin]).toEqual([path, '0px'])
    }
    expect(visit.complaints).toEqual([])
  })
})

const own = `document.title = 'owned'`
/** Code that a proxy or a vulnerability could inject into the page. */
const smuggled = [
  `<script>${own}</script>`,
  `<script src="data:text/javascript,${own}"></script>`,
  `<img src="/nowhere.png" onerror="${own}">`,
  `<svg onload="${own}"></svg>`,
  `<a id="trap" href="javascript:void(${own})">trap</a>`,
  `<iframe srcdoc="<script>parent.${own}</script>"></iframe>`,
  `<style>html { border: 7px solid red }</style>`,
  `<p id="styled" style="border: 7px solid red">p</p>`,
].join('')

const smuggle: OnTheWay = (_path, text) =>
  text.includes('</body>') ? text.replace('</body>', `${smuggled}</body>`) : null
const smuggleWithoutPolicy: OnTheWay = (path, text, headers) => {
  delete headers['content-security-policy']
  return smuggle(path, text, headers)
}

/** The effects of the injected code on a page, also when a script of the page itself inserts it. */
async function smuggledInto(visit: Visit, path: string, onTheWay: OnTheWay) {
  await using wire = await openWire(shop().url, onTheWay)
  const { page } = visit
  const toldBefore = visit.complaints.length
  await page.goto(wire.url + path)
  const before = await page.title()
  await page.evaluate((code) => {
    document.getElementById('trap')?.click()
    const [script, style] = [document.createElement('script'), document.createElement('style')]
    script.textContent = code
    style.textContent = 'html { border: 7px solid red }'
    document.body.append(script, style)
  }, own)
  const after = await page.title()
  const borders = await page.evaluate(() =>
    [document.documentElement, document.getElementById('styled') ?? document.body].map(
      (element) => getComputedStyle(element).borderTopWidth,
    ),
  )
  return {
    ran: [before, after].includes('owned'),
    styled: borders.includes('7px'),
    told: visit.complaints.length - toldBefore,
  }
}

describe('injected code', () => {
  test('P-06, R-14: neither runs nor applies styles in the shop, a result page and a neutral page', async () => {
    const { token } = await place(shop())
    await using visit = await openAs(browser(), { width: 390 })
    for (const path of ['/', `/result/${token}`, '/result/x', '/nowhere', '/complete?error_msg=x']) {
      const found = await smuggledInto(visit, path, smuggle)
      expect([path, found.ran, found.styled]).toEqual([path, false, false])
      expect(found.told).toBeGreaterThanOrEqual(5)
    }
  })

  test('runs and applies styles without the policy, so the test is meaningful', async () => {
    await using visit = await openAs(browser(), { width: 390 })
    for (const path of ['/result/x', '/nowhere'])
      expect(await smuggledInto(visit, path, smuggleWithoutPolicy)).toMatchObject({ ran: true, styled: true })
  })

  test('P-06: the browser refuses a modified script of ours, and the result stays readable', async () => {
    const { resultUrl, orderId } = await place(shop())
    const change: OnTheWay = (path, text) => (/^\/assets\/.*\.js$/.test(path) ? `${own};${text}` : null)
    await using wire = await openWire(shop().url, change)
    for (const url of [resultUrl.replace(shop().url, wire.url), wire.url]) {
      await using visit = await openAs(browser(), { width: 390 })
      await visit.page.goto(url)
      expect(await visit.page.title()).not.toBe('owned')
      expect(visit.complaints).toEqual([expect.stringContaining('integrity')])
      if (url !== wire.url) expect(await visit.page.locator('main').innerText()).toContain(orderId)
    }
  })

  test('P-06: no page of ours appears in another site’s frame', async () => {
    const paths = ['/', '/result/x', '/nowhere', '/complete']
    const frames = paths.map((path) => `<iframe src="${shop().url}${path}"></iframe>`).join('')
    await using wire = await openWire(shop().url, (_path, _text, headers) => {
      delete headers['content-security-policy']
      return `<!doctype html><title>theirs</title>${frames}`
    })
    await using visit = await openAs(browser(), { width: 390 })
    await visit.page.goto(wire.url)
    expect(visit.complaints.filter((each) => each.includes('frame-ancestors'))).toHaveLength(paths.length)
  })
})
