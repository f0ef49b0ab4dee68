import { describe, expect, test, vi } from 'vitest'
import {
  buy,
  buyForged,
  cancelsSent,
  comeBack,
  expectPaidOnce,
  go,
  isPaid,
  looks,
  name,
  orderId,
  orderOf,
  register,
  screenOf,
  tell,
  tellOf,
  tokenIn,
  type Bought,
} from '../../testing/shopper.ts'
import { startWorld, type World } from '../../testing/world.ts'

const comeHome = ({ returnUrl, impUid, orderId: id }: Bought, flag = 'imp_success=true') =>
  go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${id}&${flag}`)
const kindOf = async (world: World, token: string) => (await screenOf(world, token)).kind

describe('one payment, all the way', () => {
  test('issue a: paid by card: return, look-up, proof, notice, screen', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    const landed = await comeBack(await world.gateway.approve(bought.impUid))
    expect(landed.status).toBe(303)
    const screen = await world.anyone.payments.verify.mutate({ token: tokenIn(landed) })
    expect(screen).toMatchObject({
      kind: 'paid',
      final: true,
      order: { name, amount: 14_000 },
      payment: { receiptUrl: expect.stringMatching(/^https:/) },
    })
    await world.until('the shop is told', () => world.receiver.types().includes('payment.paid'))
    expect(world.receiver.types()).toEqual(['payment.paid'])
    await expectPaidOnce(world, bought.impUid)
  })

  test('issue c: closed, refused for its limit, for its balance: *failed* with its reason, and the second payment of the same order succeeds', async () => {
    await using world = await startWorld()
    const tries = [
      ['closed_by_customer', (id: string) => world.gateway.close(id, 'failed')],
      ['limit', (id: string) => world.gateway.refuse(id, 'limit')],
      ['balance', (id: string) => world.gateway.refuse(id, 'balance')],
    ] as const
    for (const [reason, end] of tries) {
      await world.pass(2_000)
      const bought = await buy(world)
      await comeBack(await end(bought.impUid))
      expect(await world.anyone.payments.verify.mutate({ token: bought.token })).toMatchObject({
        kind: 'failed',
        reason,
        tryAgain: true,
        tryAgainUrl: `https://shop.example/?order_id=${orderId}&again=1`,
      })
      expect((await orderOf(world)).status).toBe('open')
    }
    const last = await buy(world)
    await comeBack(await world.gateway.approve(last.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    expect(await kindOf(world, last.token)).toBe('paid')
    await expectPaidOnce(world, last.impUid)
    expect(world.receiver.types()).toEqual([
      'payment.failed',
      'payment.failed',
      'payment.failed',
      'payment.paid',
    ])
  })
})

