import { ShownScreen, VerifyInput, ViewerInput } from '@landfall/payment-core'
import { verify } from '../journey/verify.ts'
import { show, viewerOf, watch } from '../journey/show.ts'
import { eachOf, publicProcedure, router, unwrap } from './trpc.ts'

export const payments = router({
  /** The redirect's query or the SDK's callback object as received, or a view token → claim, look-up within 2.5 s → screen. */
  verify: publicProcedure
    .input(VerifyInput)
    .output(ShownScreen)
    .mutation(async ({ ctx, input }) => unwrap(await verify(ctx.journey, input))),

  /** The screen now. */
  screen: publicProcedure
    .input(ViewerInput)
    .output(ShownScreen)
    .query(async ({ ctx, input }) =>
      show(ctx.journey, unwrap(await viewerOf(ctx.journey, input.token)), input.token),
    ),

  /** Every change of the screen until it is final, the present one first. */
  watch: publicProcedure
    .input(ViewerInput)
    .output(eachOf(ShownScreen))
    .subscription(async function* ({ ctx, input, signal }) {
      const viewer = unwrap(await viewerOf(ctx.journey, input.token))
      yield* watch(ctx.journey, viewer, input.token, signal)
    }),
})
