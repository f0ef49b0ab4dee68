import type { BuiltPage } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { engines } from '../../testing/fresh-database.ts'
import { go, orderOf } from '../../testing/shopper.ts'
import { earlierDatabase, earlierTokenSecret, left } from '../../testing/upgrade/earlier-database.ts'
import { startWorld, type World } from '../../testing/world.ts'
import { canary } from '../../testing/written.ts'
import { createApp } from '../http/app.ts'
import { pagesOf } from '../http/page.ts'
import { readBooks } from '../store/books.ts'

/** This version's server on what the version before has left. */
const upgraded = async (engine: (typeof engines)[number]): Promise<World> => {
  const env = { TOKEN_SECRET: `${canary('token secret')}, ${earlierTokenSecret}` }
  const world = await startWorld({ engine: await earlierDatabase(engine), env })
  await world.clock.advance(left.atMs - world.clock.nowMs())
  return world
}

const tokenOf = (orderId: string): string => left.tokens[orderId] ?? ''
const built: BuiltPage = {
  style: 'a{}',
  document: ({ shown }) => `<main data-kind="${shown?.kind ?? 'none'}">`,
  calendar: () => null,
}

/** What a page shows that is loaded anew. */
async function reloaded(world: World, token: string): Promise<string | undefined> {
  const app = createApp(world.journey(), pagesOf('', built))
  return /data-kind="(\w+)"/.exec(await (await app.request(`/result/${token}`)).text())?.[1]
}

/** The kind of screen in a procedure's answer; null for a refusal. */
async function kindIn(answer: Response): Promise<string | null> {
  expect(answer.status, 'an old page is answered or refused, and never a fault').toBeLessThan(500)
  if (!answer.ok) return null
  const { result }: { result: { data: { kind: string } } } = JSON.parse(await answer.text())
  return result.data.kind
}

/** The requests of the previous version's script: a poll with the token in the query, and «check again». */
const old = {
  poll: async (world: World, token: string) =>
    kindIn(
      await go(`${world.url}/trpc/payments.screen?input=${encodeURIComponent(JSON.stringify({ token }))}`),
    ),
  checkAgain: async (world: World, token: string) =>
    kindIn(
      await go(`${world.url}/trpc/payments.verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      }),
    ),
  watch: (world: World, token: string, signal: AbortSignal) =>
    go(`${world.url}/trpc/payments.watch?input=${encodeURIComponent(JSON.stringify({ token }))}`, {
      headers: { accept: 'text/event-stream' },
      signal,
    }),
}

/** The first event of a stream that is more than its opening. */
async function eventIn(stream: Response): Promise<string> {
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += new TextDecoder().decode(chunk)
    if (/^(?:event: serialized-error|data: \{.+\})$/m.test(text)) break
  }
  return text
}

describe.each(engines)('on %s: a database and open pages of the version before (K-06)', (engine) => {
  test('every order is there with its screen, its story and books that add up, and nothing is told or sent twice', async () => {
    await using world = await upgraded(engine)
    const { faults, rows } = await readBooks(world.deps().store)
    expect([faults, rows['orders']]).toEqual([[], left.tables['orders']?.length])
    for (const [orderId, kind] of Object.entries(left.kinds)) {
      expect([orderId, await reloaded(world, tokenOf(orderId))]).toEqual([orderId, kind])
      const { lines } = await world.merchant.orders.story.query({ orderId })
      expect([orderId, lines.length > 0]).toEqual([orderId, true])
    }
    await world.pass(60_000)
    expect(world.receiver.attempts).toEqual([])
    expect(world.sent.filter(({ path }) => path === '/payments/cancel')).toEqual([])
    expect(await orderOf(world, 'ord-part')).toMatchObject({ status: 'partially_cancelled', balance: 10_000 })
  })

  test('P-10: a page that was left open gets its outcome: by its old requests or, where they are refused, by «check again» and by a reload', async () => {
    await using world = await upgraded(engine)
    const token = tokenOf('ord-open')
    expect([await old.checkAgain(world, token), await reloaded(world, token)]).toEqual([
      'checking',
      'checking',
    ])
    const opened = world.gateway.open({ merchantUid: 'ord-open', amount: 14_000, name: '제주 한라봉 드립백' })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await world.gateway.approve(opened.impUid)
    await world.until(
      'the webhook is followed',
      async () => (await orderOf(world, 'ord-open')).status === 'paid',
    )
    const polled = await old.poll(world, token)
    expect([null, 'paid']).toContain(polled)
    expect(await old.checkAgain(world, token)).toBe('paid')
    expect(await reloaded(world, token)).toBe('paid')
    const ended = new AbortController()
    const stream = await old.watch(world, token, ended.signal)
    expect(stream.status).toBe(200)
    // Where the question is refused the stream says so too: the page does not wait for one that never speaks.
    const first = await eventIn(stream)
    expect(first).toContain(polled === null ? 'serialized-error' : 'paid')
    ended.abort()
    await world.until('the shop is told', () => world.receiver.types().includes('payment.paid'))
    expect(world.receiver.received.map(({ body }) => body.data.order.orderId)).toEqual(['ord-open'])
  })

  test('a payment that had been refused is tried again through the old link, and is paid once', async () => {
    await using world = await upgraded(engine)
    const opened = world.gateway.open({ merchantUid: 'ord-refused', amount: 14_000, name: 'x' })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await world.gateway.approve(opened.impUid)
    const back = await go(
      `${world.url}/complete/${tokenOf('ord-refused')}?imp_uid=${opened.impUid}&imp_success=true`,
    )
    expect(back.status).toBe(303)
    await world.until('it is paid', async () => (await orderOf(world, 'ord-refused')).status === 'paid')
    await world.pass(60_000)
    expect(world.receiver.types().filter((type) => type === 'payment.paid')).toHaveLength(1)
  })
})
