import { ShownScreen, VerifyInput } from '@landfall/payment-core'
import { verify } from '../../journey/requests/verify.ts'
import { show, watch } from '../../journey/requests/show.ts'
import { eachOf, publicProcedure, router, unwrap, viewerProcedure } from './trpc.ts'

export const payments = router({
  /**
   * Takes the redirect's query, the SDK's callback object or a view token. Stores the claim, looks it up within 2.5 s and returns the screen.
   */
  verify: publicProcedure
    .input(VerifyInput)
    .output(ShownScreen)
    .mutation(async ({ ctx, input }) => unwrap(await verify(ctx.journey, input))),

  /** The present screen. */
  screen: viewerProcedure.output(ShownScreen).query(({ ctx }) => show(ctx.journey, ctx.viewer, ctx.token)),

  /** The present screen, then every change until the final one. */
  watch: viewerProcedure
    .output(eachOf(ShownScreen))
    .subscription(({ ctx, signal }) => watch(ctx.journey, ctx.viewer, ctx.token, signal)),
})
