import {
  price,
  buy,
  buyForged,
  comeBack,
  isPaid,
  orderId,
  orderOf,
  register,
  type Bought,
} from './shopper.ts'
import { startWorld, type World } from './world.ts'

/** A script of one order's life: its name, the shop's settings, and the steps. */
export type ScriptedOrder = {
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  readonly play: (world: World) => Promise<unknown>
}

const hourMs = 3_600_000
const note = '고객과 통화하고 정함'
const account = { bank: '088', account: '110-123-456789', holder: '김철수' }
const nowS = (world: World): number => Math.floor(world.clock.nowMs() / 1_000)
const rare = { SWEEP_INTERVAL_MS: '60000', SWEEP_LIST_EVERY_MS: '60000' }

const notified = (world: World, type: string, withinMs = 120_000, stepMs = 1_000) =>
  world.until(type, () => world.receiver.types().includes(type), withinMs, stepMs)

const allDelivered = async (world: World): Promise<boolean> =>
  (await orderOf(world)).notices.every(({ state }) => state === 'delivered')

async function paid(world: World): Promise<Bought> {
  const bought = await buy(world)
  await world.pass(60_000)
  await comeBack(await world.gateway.approve(bought.impUid))
  await world.until('paid', () => isPaid(world))
  return bought
}

/** Pays the order a second time, in a payment window that was still open. */
function paidAgain(world: World): string {
  const row = world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) })
  world.gateway.resendWebhook(row.imp_uid)
  return row.imp_uid
}

async function reviewId(world: World): Promise<string> {
  await world.until('review', async () => (await orderOf(world)).reviews.length > 0, 300_000, 5_000)
  return (await orderOf(world)).reviews[0]?.id ?? ''
}

/** Waits until every notice is delivered. */
const settle = (world: World) =>
  world.until('all notices are delivered', () => allDelivered(world), 600_000, 5_000)

