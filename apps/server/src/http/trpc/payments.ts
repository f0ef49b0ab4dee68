import { ShownScreen, VerifyInput } from '@landfall/payment-core'
import { verify } from '../../journey/requests/verify.ts'
import { show, watch } from '../../journey/requests/show.ts'
import { eachOf, publicProcedure, router, unwrap, viewerProcedure } from './trpc.ts'

export const payments = router({
  /** The redirect's query or the SDK's callback object as received, or a view token → claim, look-up within 2.5 s → screen. */
  verify: publicProcedure
    .input(VerifyInput)
    .output(ShownScreen)
    .mutation(async ({ ctx, input }) => unwrap(await verify(ctx.journey, input))),

  /** The screen now. */
  screen: viewerProcedure
    .output(ShownScreen)
    .query(({ ctx, input }) => show(ctx.journey, ctx.viewer, input.token)),

  /** Every change of the screen until it is final, the present one first. */
  watch: viewerProcedure
    .output(eachOf(ShownScreen))
    .subscription(({ ctx, input, signal }) => watch(ctx.journey, ctx.viewer, input.token, signal)),
})