describe('webhook and return, in any order and number', () => {
  const webhooks = ['before', 'normal', 'late', 'times', 'never'] as const
  const returns = ['normal', 'twice', 'never'] as const
  test.for(webhooks.flatMap((webhook) => returns.map((back) => [webhook, back] as const)))(
    'issue f: webhook %s, return %s: one payment.paid, the same end',
    async ([webhook, redirect]) => {
      await using world = await startWorld()
      world.gateway.misbehave({ webhook, redirect, webhookLateMs: 4_000 })
      const { impUid, token } = await buy(world)
      const ending = await world.gateway.approve(impUid)
      if (ending.redirectUrl !== null) expect((await comeBack(ending)).status).toBe(303)
      const silent = webhook === 'never' && redirect === 'never'
      await world.until('paid', () => isPaid(world), silent ? 120_000 : 5_000, silent ? 1_000 : 100)
      await world.pass(6_000)
      await world.gateway.settled()
      expect(await kindOf(world, token)).toBe('paid')
      await expectPaidOnce(world, impUid)
      expect(new Set(world.receiver.types())).toEqual(new Set(['payment.paid']))
    },
  )

  test('S-12: the notice’s id depends on what is announced alone, not on the way it was found', async () => {
    const ids = new Set<string>()
    for (const way of ['return', 'webhook', 'timer']) {
      await using world = await startWorld()
      world.gateway.misbehave({ webhook: 'never' })
      const bought = await buy(world)
      await world.gateway.approve(bought.impUid)
      if (way === 'return') await comeHome(bought)
      if (way === 'webhook') await tellOf(world, bought)
      await world.until('told', () => world.receiver.received.length === 1, 120_000, 1_000)
      ids.add((world.receiver.received[0]?.id ?? '').replace(bought.impUid, 'IMP'))
    }
    expect([...ids]).toEqual([`payment%2Epaid:${orderId}:IMP:0`])
  })

  test('K-01: fifty returns and webhooks at two servers at once: one finalisation, one notice', async () => {
    await using world = await startWorld()
    await using peer = await world.startPeer()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    const body = JSON.stringify({ imp_uid: bought.impUid, merchant_uid: orderId, status: 'paid' })
    const doors = Array.from({ length: 50 }, (_, index) => {
      const at = index % 2 === 0 ? world.url : peer.url
      if (index % 5 === 0) return world.merchant.orders.reconcile.mutate({ orderId }).then(() => 200)
      if (index % 3 === 0)
        return go(`${at}/webhooks/portone`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        }).then((answer) => answer.status)
      return go(bought.returnUrl.replace(world.url, at) + `?imp_uid=${bought.impUid}`).then(
        (answer) => answer.status,
      )
    })
    for (const status of await Promise.all(doors)) expect([200, 303]).toContain(status)
    await world.until('paid', () => isPaid(world), 5_000)
    await world.pass(10_000)
    await expectPaidOnce(world, bought.impUid)
  })
})

describe('a record that changes during a lookup', () => {
  test('K-01, S-06: the answer is not written over what is newer, nor dropped: the gateway is asked again', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 5_000)
    await world.pass(2_000)
    world.gateway.misbehave({ webhook: 'never' })
    const row = await world.gateway.cancelInConsole(bought.impUid)
    world.gateway.misbehave({ rest: 'slow', restMs: 200, restOn: 'lookup', restTimes: 1 })
    const before = looks(world).length
    const body = {
      imp_uid: bought.impUid,
      status: 'cancelled',
      cancellation_id: row.cancel_history[0]?.cancellation_id,
    }
    expect((await tell(world, JSON.stringify(body))).status).toBe(200)
    await vi.waitFor(() => expect(looks(world).length).toBeGreaterThan(before)) // and its answer is on the way still
    const { query, tables } = world.deps().store
    await query.update(tables.orders).set({ version: 1_000 }) // as another server's write would
    await world.until('learned', async () => (await orderOf(world)).status === 'cancelled', 5_000)
    expect(looks(world)).toHaveLength(before + 2)
  })
})

