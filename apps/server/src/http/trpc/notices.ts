import { NoticeList, NoticesInput, ReplayAnswer, ReplayInput } from '@landfall/payment-core'
import { noticesIn } from '../../journey/requests/list-notices.ts'
import { replay } from '../../journey/requests/replay.ts'
import { merchantProcedure, router, unwrap } from './trpc.ts'

export const notices = router({
  /** The shop's notices, paged, each with its delivery attempts. */
  list: merchantProcedure('notices')
    .input(NoticesInput)
    .output(NoticeList)
    .query(async ({ ctx, input }) => unwrap(await noticesIn(ctx.journey, input))),

  /** Resends delivered or abandoned notices: one by id, or all recorded in a time range. */
  replay: merchantProcedure('notices')
    .input(ReplayInput)
    .output(ReplayAnswer)
    .mutation(({ ctx, input }) => replay(ctx.journey, input, ctx.actor)),
})
