import { readReturnQuery, type ReadReturn } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { call } from '../../testing/procedures.ts'
import { everything } from '../../testing/rows.ts'
import { buy, comeBack, go, isPaid, register, screenOf, tokenIn } from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { receiveReturn } from '../journey/receive/return.ts'
import { limits } from '../config/limits.ts'

/** Ids of equal length: an open order, a paid order, and two unregistered ones. */
const ids = ['ord-open', 'ord-paid', 'ord-none', 'ord-9999']

async function startShop(): Promise<World> {
  const world = await startWorld()
  await register(world, { orderId: 'ord-open' })
  const { impUid } = await buy(world, { orderId: 'ord-paid' })
  await comeBack(await world.gateway.approve(impUid))
  await world.until('paid', () => isPaid(world, 'ord-paid'))
  await world.pass(10_000)
  return world
}

/** The whole answer as a stranger sees it; each token is replaced by its length. */
async function seen(answer: Response) {
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date'))
  const text = await answer.text()
  const anonymous = (each: string): string =>
    each.replace(/[\w-]{20,}\.[\w-]+\.[\w-]+/g, (token) => `<${token.length}>`)
  return {
    status: answer.status,
    headers: { ...headers, location: anonymous(headers['location'] ?? '') },
    text: anonymous(text),
  }
}

/** Sends the same request for every id and returns the distinct answers: one element if they are alike. */
async function answersOf(ask: (id: string) => Promise<Response>): Promise<ReadonlySet<string>> {
  const answers = new Set<string>()
  for (const id of ids) answers.add(JSON.stringify(await seen(await ask(id))).replaceAll(id, 'ord-xxxx'))
  return answers
}

function saidBy(impUid: string): ReadReturn {
  const read = readReturnQuery(`imp_uid=${impUid}`)
  if (!read.ok) throw new Error(read.problem.where)
  return read.value
}

describe('R-11, P-01: registered and unregistered orders', () => {
  test('answer a return that names only the order alike: status, headers, size', async () => {
    await using world = await startShop()
    for (const query of ['', '&imp_success=true', '&imp_success=false&error_msg=x'])
      for (const init of [{}, { headers: { accept: 'text/html' } }, { method: 'POST' }]) {
        const answers = await answersOf((id) => go(`${world.url}/complete?merchant_uid=${id}${query}`, init))
        expect([...answers]).toHaveLength(1)
        expect([...answers][0]).toContain('"status":303')
      }
  })

  test('answer alike while invented payments exceed the limit of stored claims', async () => {
    await using world = await startShop()
    const invented = (index: number): string => `imp_${String(index).padStart(12, '0')}`
    const fields = Array.from({ length: limits.unknownClaims.burst + 1 }, (_, index) =>
      saidBy(invented(index)),
    )
    const landed = await Promise.all(fields.map((each) => receiveReturn(world.journey(), each, null)))
    expect(landed.filter(({ ok }) => ok)).toHaveLength(fields.length)
    expect(await world.journey().measure()).toMatch(/refused_claims[^\n]*visit[^\n]* [1-9]/)
    const answers = await answersOf((id) =>
      go(`${world.url}/complete?imp_uid=${invented(9_999)}&merchant_uid=${id}`),
    )
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toContain('"status":303')
  })

  test('answer alike while storage refuses writes', async () => {
    await using world = await startShop()
    world.failDisk(true)
    const answers = await answersOf((id) => go(`${world.url}/complete?merchant_uid=${id}`))
    expect([...answers]).toHaveLength(1)
    world.failDisk(false)
  })

  test('answer `payments.verify` alike, without calling the gateway first', async () => {
    await using world = await startShop()
    const verify = { path: 'payments.verify', type: 'mutation' } as const
    const asked = world.gateway.calls().length
    const answers = await answersOf((id) => call(world.url, verify, { merchant_uid: id }))
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toContain('checking')
    // The work loop makes the hastened lookups: naming an order waits for none, and a paid order is not looked up.
    await world.pass(0)
    const looked = world.gateway.calls().slice(asked)
    expect(looked.every(({ path }) => path.includes('ord-open'))).toBe(true)
  })

  test('show the same screens through the token that such a return receives', async () => {
    await using world = await startShop()
    const tokens: string[] = []
    for (const id of ids) tokens.push(tokenIn(await go(`${world.url}/complete?merchant_uid=${id}`)))
    const shown = async () => {
      const screens = []
      for (const token of tokens)
        screens.push(JSON.stringify({ ...(await screenOf(world, token)), token: '' }))
      return [...new Set(screens)].map((text) => JSON.parse(text).kind)
    }
    expect(await shown()).toEqual(['checking'])
    await world.pass(61_000)
    expect(await shown()).toEqual(['not_found'])
  })

  test('have ids that open no screen and cause no lookup', async () => {
    await using world = await startShop()
    const before = await everything(world)
    for (const path of ['payments.screen', 'payments.watch'])
      expect([
        ...(await answersOf((id) =>
          call(world.url, { path, type: 'query' }, {}, { authorization: `Bearer ${id}` }),
        )),
      ]).toHaveLength(1)
    const verify = { path: 'payments.verify', type: 'mutation' } as const
    const answers = await answersOf((id) => call(world.url, verify, { token: id }))
    expect([...answers]).toEqual([expect.stringContaining('"status":401')])
    expect(await everything(world)).toEqual(before)
  })

  test('answer an invalid merchant key alike', async () => {
    await using world = await startShop()
    for (const path of ['orders.get', 'orders.reconcile', 'orders.cancel']) {
      const type = path === 'orders.get' ? 'query' : 'mutation'
      const headers = { authorization: 'Bearer no-key-of-this-shop' }
      const answers = await answersOf((id) => call(world.url, { path, type }, { orderId: id }, headers))
      expect([...answers]).toEqual([expect.stringContaining('"status":401')])
    }
  })
})