describe('payments that do not match the order', () => {
  /** An order without a fixed amount at the gateway, paid with 1,000 won. */
  async function forged(world: World, { cancelsFail = false } = {}) {
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buyForged(world, 1_000)
    if (cancelsFail) world.gateway.misbehave({ rest: 'error', restOn: 'cancel' })
    await comeBack(await world.gateway.approve(bought.impUid))
    return bought
  }

  test('issue e: 1,000 instead of 14,000 is refused before the window, because the amount was fixed beforehand', async () => {
    await using world = await startWorld()
    expect(await register(world)).toMatchObject({ amountFixed: true })
    expect(world.gateway.open({ merchantUid: orderId, amount: 1_000 })).toMatchObject({ ok: false })
  })

  test('issue e, M-01: with nothing fixed beforehand it is never *paid*: rejected, returned once with a checksum, *returning*, then *cancelled*', async () => {
    await using world = await startWorld()
    const bought = await forged(world, { cancelsFail: true })
    await world.until('rejected', async () => (await kindOf(world, bought.token)) === 'returning', 5_000)
    expect(await screenOf(world, bought.token)).toMatchObject({
      because: 'rejected',
      amount: 1_000,
      currency: 'KRW',
      final: false,
    })
    await world.pass(5_000)
    world.gateway.behave()
    await world.until(
      'returned',
      async () => (await kindOf(world, bought.token)) === 'cancelled',
      1_000_000,
      5_000,
    )
    expect(await screenOf(world, bought.token)).toMatchObject({
      because: 'rejected',
      tryAgain: false,
      orderAnew: true,
    })
    await world.pass(120_000)
    expect(world.gateway.payments()).toMatchObject([
      { status: 'cancelled', amount: 1_000, cancel_amount: 1_000, cancel_history: [{ amount: 1_000 }] },
    ])
    for (const sent of cancelsSent(world))
      expect(sent).toMatchObject({
        imp_uid: bought.impUid,
        merchant_uid: orderId,
        amount: 1_000,
        checksum: 1_000,
      })
    expect(await orderOf(world)).toMatchObject({
      status: 'open',
      balance: 0,
      review: null,
      payments: [{ standing: 'rejected' }],
    })
    expect(world.receiver.types()).toEqual(['payment.rejected', 'payment.returned'])
    expect(world.receiver.received.map(({ body }) => body.sequence)).toEqual([1, 2])
  })

  test('M-01: too much is rejected like too little', async () => {
    await using world = await startWorld()
    const { impUid } = await buyForged(world, 14_001)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 30_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'open',
      payments: [{ standing: 'rejected', cancelledAmount: 14_001 }],
    })
  })

  test('M-02: the right number in another currency is rejected and returned', async () => {
    await using world = await startWorld()
    const { impUid } = await buyForged(world, 140, { currency: 'USD' })
    await comeBack(await world.gateway.approve(impUid))
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 30_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'open',
      balance: 0,
      payments: [{ standing: 'rejected', amount: 14_000, currency: 'USD' }],
    })
    expect(cancelsSent(world)).toMatchObject([{ amount: 140, checksum: 140 }])
  })

  test('G-12: a test channel’s payment is no money: rejected, and accepted only where that is allowed', async () => {
    await using world = await startWorld()
    const { impUid } = await buy(world, { channel: 'test' })
    await comeBack(await world.gateway.approve(impUid))
    await world.until('rejected', () => world.receiver.types().includes('payment.rejected'))
    expect(await isPaid(world)).toBe(false)
    await using building = await startWorld({ env: { ALLOW_TEST_CHANNEL: 'true' } })
    const allowed = await buy(building, { channel: 'test' })
    await comeBack(await building.gateway.approve(allowed.impUid))
    await building.until('paid', () => isPaid(building), 5_000)
  })

  test('ON_REJECTED=review: nothing is returned by itself, and a person is called', async () => {
    await using world = await startWorld({ env: { ON_REJECTED: 'review' } })
    const { token } = await forged(world)
    await world.until('told', () => world.receiver.types().includes('order.review'))
    await world.pass(30_000)
    expect(cancelsSent(world)).toEqual([])
    expect((await world.merchant.orders.list.query({ review: true })).orders).toMatchObject([
      { orderId, review: { reason: 'rejected' } },
    ])
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking', because: 'review' })
  })

  test('M-15: a second paid payment of the order is surplus: one kept, the other returned once', async () => {
    await using world = await startWorld()
    const first = await buy(world)
    const second = await buy(world)
    const [one, two] = [await world.gateway.approve(first.impUid), await world.gateway.approve(second.impUid)]
    await Promise.all([comeBack(one), comeBack(two)])
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 30_000)
    await world.pass(30_000)
    const order = await orderOf(world)
    expect(order).toMatchObject({ status: 'paid', balance: 14_000 })
    expect(new Set(order.payments.map(({ standing }) => standing))).toEqual(new Set(['kept', 'surplus']))
    const [surplus] = order.payments.filter(({ standing }) => standing === 'surplus')
    expect(surplus).toMatchObject({ cancelledAmount: 14_000 })
    expect(cancelsSent(world)).toMatchObject([{ imp_uid: surplus?.paymentId, checksum: 14_000 }])
    expect(world.receiver.types().toSorted()).toEqual(['payment.paid', 'payment.returned', 'payment.surplus'])
    expect(await screenOf(world, first.token)).toMatchObject({ kind: 'paid', goesBack: 0 })
  })
})

