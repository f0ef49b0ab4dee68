import { Checkout, GatewayName, Product, ShopOrderInput } from '@landfall/payment-core'
import { z } from 'zod'
import { checkout, offeredGateways, products } from '../../journey/requests/demo-shop.ts'
import { demoProcedure, router, unwrap } from './trpc.ts'

/** The demo shop. Mounted in sandbox mode only. */
export const shop = router({
  products: demoProcedure.output(z.array(Product)).query(() => [...products]),

  /** The protocols by which it can be paid. */
  gateways: demoProcedure
    .output(z.array(GatewayName))
    .query(({ ctx }) => offeredGateways(ctx.journey.deps.config)),

  /** Registers an order for a product at the server's price, or returns an open order for another try. */
  order: demoProcedure
    .input(ShopOrderInput)
    .output(Checkout)
    .mutation(async ({ ctx, input }) => unwrap(await checkout(ctx.journey, input))),
})
