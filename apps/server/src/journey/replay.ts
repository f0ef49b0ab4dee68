import type { ReplayAnswer, ReplayInput } from '@landfall/payment-core'
import { replayNotices, type NoticePlace } from '../store/outbox.ts'
import type { Journey } from './journey.ts'

/** Notices made due in one commit, and commits in one call: a longer range is asked for in parts. */
const BATCH = 500
const BATCHES_MAX = 200

/** The shop wants to hear something again: the same notices, the same ids, in each order's sequence. */
export async function replay({ deps, wake }: Journey, input: ReplayInput): Promise<ReplayAnswer> {
  const nowMs = deps.clock.nowMs()
  let replayed = 0
  if ('id' in input) replayed = (await replayNotices(deps.store, input, nowMs)).length
  else {
    // Page by page from the place of the last one: what is told while this still runs is not told a third time.
    let after: NoticePlace | null = null
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const range = { fromMs: input.from, toMs: input.to, after, limit: BATCH }
      const page: NoticePlace[] = await replayNotices(deps.store, range, nowMs)
      replayed += page.length
      after = page.at(-1) ?? null
      if (page.length < BATCH) break
    }
  }
  if (replayed > 0) wake('notices')
  deps.log.info({ replayed }, 'notices are told again')
  return { replayed }
}