describe('a gateway that misbehaves', () => {
  test.for([
    ['down', {}],
    ['slow', { restMs: 5_000 }],
    ['error', {}],
    ['truncated', {}],
    ['html', {}],
    ['wrong_record', {}],
    ['too_many', {}],
  ] as const)(
    'issue h, G-03…G-07, G-13: %s: *checking*, the webhook is stored, and paid as soon as it heals',
    async ([rest, more]) => {
      await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '150' } })
      world.gateway.misbehave({ webhook: 'never' })
      const bought = await buy(world)
      await world.gateway.approve(bought.impUid)
      world.gateway.misbehave({ rest, ...more })
      const returned = await comeHome(bought)
      expect(returned.status).toBe(303)
      expect((await tellOf(world, bought)).status).toBe(200)
      expect(await world.anyone.payments.verify.mutate({ token: bought.token })).toMatchObject({
        kind: 'checking',
        because: 'confirming',
      })
      await world.pass(20_000)
      expect(await screenOf(world, bought.token)).toMatchObject({ kind: 'checking', because: 'confirming' })
      expect(await orderOf(world)).toMatchObject({ status: 'open', notices: [], review: null })
      world.gateway.behave()
      await world.until('paid once it heals', () => isPaid(world), 60_000, 500)
      await expectPaidOnce(world, bought.impUid)
    },
  )

  test('S-20: a failure claimed during an outage is shown as *checking* until the gateway answers', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    world.gateway.misbehave({ rest: 'down' })
    await comeHome(bought, 'imp_success=false&error_msg=nope')
    await world.pass(300_000)
    expect(await kindOf(world, bought.token)).toBe('checking')
    world.gateway.behave()
    await world.until('paid', () => isPaid(world), 75_000, 1_000)
    await expectPaidOnce(world, bought.impUid)
  })

  test('G-01: a token revoked in flight is renewed once for all waiting calls', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, index) => buy(world, { orderId: `ord-${index}` })),
    )
    for (const { impUid } of all) await world.gateway.approve(impUid)
    const tokens = () => world.gateway.calls().filter(({ path }) => path === '/users/getToken').length
    const before = tokens()
    world.gateway.misbehave({ rest: 'token_revoked', restOn: 'lookup' })
    await Promise.all(all.map((bought) => comeHome(bought)))
    for (const bought of all) await world.until('paid', () => isPaid(world, bought.orderId), 5_000)
    expect(tokens() - before).toBe(1)
  })

  test('G-02: with the token endpoint away at most one token request is under way', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '100' } })
    const bought = await buy(world)
    world.gateway.misbehave({ rest: 'slow', restMs: 5_000, restOn: 'token' })
    await world.crash() // a new process has no token yet
    await Promise.all(Array.from({ length: 20 }, () => comeHome(bought)))
    await world.pass(5_000)
    expect(world.atOnce('/users/getToken')).toBe(1)
  })

  test('G-05: HTTP 200 with a code that is not 0 concludes nothing', async () => {
    await using world = await startWorld()
    // The real gateway's answer to a refused cancel; a lookup fails in the same form.
    const { impUid, returnUrl } = await buy(world)
    await world.gateway.approve(impUid)
    world.gateway.misbehave({ rest: 'cancel_refused' })
    await go(`${returnUrl}?imp_uid=${impUid}`)
    const answer = await world
      .deps()
      .gateways.of('portone-v1')
      .cancel({
        intentId: 'intent-1',
        refusals: 0,
        paymentId: impUid,
        orderId,
        money: { amount: 14_000, currency: 'KRW' },
        expectedBalance: 14_000,
        reason: 'x',
        refundAccount: null,
        taxFree: null,
        vat: null,
      })
    expect(answer).toMatchObject({ kind: 'refused' })
    await world.until('paid', () => isPaid(world), 5_000)
  })

  test('G-13: 429 with Retry-After: the order is not looked up sooner', async () => {
    await using world = await startWorld()
    await register(world)
    world.gateway.misbehave({ rest: 'too_many', restRetryAfterSeconds: 90 })
    await world.until('refused', () => looks(world).length > 0, 60_000, 500)
    const before = looks(world).length
    await world.pass(85_000)
    expect(looks(world)).toHaveLength(before)
    world.gateway.behave()
    await world.until('asked again', () => looks(world).length > before, 10_000, 500)
  })

  test('G-11: failed, then paid after a fraud review: the money counts', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world)
    await comeBack(await world.gateway.refuse(impUid, 'review'))
    await world.until('failed', async () => (await kindOf(world, token)) === 'failed', 5_000)
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
    expect(world.receiver.types()).toEqual(['payment.failed', 'payment.paid'])
  })

  test('G-17: a later abandoned try does not hide the earlier paid one', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const paid = await buy(world)
    const abandoned = await buy(world)
    await world.gateway.approve(paid.impUid)
    await comeBack(await world.gateway.close(abandoned.impUid, 'ready'))
    await go(`${paid.returnUrl}?imp_success=false`)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, paid.impUid)
  })
})

