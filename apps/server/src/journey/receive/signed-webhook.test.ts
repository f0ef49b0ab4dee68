import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { go } from '../../../testing/network.ts'
import { buyV2, comeBack, isPaid, orderId, orderOf, tell, tellOf } from '../../../testing/shopper.ts'
import { whsec } from '../../../testing/settings.ts'
import { openV2Window, sandboxStoreId } from '../../../testing/windows.ts'
import { startWorld, type World } from '../../../testing/world.ts'
import { canary } from '../../../testing/written.ts'
import { isMessageKnown } from '../../store/messages.ts'
import { reviewsOfOrder } from '../../store/reviews.ts'

const [live, second, retired] = [
  canary('webhook secret'),
  whsec('the second live secret of a shop'),
  whsec('a secret of last year, retired'),
]
const env = { PORTONE_V2_WEBHOOK_SECRETS: `${live} ${second}` }
/** No webhook of the sandbox's own, and a timer that does not look. */
const quiet = { ...env, SWEEP_INTERVAL_MS: '600000', SWEEP_LIST_EVERY_MS: '86400000' }

type Sent = {
  readonly body: string
  readonly contentType?: string
  readonly secret?: string
  readonly id?: string
  readonly agoSeconds?: number
  /** Changes the headers after signing. */
  readonly headers?: (signed: Record<string, string>) => Array<[string, string]>
  /** Changes the body after signing. */
  readonly rewritten?: string
}

