// The shops of docs/integrate.md, written into an empty folder as a reader would.

import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { exampleEnvironment } from '../run/environment.ts'
import { buyInBrowser, openBrowser, payAgainInBrowser, type Device, type Means } from './in-browser.ts'
import { createProject, install, oldestNodeFolder, pack, root, type Project } from './packing.ts'
import { surround, type Surroundings } from './processes-around.ts'

const LINES_MAX = 25
const guide = readFileSync(join(root, 'docs/integrate.md'), 'utf8')
const blockOf = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(guide)?.[1] ?? ''
const page = blockOf('html')
const noticeSecret = exampleEnvironment(root)['NOTIFY_SECRETS'] ?? ''

const shops = [
  {
    name: 'Express',
    file: 'server.js',
    code: blockOf('js'),
    comment: '//',
    port: ['listen(3000)', 'listen(process.env.SHOP_PORT)'],
  },
  {
    name: 'Python',
    file: 'server.py',
    code: blockOf('py'),
    comment: '#',
    port: ['3000)', 'int(env["SHOP_PORT"]))'],
  },
] as const

const purchases: ReadonlyArray<[Device, Means, RegExp]> = [
  ['phone', 'card', /^결제가 완료되었습니다/],
  ['PC', 'card', /^결제가 완료되었습니다/],
  ['phone', 'account', /신한은행 \d+/],
  ['PC', 'account', /신한은행 \d+/],
]

let client = ''
let node = ''
beforeAll(async () => {
  client = (await pack()).client
  node = await oldestNodeFolder()
})

describe.each(shops)('the whole shop in $name', ({ name, file, code, comment, port: [written, asked] }) => {
  let project: Project
  let around: Surroundings
  beforeAll(async () => {
    project = createProject()
    project.write(file, code.replace(written, asked))
    project.write('public/index.html', page)
    const dependencies = { '@landfall/client': `file:${client}`, express: '5.3.0' }
    project.write('package.json', JSON.stringify({ private: true, type: 'module', dependencies }))
    if (name === 'Express') await install(project, client, node)
    const command = name === 'Express' ? join(node, 'node') : 'python3'
    around = await surround({ command, args: [file], folder: project.folder })
    project.write('public/index.html', page.replace('http://localhost:4010', around.sandboxUrl))
  })
  afterAll(async () => {
    await around?.[Symbol.asyncDispose]()
    project?.[Symbol.dispose]()
  })

  test(`is at most ${LINES_MAX} lines of server code`, () => {
    const lines = code.split('\n').map((line) => line.trim())
    const counted = lines.filter((line) => line !== '' && !line.startsWith(comment))
    expect(counted.length).toBeLessThanOrEqual(LINES_MAX)
    expect(counted.length).toBeGreaterThan(10)
  })

  test.each(purchases)('with a browser on a %s, by %s', async (device, means, expected) => {
    await using browser = await openBrowser()
    const { says, complaints } = await buyInBrowser(browser, { shopUrl: around.shopUrl, device, means })
    expect(says).toMatch(expected)
    expect(complaints).toEqual([])
  })

  test.each(['다시 결제하기', '쇼핑몰로 돌아가기'] as const)(
    'a failed try comes back by «%s», and the second is paid under the same number',
    async (link) => {
      await using browser = await openBrowser()
      const { says, orderIds, complaints } = await payAgainInBrowser(browser, around.shopUrl, link)
      expect(says).toMatch(/^결제가 완료되었습니다/)
      expect(orderIds).toEqual([expect.stringMatching(/^ord-/), orderIds[0]])
      expect(complaints).toEqual([])
    },
  )

  test('the shop takes each notice', async () => {
    await vi.waitUntil(
      async () => (await stateOfNotices(around)).every((state) => state === 'delivered'),
      20_000,
    )
    expect((await stateOfNotices(around)).length).toBeGreaterThanOrEqual(6)
  })

  test('R-01: a thank-you address that somebody types shows nothing paid', async () => {
    await using browser = await openBrowser()
    await buyInBrowser(browser, { shopUrl: around.shopUrl, device: 'phone', means: 'card' })
    const stranger = await browser.newPage()
    const { orderId } = await newestOrder(around)
    for (const typed of [`order_id=${orderId}&imp_success=true`, 'order_id=ord-none']) {
      await stranger.goto(`${around.shopUrl}/?${typed}`)
      expect(await stranger.getByRole('status').innerText()).toBe('주문을 찾을 수 없습니다.')
    }
  })

  test('N-03: only a notice that Landfall signed within five minutes is taken', async () => {
    expect(await statusOf(around, {})).toBeLessThan(300)
    expect(await statusOf(around, { secret: 'another' })).toBe(401)
    expect(await statusOf(around, { secondsAgo: 600 })).toBe(401)
    expect(await statusOf(around, { secondsAgo: -600 })).toBe(401)
    expect(await statusOf(around, { changed: true })).toBe(401)
    expect((await fetch(`${around.shopUrl}/landfall`, { method: 'POST', body: '{}' })).status).toBe(401)
  })
})

const Orders = z.object({ orders: z.array(z.object({ orderId: z.string() })).min(1) })
const Notices = z.object({ notices: z.array(z.object({ state: z.string() })) })

async function ask(around: Surroundings, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${around.merchantKey}` }
  return (await fetch(`${around.serverUrl}${path}`, { headers })).json()
}
const stateOfNotices = async (around: Surroundings): Promise<string[]> =>
  Notices.parse(await ask(around, '/v1/notices')).notices.map(({ state }) => state)

async function newestOrder(around: Surroundings): Promise<{ orderId: string }> {
  const { orders } = Orders.parse(await ask(around, '/v1/orders?status=paid'))
  return orders.at(-1) ?? { orderId: '' }
}

type Sent = { readonly secret?: string; readonly secondsAgo?: number; readonly changed?: boolean }

/** The shop's answer to a notice that is signed as Landfall signs, with what is wrong about it. */
async function statusOf(
  around: Surroundings,
  { secret, secondsAgo = 0, changed = false }: Sent,
): Promise<number> {
  const body = JSON.stringify({
    type: 'payment.paid',
    data: { order: { orderId: 'ord-signed', status: 'paid' } },
  })
  const sentAt = String(Math.floor(Date.now() / 1_000) - secondsAgo)
  const key =
    secret === undefined ? Buffer.from(noticeSecret.replace('whsec_', ''), 'base64') : Buffer.from(secret)
  const signature = createHmac('sha256', key).update(`id.${sentAt}.${body}`).digest('base64')
  const headers = {
    'webhook-id': 'id',
    'webhook-timestamp': sentAt,
    // Both during an exchange of secrets.
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} v1,${signature}`,
  }
  const sent = changed ? body.replace('ord-signed', 'ord-forged') : body
  return (await fetch(`${around.shopUrl}/landfall`, { method: 'POST', headers, body: sent })).status
}