describe('virtual accounts', () => {
  test('issue d, V-01, V-02: issued, shown with bank, number, holder, amount and due time; the deposit, told three times, pays once', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.until('awaiting', async () => (await orderOf(world)).status === 'awaiting_deposit', 5_000)
    const screen = await screenOf(world, token)
    expect(screen).toMatchObject({ kind: 'awaiting_deposit', final: false, order: { amount: 14_000 } })
    if (screen.kind !== 'awaiting_deposit') throw new Error(screen.kind)
    expect(screen.account).toMatchObject({
      bankName: expect.any(String),
      number: expect.stringMatching(/^562\d+$/),
      holder: '랜드폴상점',
    })
    expect(screen.account?.dueAtMs).toBeGreaterThan(world.clock.nowMs()) // V-07: never 1970
    world.gateway.misbehave({ webhook: 'times', webhookTimes: 3 })
    await world.gateway.deposit(impUid)
    expect(await world.until('paid', () => isPaid(world), 5_000)).toBeLessThanOrEqual(2_000)
    await expectPaidOnce(world, impUid)
    expect(world.receiver.types()).toEqual(['payment.awaiting_deposit', 'payment.paid'])
  })

  test('V-02, V-08: a deposit without a webhook is found by the timer', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.gateway.deposit(impUid)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    await expectPaidOnce(world, impUid)
  })

  test('V-03: the deposit is known before the account: straight to paid', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world, { payMethod: 'vbank' })
    const ending = await world.gateway.issueAccount(bought.impUid)
    await world.gateway.deposit(bought.impUid)
    await tellOf(world, bought, 'paid')
    await comeBack(ending)
    await tellOf(world, bought, 'ready')
    await world.until('paid', () => isPaid(world), 5_000)
    await world.pass(3_000)
    await expectPaidOnce(world, bought.impUid)
    expect(world.receiver.types()).toEqual(['payment.paid'])
  })

  test('an account issued for another amount is never shown', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ forgedAmount: 1_000, webhook: 'never' })
    const { impUid, token } = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(impUid))
    await world.pass(5_000)
    expect(await kindOf(world, token)).toBe('checking')
    expect((await orderOf(world)).status).toBe('open')
  })
})

