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
  /** Registers an order. Idempotent: the same order gets the same answer; changeable fields may change while it is open. */
  register: merchantProcedure('orders:write')
    .input(RegisterInput)
    .output(RegisterAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await register(ctx.journey, input, ctx.actor))),

  get: merchantProcedure('orders:read')
    .input(OrderInput)
    .output(OrderView)
    .query(({ ctx, input }) => viewOfOrder(ctx.journey, input.orderId)),

  /** An order's history with reasons, in time order; also of an unregistered order's payment. */
  story: merchantProcedure('orders:read')
    .input(StoryInput)
    .output(Story)
    .query(async ({ ctx, input }) => unwrap(await story(ctx.journey, input.orderId))),

  /** Orders by registration time, paged. `review` selects orders under review, with open sums and orphan payments. */
  list: merchantProcedure('orders:read')
    .input(ListInput)
    .output(OrderList)
    .query(async ({ ctx, input }) => unwrap(await ordersIn(ctx.journey, input))),

  /** Refunds in a time range, automatic and requested, with sums by cause. */
  refunds: merchantProcedure('orders:read')
    .input(RefundsInput)
    .output(RefundList)
    .query(async ({ ctx, input }) => unwrap(await refundsOf(ctx.journey, input))),

  /**
   * Refunds the rest or a given sum, of the order's kept payment or of a named one. The answer gives the outcome of the first try.
   */
  cancel: merchantProcedure('refunds')
    .input(CancelInput)
    .output(CancelAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await requestRefund(ctx.journey, input, ctx.actor))),
  /** Closes an unpaid order. */
  close: merchantProcedure('orders:write')
    .input(CloseInput)
    .output(OrderView)
    .mutation(async ({ ctx, input }) => unwrap(await close(ctx.journey, input, ctx.actor))),
  /** Ends a review by hand: keep the money, refund it, resend a refused cancel, or leave it. */
  resolve: merchantProcedure('refunds')
    .input(ResolveInput)
    .output(ResolveAnswer)
    .mutation(async ({ ctx, input }) => unwrap(await resolve(ctx.journey, input, ctx.actor))),

  /** Looks up at the gateway now and returns the order's new state. */
  reconcile: merchantProcedure('orders:write')
    .input(OrderInput)
    .output(OrderView)
    .mutation(async ({ ctx, input }) => {
      const reason = { claim: null, atMs: ctx.journey.deps.clock.nowMs(), adoptOrphans: false }
      unwrap(await ctx.journey.reconcile({ by: 'order', orderId: input.orderId }, reason))
      return viewOfOrder(ctx.journey, input.orderId)
    }),
})