export const scriptedOrders: readonly ScriptedOrder[] = [
  {
    name: 'silent-payment',
    play: async (world) => {
      world.gateway.misbehave({ webhook: 'never' })
      const { impUid } = await buy(world)
      await world.pass(30_000)
      await world.gateway.approve(impUid)
      await world.until('found', () => isPaid(world), 2 * hourMs, 5_000)
      await settle(world)
    },
  },
  {
    name: 'forged-amount',
    play: async (world) => {
      const { impUid } = await buyForged(world, 100)
      await world.pass(15_000)
      await comeBack(await world.gateway.approve(impUid))
      await notified(world, 'payment.returned')
    },
  },
  {
    name: 'double-payment',
    play: async (world) => {
      await paid(world)
      await world.pass(120_000)
      paidAgain(world)
      await notified(world, 'payment.returned')
      await settle(world)
    },
  },
  {
    name: 'lost-cancel-answer',
    env: { SWEEP_INTERVAL_MS: '20000' },
    play: async (world) => {
      await paid(world)
      await world.pass(hourMs)
      world.gateway.misbehave({ rest: 'cancel_answer_lost', restTimes: 1 })
      await world.merchant.orders.cancel.mutate({ orderId, reason: '품절', idempotencyKey: 'key-1' })
      await notified(world, 'payment.cancelled', hourMs)
    },
  },
  {
    name: 'contradiction',
    play: async (world) => {
      world.gateway.misbehave({ rowFields: { amount: price - 1 } })
      await register(world)
      const row = world.gateway.addRow({
        merchantUid: orderId,
        amount: price,
        startedAt: nowS(world) + 5,
        status: 'ready',
      })
      await world.pass(10_000)
      await world.merchant.orders.reconcile.mutate({ orderId })
      world.gateway.behave()
      await world.gateway.approve(row.imp_uid)
      const id = await reviewId(world)
      await world.pass(10 * 60_000)
      await world.merchant.orders.resolve.mutate({ orderId, reviewId: id, action: 'accept', note })
      await settle(world)
    },
  },
  {
    name: 'late-deposit',
    env: { ...rare, ON_LATE: 'review' },
    play: async (world) => {
      const { impUid } = await buy(world, { expiresAt: world.clock.nowMs() + hourMs })
      await world.clock.oversleep(2 * hourMs)
      await world.until('expired', async () => (await orderOf(world)).status === 'expired', 200_000, 10_000)
      await world.pass(10 * 60_000)
      await world.gateway.approve(impUid)
      await reviewId(world)
      await settle(world)
    },
  },
  {
    name: 'refused-then-paid',
    play: async (world) => {
      const first = await buy(world)
      await world.pass(15_000)
      await comeBack(await world.gateway.refuse(first.impUid, 'limit'))
      await notified(world, 'payment.failed')
      await world.pass(60_000)
      const second = await buy(world)
      await comeBack(await world.gateway.approve(second.impUid))
      await world.until('paid', () => isPaid(world))
      await settle(world)
    },
  },
  {
    name: 'closed-and-paid',
    play: async (world) => {
      const { impUid } = await buy(world)
      await world.pass(30_000)
      await world.merchant.orders.close.mutate({ orderId, reason: '품절' })
      await world.pass(20_000)
      await comeBack(await world.gateway.approve(impUid))
      await notified(world, 'payment.returned')
      await settle(world)
    },
  },
  {
    name: 'orphan-given-back',
    env: { ORPHAN_AFTER_MS: '60000' },
    play: async (world) => {
      const paymentId = paidAgain(world)
      await notified(world, 'order.review', 300_000, 2_000)
      await world.pass(10 * 60_000)
      await world.merchant.orders.cancel.mutate({
        orderId,
        paymentId,
        reason: '모르는 주문',
        idempotencyKey: 'k',
      })
      await notified(world, 'order.review_ended')
    },
  },
  {
    name: 'refund-refused-then-retried',
    env: { SWEEP_INTERVAL_MS: '20000', SWEEP_LIST_EVERY_MS: '86400000' },
    play: async (world) => {
      await paid(world)
      await world.pass(90_000)
      world.gateway.misbehave({ cancel: 'refused', cancelRefusal: '취소 불가능한 거래입니다' })
      paidAgain(world)
      const id = await reviewId(world)
      await world.pass(hourMs)
      world.gateway.behave()
      await world.merchant.orders.resolve.mutate({ orderId, reviewId: id, action: 'retry', note })
      await notified(world, 'payment.returned', 2 * hourMs)
      await settle(world)
    },
  },
  {
    name: 'last-years-number',
    env: { SWEEP_INTERVAL_MS: '20000' },
    play: async (world) => {
      world.gateway.addRow({ merchantUid: orderId, amount: price, startedAt: nowS(world) - 400 * 86_400 })
      await register(world)
      const id = await reviewId(world)
      await world.pass(hourMs)
      await world.merchant.orders.resolve.mutate({
        orderId,
        reviewId: id,
        action: 'dismiss',
        note: '작년 주문의 결제임',
      })
      await settle(world)
    },
  },
  {
    name: 'virtual-account-partly-refunded',
    env: rare,
    play: async (world) => {
      const { impUid } = await buy(world, { payMethod: 'vbank' })
      await world.pass(15_000)
      await comeBack(await world.gateway.issueAccount(impUid))
      await world.until('waiting', async () => (await orderOf(world)).status === 'awaiting_deposit')
      await world.pass(3 * hourMs)
      await world.gateway.deposit(impUid, price)
      await world.until('paid', () => isPaid(world))
      await world.pass(hourMs)
      await world.merchant.orders.cancel.mutate({
        orderId,
        amount: 3_000,
        reason: '한 봉지 파손',
        idempotencyKey: 'key-1',
        refundAccount: account,
      })
      await notified(world, 'payment.partially_cancelled')
      await settle(world)
    },
  },
]

/** Runs a script in a new world, and returns the world. */
export async function played(
  { env = {}, play }: ScriptedOrder,
  engine: 'memory' | 'sqlite' | 'postgres' = 'memory',
) {
  const world = await startWorld({ env, engine, fraction: 0.5 })
  await play(world)
  return world
}