describe('deadlines', () => {
  const hourMs = 3_600_000

  test('V-04, S-20: past its deadline an order expires only after a look-up that began after it', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    const expiresAt = world.clock.nowMs() + hourMs
    const { token } = await buy(world, { expiresAt })
    world.gateway.misbehave({ rest: 'down' })
    await world.clock.oversleep(2 * hourMs)
    await world.pass(60_000)
    expect((await orderOf(world)).status).toBe('open')
    expect(await kindOf(world, token)).toBe('checking')
    world.gateway.behave()
    await world.until('expired', async () => (await orderOf(world)).status === 'expired', 75_000, 5_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'expired', final: true })
    await world.until('told', () => world.receiver.types().includes('order.expired'))
  })

  test('V-04: paid in the second the deadline passes: exactly one outcome, and it is the money', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    world.gateway.misbehave({ webhook: 'never' })
    const expiresAt = world.clock.nowMs() + hourMs
    const { impUid } = await buy(world, { expiresAt })
    await world.clock.oversleep(hourMs - 1_000)
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 120_000, 5_000)
    await expectPaidOnce(world, impUid)
    expect(world.receiver.types()).toEqual(['payment.paid'])
  })

  test.for([
    ['accept', 'paid', ['order.expired', 'payment.paid']],
    ['cancel', 'expired', ['order.expired', 'payment.rejected', 'payment.returned']],
    ['review', 'expired', ['order.expired', 'payment.rejected', 'order.review']],
  ] as const)(
    'M-16: money that comes after the order expired, ON_LATE=%s',
    async ([policy, status, types]) => {
      await using world = await startWorld({ env: { ON_LATE: policy, SWEEP_INTERVAL_MS: '5000' } })
      const { impUid } = await buy(world, { expiresAt: world.clock.nowMs() + hourMs })
      await world.clock.oversleep(2 * hourMs)
      await world.until('expired', async () => (await orderOf(world)).status === 'expired', 75_000, 5_000)
      await world.gateway.approve(impUid)
      await world.until('told', () => world.receiver.types().length === types.length, 60_000, 1_000)
      expect(world.receiver.types()).toEqual(types)
      expect((await orderOf(world)).status).toBe(status)
      expect(cancelsSent(world)).toHaveLength(policy === 'cancel' ? 1 : 0)
    },
  )

  test('K-03: the clock jumps two days ahead and back: no order expires or is finalised by it', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '5000' } })
    const { impUid, token } = await buy(world)
    world.gateway.misbehave({ rest: 'down' })
    world.clock.leap(48 * hourMs)
    await world.pass(10_000)
    world.clock.leap(-48 * hourMs)
    await world.pass(10_000)
    expect((await orderOf(world)).status).toBe('open')
    world.gateway.behave()
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    expect(await kindOf(world, token)).toBe('paid')
    await expectPaidOnce(world, impUid)
  })
})

