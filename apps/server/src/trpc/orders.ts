import {
  CancelAnswer,
  CancelInput,
  CloseInput,
  fail,
  ListInput,
  ok,
  OrderInput,
  OrderList,
  OrderView,
  RegisterAnswer,
  RegisterInput,
  ResolveAnswer,
  ResolveInput,
  viewOf,
} from '@landfall/payment-core'
import { askBack } from '../journey/ask-back.ts'
import { close } from '../journey/close.ts'
import { resolve } from '../journey/resolve.ts'
import { orderView, register } from '../journey/register.ts'
import { listOrders, readOrder } from '../store/orders.ts'
import { orphanPayments } from '../store/payments.ts'
import type { Journey } from '../journey/journey.ts'
import { merchantProcedure, router, unwrap } from './trpc.ts'

const ORPHANS_MAX = 100

async function viewOfOrder(journey: Journey, orderId: string): Promise<OrderView> {
  const record = await readOrder(journey.deps.store, orderId)
  return orderView(journey, unwrap(record === null ? fail({ kind: 'unknown_order', orderId }) : ok(record)))
}

export const orders = router({
  /** What the shop expects to be paid. Idempotent: the same order gives the same answer. */
  register: merchantProcedure('orders:write')
    .input(RegisterInput)
    .output(RegisterAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await register(ctx.journey, input, ctx.actor))),

  get: merchantProcedure('orders:read')
    .input(OrderInput)
    .output(OrderView)
    .query(({ ctx, input }) => viewOfOrder(ctx.journey, input.orderId)),

  /** Orders by id, a page at a time; with `review` only those a person must look at, and the orphan payments. */
  list: merchantProcedure('orders:read')
    .input(ListInput)
    .output(OrderList)
    .query(async ({ ctx, input }) => {
      const { store } = ctx.journey.deps
      const { limit, cursor } = input
      const review = input.review ?? false
      const filter = { status: input.status ?? null, review, afterOrderId: cursor ?? '', limit: limit + 1 }
      const records = await listOrders(store, filter)
      const page = records.slice(0, limit)
      const orphans = review && cursor == null ? await orphanPayments(store, ORPHANS_MAX) : []
      return {
        orders: await Promise.all(page.map((record) => orderView(ctx.journey, record))),
        nextCursor: records.length > limit ? (page.at(-1)?.order.orderId ?? null) : null,
        orphans: orphans.map((payment) => ({ ...viewOf(payment), orderId: payment.orderId })),
      }
    }),

  /**
   * Gives money back: all that is left, or a sum; of the payment that the order keeps, or of the one that is named. Answered with what has become of it
   * after the first try.
   */
  cancel: merchantProcedure('refunds')
    .input(CancelInput)
    .output(CancelAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await askBack(ctx.journey, input, ctx.actor))),
  /** Calls an unpaid order off. */
  close: merchantProcedure('orders:write')
    .input(CloseInput)
    .output(OrderView)
    .mutation(async ({ ctx, input }) => unwrap(await close(ctx.journey, input, ctx.actor))),
  /** A person's end of a review: keep the money, give it back, send a refused cancel again, or leave it as it is. */
  resolve: merchantProcedure('refunds')
    .input(ResolveInput)
    .output(ResolveAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await resolve(ctx.journey, input, ctx.actor))),

  /** Looks at the gateway now, and gives the order as it then is. */
  reconcile: merchantProcedure('orders:write')
    .input(OrderInput)
    .output(OrderView)
    .mutation(async ({ ctx, input }) => {
      const reason = { claim: null, atMs: ctx.journey.deps.clock.nowMs(), adoptOrphans: false }
      unwrap(await ctx.journey.reconcile({ by: 'order', orderId: input.orderId }, reason))
      return viewOfOrder(ctx.journey, input.orderId)
    }),
})