const signatureOf = (secret: string, signed: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(signed)
    .digest('base64')}`

function send(world: World, sent: Sent): Promise<Response> {
  const { body, secret = live, id = 'msg_1', agoSeconds = 0, contentType = 'application/json' } = sent
  const at = String(Math.floor(world.clock.nowMs() / 1_000) - agoSeconds)
  const signed = {
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': signatureOf(secret, `${id}.${at}.${body}`),
  }
  const headers = sent.headers?.(signed) ?? Object.entries(signed)
  return go(`${world.url}/webhooks/portone`, {
    method: 'POST',
    headers: [['content-type', contentType], ...headers],
    body: sent.rewritten ?? body,
  })
}

const event = (type: string, data: object): string =>
  JSON.stringify({ type, timestamp: '2026-11-02T03:00:00.000Z', data })
const paidEvent = (paymentId: string, more: object = {}): string =>
  event('Transaction.Paid', {
    storeId: sandboxStoreId,
    paymentId: orderId,
    transactionId: paymentId,
    ...more,
  })

/** The requests about payments that reached V2's side of the gateway. */
const looksV2 = (world: World): string[] =>
  world.sent
    .filter(({ method, path }) => method === 'GET' && path.startsWith('/payments'))
    .map(({ path }) => path)

async function opened(gateways: 'v2' | 'both' = 'both') {
  const world = await startWorld({ gateways, env: quiet })
  const { paymentId } = await buyV2(world, { noticeUrls: ['https://nobody.example/'] })
  await world.gateway.approve(paymentId)
  await world.clock.advance(1)
  return { world, paymentId, before: looksV2(world).length }
}

describe('W-09, W-10, W-17, H-10: the door of signed webhooks', () => {
  const urlSafe = (signed: Record<string, string>): Array<[string, string]> =>
    Object.entries(signed).map(([name, value]) => [
      name,
      name === 'webhook-signature'
        ? value.replaceAll('+', '-').replaceAll('/', '_').replace(/=*$/, '')
        : value,
    ])
  const without = (left: string) => (signed: Record<string, string>) =>
    Object.entries(signed).filter(([name]) => name !== left)

  test.for<[string, Partial<Sent>, status: number]>([
    ['signed with the first live secret', {}, 200],
    ['signed with the second', { secret: second }, 200],
    ['signed with a retired one', { secret: retired }, 401],
    ['almost five minutes old', { agoSeconds: 299 }, 200],
    ['older', { agoSeconds: 302 }, 401],
    ['almost five minutes ahead', { agoSeconds: -299 }, 200],
    ['further ahead', { agoSeconds: -302 }, 401],
    [
      'with several signatures, one right',
      {
        headers: (signed) =>
          Object.entries({ ...signed, 'webhook-signature': `v1,AAAA v2,x ${signed['webhook-signature']}` }),
      },
      200,
    ],
    [
      'with several signatures, none right',
      { headers: (signed) => Object.entries({ ...signed, 'webhook-signature': 'v1,AAAA v1,BBBB' }) },
      401,
    ],
    [
      'with a doubled signature',
      {
        headers: (signed) => [
          ...Object.entries(signed),
          ['webhook-signature', signed['webhook-signature'] ?? ''],
        ],
      },
      401,
    ],
    ['with a doubled id', { headers: (signed) => [...Object.entries(signed), ['webhook-id', 'msg_2']] }, 401],
    ['in URL-safe base64', { id: 'msg_url_safe', headers: urlSafe }, 401],
    ['without its id', { headers: without('webhook-id') }, 401],
    ['without its time', { headers: without('webhook-timestamp') }, 401],
    ['without its signature', { headers: without('webhook-signature') }, 401],
  ])('%s: one look-up or none', async ([, sent, status]) => {
    const { world, paymentId, before } = await opened()
    await using _ = world
    const answer = await send(world, { body: paidEvent(paymentId), ...sent })
    expect(answer.status).toBe(status)
    await world.clock.advance(2_000)
    expect(looksV2(world).length > before).toBe(status === 200)
    expect(await isPaid(world)).toBe(status === 200)
    if (status === 401) expect(await world.journey().measure()).toMatch(/refused_signatures[^\n]* 1\n/)
  })

  test('a body that was serialised again has another signature', async () => {
    const { world, paymentId, before } = await opened()
    await using _ = world
    const body = paidEvent(paymentId)
    const rewritten = JSON.stringify(JSON.parse(body), null, 1)
    expect((await send(world, { body, rewritten })).status).toBe(401)
    await world.clock.advance(2_000)
    expect(looksV2(world)).toHaveLength(before)
  })

  test('W-01, S-25: a signed «Paid» of a payment that the gateway does not call paid pays nothing', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    const { paymentId } = await buyV2(world, { noticeUrls: ['https://nobody.example/'] })
    const before = looksV2(world).length
    expect((await send(world, { body: paidEvent(paymentId) })).status).toBe(200)
    await world.until('looked up', () => looksV2(world).length > before, 5_000)
    await world.clock.advance(2_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', balance: 0 })
  })

  test('without any signature it is V1’s where V1 is configured, and refused where it is not', async () => {
    const both = await opened('both')
    await using _ = both.world
    expect((await tell(both.world, paidEvent(both.paymentId))).status).toBe(400)
    const v1 = { orderId, impUid: 'imp_000000000001', returnUrl: '', token: '' }
    expect((await tellOf(both.world, v1)).status).toBe(200)
    const alone = await opened('v2')
    await using __ = alone.world
    expect((await tell(alone.world, paidEvent(alone.paymentId))).status).toBe(401)
    expect((await tellOf(alone.world, v1)).status).toBe(401)
    await alone.world.clock.advance(2_000)
    expect(looksV2(alone.world)).toHaveLength(alone.before)
  })
})

describe('W-12, W-21: what a right signature does not make ours', () => {
  test.for<[string, string, status: number]>([
    ['another store’s payment', paidEvent('tx-1', { storeId: 'store-other' }), 200],
    [
      'a type that nobody knows',
      event('Transaction.Rebooked', { paymentId: orderId, transactionId: 'tx-1' }),
      200,
    ],
    ['a type without data', JSON.stringify({ type: 'Something.Else' }), 200],
    ['a billing key', event('BillingKey.Issued', { billingKey: 'x' }), 200],
    [
      'a window that has opened',
      event('Transaction.Ready', { paymentId: orderId, transactionId: 'tx-1' }),
      200,
    ],
    ['no JSON', '{', 400],
    ['an event without an id', event('Transaction.Paid', {}), 400],
  ])('%s is answered with its status, and not looked up', async ([, body, status]) => {
    const { world, before } = await opened()
    await using _ = world
    expect((await send(world, { body })).status).toBe(status)
    await world.clock.advance(2_000)
    expect(looksV2(world)).toHaveLength(before)
  })

  test('W-12, W-21: the older version is read as JSON and as a form', async () => {
    for (const contentType of ['application/json', 'application/x-www-form-urlencoded']) {
      const { world, paymentId } = await opened()
      await using _ = world
      const fields = { payment_id: orderId, tx_id: paymentId, status: 'Paid' }
      const body = contentType.endsWith('json') ? JSON.stringify(fields) : String(new URLSearchParams(fields))
      expect((await send(world, { body, contentType })).status).toBe(200)
      await world.until('paid', () => isPaid(world), 5_000)
    }
  })

  test('G-12: a payment of a test channel is looked up and not kept', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    const { paymentId } = await buyV2(world, {
      channelKey: 'channel-key-test',
      noticeUrls: ['https://nobody.example/'],
    })
    await world.gateway.approve(paymentId)
    expect((await send(world, { body: paidEvent(paymentId) })).status).toBe(200)
    await world.until('seen', async () => (await orderOf(world)).payments.length > 0, 10_000)
    expect(await isPaid(world)).toBe(false)
  })
})

describe('W-11: a message id that was stored before', () => {
  test('a hundred times at once and after a restart it has one effect', async () => {
    const { world, paymentId } = await opened()
    await using _ = world
    const body = paidEvent(paymentId)
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(world, { body })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await world.until('paid', () => isPaid(world), 5_000)
    const after = looksV2(world).length
    await world.gateway.cancelInConsole(paymentId, 4_000)
    await world.restart()
    // The record has changed at the gateway: only the id makes this message one without effect.
    const cancelled = paidEvent(paymentId, { cancellationId: 'another' })
    expect((await send(world, { body: cancelled })).status).toBe(200)
    await world.clock.advance(2_000)
    expect(looksV2(world)).toHaveLength(after)
    expect((await send(world, { body: cancelled, id: 'msg_2' })).status).toBe(200)
    await world.until('known', async () => (await orderOf(world)).balance === 10_000, 5_000)
  })

  test('each is remembered: one that wrote its claim, those that shared the write, and a later repeat of the claim', async () => {
    const { world, paymentId } = await opened()
    await using _ = world
    const body = paidEvent(paymentId)
    const ids = ['msg_1', 'msg_2', 'msg_3']
    await Promise.all(ids.map((id) => send(world, { body, id })))
    await send(world, { body, id: 'msg_4' })
    for (const id of [...ids, 'msg_4']) expect(await isMessageKnown(world.deps().store, id)).toBe(true)
    expect(await isMessageKnown(world.deps().store, 'msg_5')).toBe(false)
  })

  test('D-01: a message that could not be stored is not remembered', async () => {
    const { world, paymentId } = await opened()
    await using _ = world
    world.failDisk(true)
    expect((await send(world, { body: paidEvent(paymentId) })).status).toBe(503)
    world.failDisk(false)
    expect((await send(world, { body: paidEvent(paymentId) })).status).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
  })
})

describe('M-18: a dispute', () => {
  test('opens a review of the payment once, and its end ends it; each is told', async () => {
    await using world = await startWorld({ gateways: 'both' })
    const bought = await buyV2(world)
    await comeBack(await world.gateway.approve(bought.paymentId))
    await world.until('paid', () => isPaid(world))
    await world.gateway.dispute(bought.paymentId)
    await world.until('disputed', async () => (await orderOf(world)).review?.reason === 'disputed', 10_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'paid',
      reviews: [{ reason: 'disputed', paymentId: bought.paymentId, atStake: 14_000 }],
    })
    await world.until('told', () => world.receiver.types().includes('order.review'))
    await world.gateway.dispute(bought.paymentId, 'resolved')
    await world.until('resolved', async () => (await orderOf(world)).review === null, 10_000)
    await world.until('told', () => world.receiver.types().includes('order.review_ended'))
  })

  const disputeOf = (paymentId: string, order: string = orderId): string =>
    event('Transaction.DisputeCreated', {
      storeId: sandboxStoreId,
      paymentId: order,
      transactionId: paymentId,
    })

  test('of a payment that nothing is known of is kept, and opens its review once the payment is found', async () => {
    const world = await startWorld({
      gateways: 'both',
      env: { ...quiet, SWEEP_INTERVAL_MS: '1000', ORPHAN_AFTER_MS: '60000' },
    })
    await using _ = world
    const txId = openV2Window(world.gateway, { orderId: 'ord-elsewhere', amount: 14_000 }) ?? ''
    await world.gateway.approve(txId)
    world.gateway.misbehave({ rest: 'down' })
    expect((await send(world, { body: disputeOf(txId, 'ord-elsewhere') })).status).toBe(200)
    await world.pass(20_000)
    world.gateway.behave()
    const reasons = async () =>
      (await reviewsOfOrder(world.deps().store, 'ord-elsewhere')).map(({ reason }) => reason)
    await world.until('reviewed', async () => (await reasons()).includes('disputed'), 600_000)
  })

  test('of a payment that the gateway does not know either is asked for over days, and never refused', async () => {
    await using world = await startWorld({ gateways: 'both', env: quiet })
    const body = disputeOf('tx-1', 'ord-none')
    for (const id of ['msg_1', 'msg_2']) expect((await send(world, { body, id })).status).toBe(200)
    const { length } = looksV2(world)
    await world.clock.advance(3_600_000)
    expect(looksV2(world).length).toBeGreaterThan(length)
    expect(world.logs.join('')).not.toContain('claim dropped')
  })

  test('is resent after its review has ended: no second review opens', async () => {
    await using world = await startWorld({ gateways: 'both', env })
    const bought = await buyV2(world)
    await comeBack(await world.gateway.approve(bought.paymentId))
    await world.until('paid', () => isPaid(world))
    const body = disputeOf(bought.paymentId)
    await send(world, { body })
    await world.until('disputed', async () => (await orderOf(world)).review?.reason === 'disputed', 10_000)
    await send(world, { body: body.replace('DisputeCreated', 'DisputeResolved'), id: 'msg_2' })
    await world.until('resolved', async () => (await orderOf(world)).review === null, 10_000)
    await send(world, { body, id: 'msg_resent' })
    await world.pass(10_000)
    expect((await orderOf(world)).review).toBeNull()
  })
})
