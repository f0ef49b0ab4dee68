import { describe, expect, test } from 'vitest'
import { engines } from '../../../testing/fresh-database.ts'
import {
  buy,
  comeBack,
  go,
  isPaid,
  lastPart,
  orderId,
  orderOf,
  price,
  register,
  screenOf,
  tell,
  tellOf,
  tokenIn,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

const kindOf = async (world: World, token: string) => (await screenOf(world, token)).kind
const silent = async (options: Parameters<typeof startWorld>[0] = {}): Promise<World> => {
  const world = await startWorld(options)
  world.gateway.misbehave({ webhook: 'never' })
  return world
}

describe('whose claims a customer’s page shows (S-25)', () => {
  test.for(engines)(
    'R-22: a stranger’s link to somebody’s order says nothing on it: no flag, no text, no *pay again* (%s)',
    async (engine) => {
      await using world = await silent({ engine })
      const { impUid, token } = await buy(world)
      await world.gateway.close(impUid, 'ready')
      const stranger = tokenIn(await go(`${world.url}/complete?merchant_uid=${orderId}`))
      for (const address of [`/complete/${stranger}?`, '/complete?'])
        await go(
          `${world.url}${address}imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&error_msg=PAY%20HERE`,
        )
      await world.anyone.payments.verify.mutate({
        token: stranger,
        imp_uid: impUid,
        merchant_uid: orderId,
        imp_success: false,
        error_msg: 'PAY HERE',
      })
      await world.pass(200_000)
      const shown = await screenOf(world, token)
      expect(shown.kind).toBe('checking')
      expect(JSON.stringify(shown)).not.toContain('PAY HERE')
    },
  )

  test('R-22: another order’s link makes no claim about this order', async () => {
    await using world = await silent()
    const { impUid, token } = await buy(world)
    await world.gateway.close(impUid, 'ready')
    const other = await register(world, { orderId: 'ord-2002' })
    await go(
      `${other.returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&error_msg=PAY%20HERE`,
    )
    await world.pass(200_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking' })
    expect(JSON.stringify(await screenOf(world, token))).not.toContain('PAY HERE')
  })

  test.for([
    ['without a query', ''],
    ['with a query that says nothing', '?imp_uid=null&merchant_uid=undefined&imp_success=&utm_source=mail'],
  ])('R-23: a URL %s is a preview’s: it shows the page and settles nothing', async ([, query]) => {
    await using world = await silent()
    const { impUid, returnUrl, token } = await buy(world)
    for (let opened = 0; opened < 3; opened += 1) expect((await go(`${returnUrl}${query}`)).status).toBe(303)
    await world.gateway.close(impUid, 'ready')
    await world.pass(200_000)
    expect(await kindOf(world, token)).toBe('checking')
  })
})

describe('an honest screen (S-22)', () => {
  test('R-25: one tab’s success is still being approved when the other tab’s try fails: checking, then paid', async () => {
    await using world = await silent()
    const [one, two] = [await buy(world), await buy(world)]
    world.gateway.misbehave({ approval: 'late', approvalLateMs: 20_000 }, one.impUid)
    await comeBack(await world.gateway.pay(one.impUid, { cardNumber: '9410120000000008' }))
    await comeBack(await world.gateway.refuse(two.impUid, 'limit'))
    await world.pass(12_000)
    expect(await screenOf(world, one.token)).toMatchObject({ kind: 'checking', tryAgainUrl: null })
    await world.until('paid', () => isPaid(world), 120_000, 500)
    expect(await kindOf(world, one.token)).toBe('paid')
  })

  test('R-26: success is claimed just before the deadline, the money comes after it: never *expired* in between', async () => {
    await using world = await silent({ env: { SWEEP_INTERVAL_MS: '200' } })
    const { impUid, token, returnUrl } = await buy(world, { expiresAt: world.clock.nowMs() + 4_000 })
    await world.pass(3_500)
    await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=true`)
    for (let second = 0; second < 8; second += 1) {
      await world.pass(1_000)
      expect(await kindOf(world, token)).toBe('checking')
    }
    await world.gateway.approve(impUid)
    await world.until('paid', async () => (await kindOf(world, token)) === 'paid', 60_000, 500)
    expect(world.receiver.types()).not.toContain('order.expired')
  })

  test('R-03, R-26: the same without a flag, which newer PGs do not send, though the page is reloaded after the deadline', async () => {
    await using world = await silent({ env: { SWEEP_INTERVAL_MS: '200' } })
    const { impUid, token, returnUrl } = await buy(world, { expiresAt: world.clock.nowMs() + 4_000 })
    await world.pass(3_500)
    for (let second = 0; second < 8; second += 1) {
      await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}`)
      await world.pass(1_000)
      expect(await kindOf(world, token)).toBe('checking')
    }
    await world.gateway.approve(impUid)
    await world.until('paid', async () => (await kindOf(world, token)) === 'paid', 60_000, 500)
    expect(world.receiver.types()).not.toContain('order.expired')
  })

  test('R-26: an order without a claimed success expires, and its page is updated for a while', async () => {
    await using world = await silent({ env: { SWEEP_INTERVAL_MS: '2000' } })
    const { token } = await buy(world, { expiresAt: world.clock.nowMs() + 4_000 })
    await world.until('expired', async () => (await kindOf(world, token)) === 'expired', 10_000)
    expect(await screenOf(world, token)).toMatchObject({ final: false })
    await world.pass(16 * 60_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'expired', final: true })
  })

  test.for(['paypal_v2', 'payletter_global', 'wechat', 'alipay'])(
    'R-27: %s approves minutes after a return with ids alone: checking, then paid',
    async (pgProvider) => {
      await using world = await silent()
      const { impUid, token, returnUrl } = await buy(world, { pg: pgProvider })
      await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}`)
      await world.pass(600_000)
      expect(await kindOf(world, token)).toBe('checking')
      await world.gateway.approve(impUid)
      await world.until('paid', async () => (await kindOf(world, token)) === 'paid', 120_000, 1_000)
    },
  )

  test('M-21, M-32: an order number that was paid before: after a failed attempt the screen offers no other', async () => {
    await using world = await silent()
    const startedAt = Math.floor(world.clock.nowMs() / 1_000) - 365 * 86_400
    world.gateway.addRow({
      merchantUid: orderId,
      amount: price,
      startedAt,
      paidAt: startedAt + 9,
      status: 'cancelled',
    })
    const { returnUrl } = await register(world)
    await go(
      `${returnUrl}?merchant_uid=${orderId}&imp_success=false&error_code=F1002&error_msg=%EC%9D%B4%EB%AF%B8`,
    )
    await world.pass(30_000)
    expect(await screenOf(world, lastPart(returnUrl))).toMatchObject({
      kind: 'failed',
      tryAgain: false,
      orderAnew: true,
    })
  })
})

describe('notices state the present (M-26)', () => {
  test.for(engines)(
    'paid and cancelled in the console before anybody looked: told as its end alone (%s)',
    async (engine) => {
      await using world = await silent({ engine })
      const bought = await buy(world)
      await world.gateway.approve(bought.impUid)
      await world.gateway.cancelInConsole(bought.impUid)
      await tellOf(world, bought, 'cancelled')
      await world.until('told', () => world.receiver.types().length > 0, 30_000)
      expect(world.receiver.types()).toEqual(['payment.cancelled'])
      expect(await orderOf(world)).toMatchObject({ status: 'cancelled', balance: 0 })
    },
  )

  test('an account closed before a deposit never held money', async () => {
    await using world = await silent()
    const bought = await buy(world, { payMethod: 'vbank' })
    await comeBack(await world.gateway.issueAccount(bought.impUid))
    await world.until('waiting', async () => (await orderOf(world)).status === 'awaiting_deposit', 10_000)
    await world.gateway.cancelInConsole(bought.impUid)
    await tellOf(world, bought, 'cancelled')
    await world.until('told', () => world.receiver.types().length > 1, 30_000)
    expect(world.receiver.types()).toEqual(['payment.awaiting_deposit', 'payment.failed'])
    expect((await orderOf(world)).status).toBe('open')
  })

  test('two windows, both paid: the payment that is not kept is *returned*, and the order stays paid', async () => {
    await using world = await silent()
    const [one, two] = [await buy(world), await buy(world)]
    await comeBack(await world.gateway.approve(one.impUid))
    await comeBack(await world.gateway.approve(two.impUid))
    await world.until('returned', () => world.receiver.types().includes('payment.returned'), 60_000)
    const told = world.receiver.received.find(({ body }) => body.type === 'payment.returned')?.body
    expect(told?.data).toMatchObject({
      order: { status: 'paid' },
      payment: { status: 'cancelled', standing: 'surplus' },
    })
    expect(world.receiver.types()).not.toContain('payment.cancelled')
  })

  test('a partial refund is notified as partial', async () => {
    await using world = await silent()
    const { impUid } = await buy(world)
    await comeBack(await world.gateway.approve(impUid))
    await world.until('paid', () => isPaid(world), 10_000)
    await world.gateway.cancelInConsole(impUid, 4_000)
    await tell(world, JSON.stringify({ imp_uid: impUid, merchant_uid: orderId, status: 'cancelled' }))
    await world.until('told', () => world.receiver.types().length === 2, 60_000)
    expect(world.receiver.received.at(-1)?.body.data).toMatchObject({
      order: { status: 'partially_cancelled', balance: price - 4_000 },
      payment: { status: 'partially_cancelled' },
    })
  })
})

describe('a record that lags (G-18)', () => {
  test.for(engines)(
    'paid, once *ready*, paid again: nothing is frozen, and refunds go on (%s)',
    async (engine) => {
      await using world = await silent({ engine })
      world.gateway.misbehave({ lookups: 'flickering' })
      const bought = await buy(world)
      await comeBack(await world.gateway.approve(bought.impUid))
      await world.until('paid', () => isPaid(world), 30_000)
      await tellOf(world, bought)
      await world.merchant.orders.reconcile.mutate({ orderId })
      await world.pass(60_000)
      expect(await orderOf(world)).toMatchObject({ status: 'paid', reviews: [] })
      world.gateway.behave()
      const asked = { orderId, amount: 4_000, reason: 'sold out', idempotencyKey: 'key-1' }
      expect(await world.merchant.orders.cancel.mutate(asked)).toMatchObject({ state: 'done' })
    },
  )

  test('a lasting contradiction opens a review after half a minute, which ends when the record agrees again', async () => {
    await using world = await silent()
    const bought = await buy(world)
    await comeBack(await world.gateway.approve(bought.impUid))
    await world.until('paid', () => isPaid(world), 30_000)
    world.gateway.misbehave({ rowFields: { amount: price + 1 } })
    await world.merchant.orders.reconcile.mutate({ orderId })
    expect((await orderOf(world)).reviews).toEqual([])
    await world.until('called', async () => (await orderOf(world)).reviews.length > 0, 60_000, 1_000)
    expect((await orderOf(world)).reviews).toMatchObject([{ reason: 'contradiction' }])
    world.gateway.behave()
    await world.merchant.orders.reconcile.mutate({ orderId })
    await world.until('dissolved', async () => (await orderOf(world)).reviews.length === 0, 60_000, 1_000)
    expect(world.receiver.types()).toEqual(['payment.paid', 'order.review', 'order.review_ended'])
  })
})
