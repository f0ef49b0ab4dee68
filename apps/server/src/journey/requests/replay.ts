import type { ReplayAnswer, ReplayInput, TimelineEntry } from '@landfall/payment-core'
import { makeNoticesDue } from '../../store/make-notices-due.ts'
import { replayNotices, type NoticePlace } from '../../store/outbox.ts'
import type { Journey } from '../journey.ts'

/** Notices made due in one commit, and commits in one call. A longer range needs several calls. */
const BATCH = 500
const BATCHES_MAX = 200

/**
 * Sends notices again, with the same ids and in each order's sequence. All matching notices are tried at once, including those that still wait and
 * those of a receiver that was gone (N-10). Each order's timeline names the caller once per call, whatever the number of notices.
 */
export async function replay(
  { deps, signalWork, retryGoneReceiver }: Journey,
  input: ReplayInput,
  actor: string,
): Promise<ReplayAnswer> {
  const nowMs = deps.clock.nowMs()
  const notedOrders = new Set<string>()
  const act = { actId: `replay-${deps.random.id()}`, entry: replayedEntry(input, actor), told: notedOrders }
  let replayed = 0
  if ('id' in input) replayed = (await replayNotices(deps.store, input, nowMs, act)).length
  else {
    // Each page starts after the last notice of the one before: a notice delivered meanwhile is not sent a third time.
    let after: NoticePlace | null = null
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const range = { fromMs: input.from, toMs: input.to, after, limit: BATCH }
      const page: Awaited<ReturnType<typeof replayNotices>> = await replayNotices(
        deps.store,
        range,
        nowMs,
        act,
      )
      for (const { orderId } of page) notedOrders.add(orderId)
      replayed += page.length
      after = page.at(-1) ?? null
      if (page.length < BATCH) break
    }
  }
  await makeNoticesDue(deps.store, input, nowMs)
  retryGoneReceiver()
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
