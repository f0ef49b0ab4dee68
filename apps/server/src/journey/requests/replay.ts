import type { ReplayAnswer, ReplayInput, TimelineEntry } from '@landfall/payment-core'
import { makeNoticesDue } from '../../store/make-notices-due.ts'
import { replayNotices, type NoticePlace } from '../../store/outbox.ts'
import type { Journey } from '../journey.ts'

/** Notices made due in one commit, and commits in one call: a longer range is asked for in parts. */
const BATCH = 500
const BATCHES_MAX = 200

/**
 * The shop wants to hear something again: the same notices, the same ids, in each order's sequence. Whatever had Landfall wait, such as a receiver
 * that was gone, is over: what was asked for is tried at once, also what waits anyway (N-10). Each order's timeline says once a call who asked,
 * however many of its notices are sent.
 */
export async function replay(
  { deps, signalWork, knock }: Journey,
  input: ReplayInput,
  actor: string,
): Promise<ReplayAnswer> {
  const nowMs = deps.clock.nowMs()
  const told = new Set<string>()
  const act = { actId: `replay-${deps.random.id()}`, entry: replayedEntry(input, actor), told }
  let replayed = 0
  if ('id' in input) replayed = (await replayNotices(deps.store, input, nowMs, act)).length
  else {
    // Page by page from the place of the last one: what is told while this still runs is not told a third time.
    let after: NoticePlace | null = null
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const range = { fromMs: input.from, toMs: input.to, after, limit: BATCH }
      const page: Awaited<ReturnType<typeof replayNotices>> = await replayNotices(
        deps.store,
        range,
        nowMs,
        act,
      )
      for (const { orderId } of page) told.add(orderId)
      replayed += page.length
      after = page.at(-1) ?? null
      if (page.length < BATCH) break
    }
  }
  await makeNoticesDue(deps.store, input, nowMs)
  knock()
  signalWork('notices')
  deps.log.info({ replayed }, 'notices are told again')
  return { replayed }
}

const replayedEntry = (input: ReplayInput, actor: string): TimelineEntry => ({
  event: 'notice.replayed',
  paymentId: null,
  from: null,
  to: null,
  reason: 'id' in input ? `notice ${input.id} is sent again` : 'notices of a time are sent again',
  actor,
})
