import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { customerOf } from './customer.ts'
import { buyInBrowser, openBrowser, payAgainInBrowser, type Device, type Means } from './in-browser.ts'
import { createProject, install, oldestNodeFolder, pack, run, type Project } from './packing.ts'
import { surround, type Surroundings } from './processes-around.ts'

let client = ''
let node = ''
beforeAll(async () => {
  client = (await pack()).client
  node = await oldestNodeFolder()
})

const examples = [
  { name: 'express', command: () => join(node, 'node'), args: ['server.js'], installs: true, builds: false },
  {
    name: 'nextjs',
    command: () => join(node, 'node'),
    args: ['node_modules/next/dist/bin/next', 'start'],
    installs: true,
    builds: true,
  },
  { name: 'python', command: () => 'python3', args: ['server.py'], installs: false, builds: false },
]

const purchases: ReadonlyArray<[Device, Means, RegExp]> = [
  ['phone', 'card', /^결제가 완료되었습니다/],
  ['PC', 'card', /^결제가 완료되었습니다/],
  ['phone', 'account', /신한은행 \d+/],
  ['PC', 'account', /신한은행 \d+/],
]

describe.each(examples)('the shop in examples/$name', ({ name, command, args, installs, builds }) => {
  let project: Project
  let around: Surroundings
  let customer: ReturnType<typeof customerOf>
  beforeAll(async () => {
    project = createProject(`examples/${name}`)
    if (installs) await install(project, client, node)
    if (builds) await run('npm', ['run', 'build'], project.folder, node)
    around = await surround({ command: command(), args, folder: project.folder })
    customer = customerOf(around)
  })
  afterAll(async () => {
    await around?.[Symbol.asyncDispose]()
    project?.[Symbol.dispose]()
  })

  test('on a phone: pays, comes back, is told so, and the goods are shipped', async () => {
    const order = await customer.order()
    expect(await customer.state(order)).toEqual({ status: 'open', balance: 0, account: null, shipped: false })
    const { redirectUrl } = await customer.pay(await customer.open(order))
    expect(await customer.comeBack(redirectUrl)).toBe(303)
    const state = await customer.until(order, ({ shipped }) => shipped)
    expect(state).toEqual({ status: 'paid', balance: 14_000, account: null, shipped: true })
  })

  test('on a PC: the script’s answer is taken to the same address', async () => {
    const order = await customer.order()
    const { callback } = await customer.pay(await customer.open(order, { returnBy: 'callback' }))
    const said = new URLSearchParams({ imp_uid: callback?.imp_uid ?? '', merchant_uid: order.orderId })
    expect(await customer.comeBack(`${order.returnUrl}?${said.toString()}`)).toBe(303)
    await customer.until(order, ({ status, shipped }) => status === 'paid' && shipped)
  })

  test('a tab that never comes back changes nothing', async () => {
    const order = await customer.order()
    await customer.pay(await customer.open(order))
    await customer.until(order, ({ status, shipped }) => status === 'paid' && shipped)
  })

  test('a virtual account is shown, and ships once the deposit is there', async () => {
    const order = await customer.order()
    const impUid = await customer.open(order, { payMethod: 'vbank' })
    const { redirectUrl } = await customer.end(impUid, 'issue-account')
    await customer.comeBack(redirectUrl)
    const waiting = await customer.until(order, ({ status }) => status === 'awaiting_deposit')
    expect(waiting).toMatchObject({
      account: { bank: expect.any(String), number: expect.any(String) },
      shipped: false,
    })
    await customer.act(impUid, 'deposit')
    expect(await customer.until(order, ({ shipped }) => shipped)).toMatchObject({
      status: 'paid',
      account: null,
    })
  })

  test('R-01: an address that claims success, and an unsigned notice, ship nothing', async () => {
    const order = await customer.order()
    const claim = new URLSearchParams({
      imp_uid: 'imp_000000000000',
      merchant_uid: order.orderId,
      imp_success: 'true',
    })
    await customer.comeBack(`${order.returnUrl}?${claim.toString()}`)
    expect(await customer.statusOfForgedNotice(order)).toBe(401)
    expect(await customer.state(order)).toMatchObject({ status: 'open', shipped: false })
  })

  test('M-09: staff refunds a part, and a second click refunds nothing more', async () => {
    const order = await customer.order()
    await customer.pay(await customer.open(order))
    await customer.until(order, ({ shipped }) => shipped)
    const wish = { amount: 4_000, idempotencyKey: `refund-${order.orderId}` }
    expect((await customer.refund(order, wish, 'stranger')).status).toBe(401)
    for (const click of [1, 2])
      expect([click, await customer.refund(order, wish)]).toMatchObject([
        click,
        { status: 200, body: { amount: 4_000 } },
      ])
    const state = await customer.until(order, ({ status }) => status === 'partially_cancelled')
    expect(state.balance).toBe(10_000)
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

  test('another try of a paid order, or of another customer’s, is a new number', async () => {
    const failed = await customer.order()
    await customer.end(await customer.open(failed), 'refuse', { cause: 'limit' })
    expect((await customer.order({ ...failed, cookie: '' })).orderId).not.toBe(failed.orderId)
    const again = await customer.order(failed)
    expect(again.orderId).toBe(failed.orderId)
    await customer.pay(await customer.open(again))
    await customer.until(again, ({ status }) => status === 'paid')
    expect((await customer.order(again)).orderId).not.toBe(failed.orderId)
  })

  test('the thank-you page is the shop’s, and tells strangers nothing', async () => {
    const order = await customer.order()
    expect(await customer.page(`/thanks?order_id=${order.orderId}`)).toContain('드립백 상점')
    const { orderId } = order
    const [name = ''] = order.cookie.split('=')
    for (const forged of [
      '',
      `order=${orderId}`,
      `${name}=${orderId}`,
      `${name}=`,
      `${name}=undefined`,
      name,
    ])
      expect([forged, await customer.statusWith(order, forged)]).toEqual([forged, 404])
  })

  test('two tabs are two orders: neither takes the other’s cookie', async () => {
    const tabs = [await customer.order(), await customer.order()]
    const kept = new Map(tabs.map(({ cookie }) => [cookie.split('=')[0], cookie]))
    const jar = [...kept.values()].join('; ')
    for (const order of tabs) expect(await customer.statusWith(order, jar)).toBe(200)
  })
})

describe('the shop in examples/express, switched to V2', () => {
  let project: Project
  let around: Surroundings
  beforeAll(async () => {
    project = createProject('examples/express')
    await install(project, client, node)
    const shop = { command: join(node, 'node'), args: ['server.js'], folder: project.folder }
    around = await surround(shop, { SHOP_GATEWAY: 'portone-v2' })
  })
  afterAll(async () => {
    await around?.[Symbol.asyncDispose]()
    project?.[Symbol.dispose]()
  })

  test.each(purchases)('with a browser on a %s, by %s', async (device, means, expected) => {
    await using browser = await openBrowser()
    const { says, complaints } = await buyInBrowser(browser, { shopUrl: around.shopUrl, device, means })
    expect(says).toMatch(expected)
    expect(complaints).toEqual([])
    expect(await paidByV1(around)).toEqual([])
  })

  test('a failed try comes back, and the second is paid under the same number', async () => {
    await using browser = await openBrowser()
    const { says, orderIds, complaints } = await payAgainInBrowser(browser, around.shopUrl, '다시 결제하기')
    expect(says).toMatch(/^결제가 완료되었습니다/)
    expect(orderIds).toEqual([expect.stringMatching(/^ord-/), orderIds[0]])
    expect(complaints).toEqual([])
  })
})

/** The payments whose window V1 opened; V1 alone begins its ids so. */
async function paidByV1({ sandboxUrl }: Surroundings): Promise<string[]> {
  const answer = await fetch(`${sandboxUrl}/control/payments`)
  const ids = z
    .array(z.object({ imp_uid: z.string() }))
    .min(1)
    .parse(await answer.json())
  return ids.map(({ imp_uid: id }) => id).filter((id) => id.startsWith('imp_'))
}
