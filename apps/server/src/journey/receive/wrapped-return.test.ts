import { request as rawRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import {
  buy,
  expectPaidOnce,
  go,
  isPaid,
  looks,
  orderId,
  orderOf,
  tell,
  tokenIn,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { limits } from '../../config/limits.ts'

const form = 'application/x-www-form-urlencoded'
const utm = Array.from({ length: 70 }, (_, index) => `utm_${index}=x`).join('&')

/** An order with an approved payment, which only the browser's return reports. */
async function paidInSilence(world: World) {
  world.gateway.misbehave({ webhook: 'never' })
  const bought = await buy(world)
  await world.gateway.approve(bought.impUid)
  return bought
}
const oddities = (world: World): string[] =>
  world.logs.filter((line) => line.includes('a return came in an odd address'))

const written = (address: string, token: string, impUid: string): string =>
  address
    .replaceAll('TOKEN', token)
    .replaceAll('IMP', impUid)
    .replaceAll('ORD', orderId)
    .replaceAll('OLD', 'imp_000000000001')

/** TOKEN, IMP and ORD stand for the order's own; OLD for another payment. */
const addresses: readonly string[] = [
  '/complete/TOKEN?imp_uid=IMP?merchant_uid=ORD',
  '/complete/TOKEN?a=1?imp_uid=IMP&imp_success=true',
  '/complete/TOKEN??imp_uid=IMP',
  '/complete/TOKEN%3Fimp_uid=IMP&merchant_uid=ORD',
  '/complete/TOKEN%3fimp_uid%3DIMP%26merchant_uid%3DORD',
  '/complete/TOKEN&imp_uid=IMP&merchant_uid=ORD',
  '/complete/TOKEN&imp_uid=IMP?merchant_uid=ORD',
  '/complete/TOKEN;imp_uid=IMP;merchant_uid=ORD',
  '/complete/TOKEN?imp_uid=IMP;merchant_uid=ORD',
  '/complete/TOKEN%26imp_uid=IMP',
  '/complete/TOKENimp_uid=IMP',
  '//complete/TOKEN?imp_uid=IMP',
  '//Complete/TOKEN?imp_uid=IMP',
  '//complete//TOKEN//?imp_uid=IMP&merchant_uid=ORD',
  '/complete//TOKEN/?imp_uid=IMP',
  '/complete/TOKEN/&imp_uid=IMP',
  '/complete/TOKEN/?imp_uid=IMP',
  '/complete/TOKEN%2F?imp_uid=IMP',
  '/complete/TOKEN%23/?imp_uid=IMP',
  '/complete/TOKEN?imp_uid=OLD&imp_uid=IMP',
  '/complete/TOKEN?imp_uid=OLD&merchant_uid=ORD&imp_uid=IMP&merchant_uid=ord-9999',
  '/complete/TOKEN?imp_uid=IMP&imp_success=true&imp_success=false',
  '/complete/TOKEN?imp_uid[]=OLD&imp_uid[]=IMP',
  '/complete/TOKEN?imp_uid%5B%5D=IMP&merchant_uid[0][x]=ORD',
  `/complete/TOKEN?imp_uid=IMP&${utm}`,
  `/complete/TOKEN?${utm}`,
  `/complete/TOKEN?imp_uid=IMP&x=${'x'.repeat(9_000)}`,
  '/complete/TOKEN?imp_uid=%E0%A4%A&merchant_uid=%&x=%ZZ',
  '/complete/TOKEN%?imp_uid=IMP',
  '/complete/TOKEN%E0%A4%A?imp_uid=IMP',
  '/complete/%22TOKEN%22?imp_uid=IMP',
  '/complete/TOKEN.?imp_uid=IMP',
  '/complete/https%3A%2F%2Fpay.example%2Fcomplete%2FTOKEN%3Fimp_uid%3DIMP',
]

describe('303 to the order’s own screen, through its own link', () => {
  test.for(addresses)(
    'R-24: the order is looked at, its screen shown, and one line says what was odd: %s',
    async (address) => {
      for (const method of ['GET', 'POST'] as const) {
        await using world = await startWorld()
        const { token, impUid } = await paidInSilence(world)
        const answer = await go(world.url + written(address, token, impUid), { method })
        expect([answer.status, tokenIn(answer)]).toEqual([303, token])
        await world.until('paid', () => isPaid(world), 5_000)
        await expectPaidOnce(world, impUid)
        const told = oddities(world)
        expect(told).toHaveLength(1)
        expect(JSON.parse(told[0] ?? '')).toMatchObject({
          orderId,
          problem: { where: expect.stringMatching(/^[a-z_ ,]+$/) },
        })
      }
    },
  )

  test('R-24: over a socket too, with the URL as it was written', async () => {
    await using world = await startWorld({ sockets: true })
    const { token, impUid } = await paidInSilence(world)
    const port = Number(new URL(world.url).port)
    const further = [
      '/complete/<TOKEN>?imp_uid=IMP',
      '/./complete/TOKEN&imp_uid=IMP',
      '/complete/TOKEN#?imp_uid[]=IMP',
    ]
    for (const address of [...addresses, ...further]) {
      const location = await new Promise<string | undefined>((resolve, reject) => {
        rawRequest({ port, path: written(address, token, impUid) }, (answer) =>
          resolve(answer.resume().headers.location),
        )
          .on('error', reject)
          .end()
      })
      expect([address, location]).toEqual([address, `${world.url}/result/${token}`])
    }
  })

  test('R-24: an ordinary URL is not reported: unknown parameters, one value twice, no parameters', async () => {
    await using world = await startWorld()
    const { returnUrl, impUid } = await paidInSilence(world)
    for (const query of [
      '',
      '?',
      `?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=true`,
      `?merchant_uid=${orderId}&imp_uid=${impUid}&merchant_uid=${orderId}&utm_source=a&utm_source=b`,
      '?imp_uid=null&error_msg=why?&x=a;b',
    ])
      expect((await go(returnUrl + query)).status).toBe(303)
    expect(oddities(world)).toEqual([])
  })

  test('R-24: of two different values neither is used, also when one is the order’s own *failed*', async () => {
    await using world = await startWorld()
    const { returnUrl, impUid } = await buy(world)
    await go(`${returnUrl}?imp_uid=${impUid}&imp_success=false&imp_success=true&error_msg=a&error_msg=b`)
    await world.pass(20_000)
    expect((await orderOf(world)).status).toBe('open')
    const [receipt] = await world.deps().store.query.select().from(world.deps().store.tables.receipts)
    expect(JSON.stringify(receipt)).not.toMatch(/"failure"|"success"/)
  })

  test('R-24, R-20: malformed form fields are ignored like malformed query parameters', async () => {
    await using world = await startWorld()
    const { returnUrl, token, impUid } = await paidInSilence(world)
    const body = `imp_uid=${impUid}&imp_uid[]=x&${utm}&x=${'x'.repeat(20_000)}`
    const headers = { 'content-type': form }
    const answer = await go(`${returnUrl}?imp_uid=imp_1`, { method: 'POST', headers, body })
    expect([answer.status, tokenIn(answer)]).toEqual([303, token])
    await world.until('paid', () => isPaid(world), 1_000)
  })

  test('R-24, R-17: over a socket a URL may fill the header limit; the parser refuses a longer one', async () => {
    await using world = await startWorld({ sockets: true })
    const { returnUrl, impUid } = await paidInSilence(world)
    const statusOf = async (length: number) =>
      (await go(`${returnUrl}?imp_uid=${impUid}&x=${'x'.repeat(length)}`)).status
    expect(await statusOf(limits.queryCharactersMax)).toBe(303)
    expect(await statusOf(limits.headersBytesMax - 2_500)).toBe(303)
    expect(await statusOf(limits.headersBytesMax)).toBe(431)
  })
})

describe('without a link of its own', () => {
  test('R-24, R-17: a malformed return is refused without a gateway call', async () => {
    await using world = await startWorld()
    const { token, impUid } = await paidInSilence(world)
    const forged = `${token.slice(0, -4)}AAAA`
    for (const address of addresses) {
      const answer = await go(world.url + written(address, forged, 'imp_000000000002'))
      // A return with odd slashes only that names one payment is an ordinary return.
      expect([303, 400, 404]).toContain(answer.status)
      expect(tokenIn(answer)).not.toBe(forged)
    }
    for (const query of [`imp_uid=${impUid}&imp_uid=imp_1`, 'imp_uid[]=imp_1', utm, `x=${'x'.repeat(9_000)}`])
      for (const path of ['/complete', `/complete/${forged}`, '//complete/'])
        expect([path, query.slice(0, 40), (await go(`${world.url}${path}?${query}`)).status]).toEqual([
          path,
          query.slice(0, 40),
          400,
        ])
    expect(oddities(world)).toEqual([])
    expect(looks(world).filter((path) => path.includes(impUid))).toEqual([])
  })

  test('R-24: a token of scope *outcome* is no link of an order', async () => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    const outcome = tokenIn(await go(`${world.url}/complete?imp_uid=${impUid}`))
    expect((await go(`${world.url}/complete/${outcome}?imp_uid=imp_1&imp_uid=imp_2`)).status).toBe(400)
    expect(oddities(world)).toEqual([])
  })

  test('R-24, R-07: HEAD does nothing in any address', async () => {
    await using world = await startWorld()
    const { token, impUid } = await paidInSilence(world)
    for (const address of addresses) {
      const answer = await go(world.url + written(address, token, impUid), { method: 'HEAD' })
      expect([address, answer.status]).toEqual([address, 204])
    }
    await world.pass(500)
    expect(await world.deps().store.query.select().from(world.deps().store.tables.receipts)).toEqual([])
  })

  test('R-24: `/completed` is another path', async () => {
    await using world = await startWorld()
    for (const path of ['/completed', '/complete-x', '/complete.html'])
      expect((await go(world.url + path)).status).toBe(404)
  })
})

describe('W-20: the webhook’s path', () => {
  test.for([
    '/webhooks/portone/',
    '//webhooks/portone',
    '/webhooks//portone',
    '//webhooks///portone//',
    '/webhooks/portone%20',
    '/webhooks/portone/%20',
    '/webhooks/portone%2f',
  ])('W-20: «%s» is the same door, counted like it', async (path) => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    const body = JSON.stringify({ imp_uid: impUid, merchant_uid: orderId, status: 'paid' })
    const headers = { 'content-type': 'application/json' }
    const send = () => go(world.url + path, { method: 'POST', headers, body })
    world.lag(limits.webhooksLagMsMax)
    expect((await send()).status).toBe(503)
    world.lag(0)
    expect(await (await send()).json()).toEqual({ status: 'stored' })
    await world.until('paid', () => isPaid(world), 5_000)
    expect((await go(world.url + path)).status).toBe(405)
    expect((await tell(world, body)).status).toBe(200)
  })

  test('W-20: a longer path is not found', async () => {
    await using world = await startWorld()
    for (const path of ['/webhooks/portone/x', '/webhooks/portonex', '/webhooks'])
      expect((await go(world.url + path, { method: 'POST', body: '{}' })).status).toBe(404)
  })
})