describe('how long *checking* lasts', () => {
  test('a failure claimed while the gateway says ready: *checking* for ten seconds and two looks, then *failed*; later money still wins', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid, token, returnUrl } = await buy(world)
    await world.gateway.close(impUid, 'ready')
    await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false`)
    await world.pass(9_500)
    expect(await kindOf(world, token)).toBe('checking')
    const tookMs =
      9_500 + (await world.until('settled', async () => (await kindOf(world, token)) === 'failed', 5_000))
    expect(tookMs).toBeGreaterThanOrEqual(10_000)
    expect(looks(world).length).toBeGreaterThanOrEqual(2)
    expect(await screenOf(world, token)).toMatchObject({
      reason: 'not_completed',
      tryAgain: true,
      final: false,
    })
    expect(await orderOf(world)).toMatchObject({ status: 'open', notices: [] })
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    expect(await kindOf(world, token)).toBe('paid')
    await expectPaidOnce(world, impUid)
  })

  test('S-20: two looks, not ten seconds alone: with the gateway away the screen stays *checking*', async () => {
    await using world = await startWorld()
    const { impUid, token, returnUrl } = await buy(world)
    await world.gateway.close(impUid, 'ready')
    world.gateway.misbehave({ rest: 'error' })
    await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false`)
    await world.pass(60_000)
    expect(await kindOf(world, token)).toBe('checking')
  })

  test('a return without a flag settles in three minutes', async () => {
    await using world = await startWorld()
    const { impUid, token, returnUrl } = await buy(world)
    await world.gateway.close(impUid, 'ready')
    await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}`)
    await world.pass(178_000)
    expect(await kindOf(world, token)).toBe('checking')
    await world.until('settled', async () => (await kindOf(world, token)) === 'failed', 5_000)
    expect(await screenOf(world, token)).toMatchObject({ reason: 'not_completed', tryAgain: true })
  })

  test('an approval that comes seconds after the return turns the page to *paid*', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world, { name: '드립백 #late' })
    await comeBack(await world.gateway.pay(impUid))
    expect(await kindOf(world, token)).toBe('checking')
    await world.until('paid', async () => (await kindOf(world, token)) === 'paid', 15_000)
    await expectPaidOnce(world, impUid)
  })
})

describe('orders.register', () => {
  test('M-04: the same order again gives the same answer; another sum is a conflict, and the first stays', async () => {
    await using world = await startWorld()
    const first = await register(world)
    expect(await register(world)).toEqual(first)
    await expect(register(world, { price: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('amount'),
      data: { kind: 'order_conflict', httpStatus: 409 },
    })
    await expect(
      world.merchant.orders.register.mutate({ orderId, name, amount: 14_000, currency: 'USD' }),
    ).rejects.toMatchObject({ data: { kind: 'order_conflict' } })
    for (const amount of [0, -1, 0.5, Number.MAX_SAFE_INTEGER + 2, Number.NaN])
      await expect(register(world, { orderId: 'ord-2', price: amount })).rejects.toMatchObject({
        data: { kind: 'bad_input', httpStatus: 400 },
      })
    expect(await orderOf(world)).toMatchObject({ amount: 14_000, currency: 'KRW', name })
  })

  test('M-04: fifty registrations at once, half of them with another amount: one order, the others are told', async () => {
    await using world = await startWorld()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => register(world, { price: index % 2 === 0 ? 14_000 : 9_000 })),
    )
    const amounts = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.amount] : []))
    expect(amounts).toHaveLength(25)
    expect(new Set(amounts)).toEqual(new Set([(await orderOf(world)).amount]))
  })

  test('during an outage the order is registered, and its amount is fixed when the gateway is back', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rest: 'error' })
    expect(await register(world)).toMatchObject({ orderId, amountFixed: false })
    world.gateway.behave()
    await world.until('fixed', async () => (await orderOf(world)).amountFixed, 60_000, 500)
    expect(world.gateway.open({ merchantUid: orderId, amount: 1_000 })).toMatchObject({ ok: false })
    expect(await register(world)).toMatchObject({ amountFixed: true })
  })
})

describe('crashes and restarts', () => {
  test('S-10, C-02: killed between the webhook’s answer and its lookup: paid after the restart', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 400, restOn: 'lookup' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    expect((await tellOf(world, bought)).status).toBe(200)
    await world.crash()
    world.gateway.behave()
    expect(await isPaid(world)).toBe(false)
    expect(await world.until('paid', () => isPaid(world), 40_000, 500)).toBeLessThanOrEqual(30_000) // L-07
    await expectPaidOnce(world, bought.impUid)
  })

  test('killed between a return’s answer and its lookup: the link still works after the restart, and shows the outcome', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never', rest: 'slow', restMs: 400, restOn: 'lookup' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    const token = tokenIn(await comeHome(bought))
    await world.crash()
    world.gateway.behave()
    expect(await world.anyone.payments.verify.mutate({ token })).toMatchObject({ kind: 'paid' })
    await expectPaidOnce(world, bought.impUid)
  })

  test('C-10: an orderly stop and start loses nothing and repeats nothing', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.restart()
    await world.until('paid', () => isPaid(world), 40_000, 500)
    await world.restart()
    await comeHome(bought)
    await world.pass(30_000)
    await expectPaidOnce(world, bought.impUid)
    expect(world.receiver.received).toHaveLength(1)
  })
})
