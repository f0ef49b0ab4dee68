import { ReplayAnswer, ReplayInput } from '@landfall/payment-core'
import { replay } from '../journey/replay.ts'
import { merchantProcedure, router } from './trpc.ts'

export const notices = router({
  /** Sends notices again that were delivered or given up: one by its id, or all recorded from a time on and before another. */
  replay: merchantProcedure('notices')
    .input(ReplayInput)
    .output(ReplayAnswer)
    .mutation(({ ctx, input }) => replay(ctx.journey, input, ctx.actor)),
})
