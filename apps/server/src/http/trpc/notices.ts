import { NoticeList, NoticesInput, ReplayAnswer, ReplayInput } from '@landfall/payment-core'
import { noticesIn } from '../../journey/requests/list-notices.ts'
import { replay } from '../../journey/requests/replay.ts'
import { merchantProcedure, router, unwrap } from './trpc.ts'

export const notices = router({
  /** What the shop was told, a page at a time, each with what came of its attempts. */
  list: merchantProcedure('notices')
    .input(NoticesInput)
    .output(NoticeList)
    .query(async ({ ctx, input }) => unwrap(await noticesIn(ctx.journey, input))),

  /** Sends notices again that were delivered or given up: one by its id, or all recorded from a time on and before another. */
  replay: merchantProcedure('notices')
    .input(ReplayInput)
    .output(ReplayAnswer)
    .mutation(({ ctx, input }) => replay(ctx.journey, input, ctx.actor)),
})
