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
  RefundList,
  RefundsInput,
  RegisterAnswer,
  RegisterInput,
  ResolveAnswer,
  ResolveInput,
  Story,
  StoryInput,
} from '@landfall/payment-core'
import { requestRefund } from '../../journey/requests/request-refund.ts'
import { close } from '../../journey/requests/close.ts'
import { ordersIn } from '../../journey/requests/list-orders.ts'
import { refundsOf } from '../../journey/requests/list-refunds.ts'
import { orderView } from '../../journey/requests/order-view.ts'
import { register } from '../../journey/requests/register.ts'
import { resolve } from '../../journey/requests/resolve.ts'
import { story } from '../../journey/requests/story/story.ts'
import { readOrder } from '../../store/orders.ts'
import type { Journey } from '../../journey/journey.ts'
import { merchantProcedure, router, unwrap } from './trpc.ts'

async function viewOfOrder(journey: Journey, orderId: string): Promise<OrderView> {
  const record = await readOrder(journey.deps.store, orderId)
  return orderView(journey, unwrap(record === null ? fail({ kind: 'unknown_order', orderId }) : ok(record)))
}

export const orders = router({
  /** What the shop expects to be paid. Idempotent: the same order gives the same answer, and what may change about it follows while it is open. */
  register: merchantProcedure('orders:write')
    .input(RegisterInput)
    .output(RegisterAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await register(ctx.journey, input, ctx.actor))),

  get: merchantProcedure('orders:read')
    .input(OrderInput)
    .output(OrderView)
    .query(({ ctx, input }) => viewOfOrder(ctx.journey, input.orderId)),

  /** What happened to an order and why, in order of time; also to a payment of an order that nobody registered. */
  story: merchantProcedure('orders:read')
    .input(StoryInput)
    .output(Story)
    .query(async ({ ctx, input }) => unwrap(await story(ctx.journey, input.orderId))),

  /** Orders by their registration, a page at a time; with `review` only those a person must look at, the sums that wait, and the orphan payments. */
  list: merchantProcedure('orders:read')
    .input(ListInput)
    .output(OrderList)
    .query(async ({ ctx, input }) => unwrap(await ordersIn(ctx.journey, input))),

  /** What was asked back in a range of time, by us or by the shop, and its sums by cause. */
  refunds: merchantProcedure('orders:read')
    .input(RefundsInput)
    .output(RefundList)
    .query(async ({ ctx, input }) => unwrap(await refundsOf(ctx.journey, input))),

  /**
   * Gives money back: all that is left, or a sum; of the payment that the order keeps, or of the one that is named. Answered with what has become of it
   * after the first try.
   */
  cancel: merchantProcedure('refunds')
    .input(CancelInput)
    .output(CancelAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await requestRefund(ctx.journey, input, ctx.actor))),
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
