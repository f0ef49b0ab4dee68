import type { Deps } from '../../deps.ts'
import { cancelLeaseMs } from './execute-refund.ts'
import { oldOrders, type Forgotten } from './old-orders.ts'
import { repairClockSkew } from '../../store/clock-skew.ts'
import { deleteOldMessages } from '../../store/messages.ts'
import { deleteEndedClaims, deleteExcessClaims, deleteOldOrphans } from '../../store/retention.ts'

const TIDY_EVERY_MS = 30_000
/** Rows deleted in one commit, and commits in one round. The batches cause no stall, and delete faster than junk claims arrive. */
const BATCH = 500
const BATCHES_MAX = 100
/** How long payments of unregistered orders stay visible; most belong to another shop on the same gateway account (M-17). */
const ORPHANS_KEPT_MS = 90 * 24 * 3_600_000
const ORPHANS_MAX = 100_000

/** Returns a clean-up task when one is due. Each process runs its own; concurrent deletions do no harm. */
export function retention(deps: Deps): () => Promise<Array<() => Promise<unknown>>> {
  let tidiedAtMs = deps.clock.nowMs()
  const forgetOld = oldOrders(deps, deps.config.keptFor)
  return async () => {
    const nowMs = deps.clock.nowMs()
    if (Math.abs(nowMs - tidiedAtMs) < TIDY_EVERY_MS) return []
    tidiedAtMs = nowMs
    return [() => tidy(deps, forgetOld)]
  }
}

/** Deletes old rows of untrusted input (D-04), forgets old orders as configured, and corrects due times that a clock error put far into the future (K-03). */
async function tidy({ store, clock, config, log }: Deps, forgetOld: () => Promise<Forgotten>): Promise<void> {
  const { keptMs, unknownMax } = config.claims
  const nowMs = clock.nowMs()
  const { orphanAfterMs, workLeaseMs, sweep } = config
  const waits = {
    orphanAfterMs,
    workLeaseMs,
    cancelLeaseMs: cancelLeaseMs(config),
    listEveryMs: sweep.listEveryMs,
  }
  await repairClockSkew(store, nowMs, waits)
  const ended = await inBatches((limit) => deleteEndedClaims(store, nowMs - keptMs, limit))
  const messages = await inBatches((limit) => deleteOldMessages(store, nowMs - keptMs, limit))
  const excess = await inBatches((limit) => deleteExcessClaims(store, unknownMax, limit))
  const beforeMs = nowMs - ORPHANS_KEPT_MS
  const orphans = await inBatches((limit) => deleteOldOrphans(store, { beforeMs, keep: ORPHANS_MAX, limit }))
  if (excess > 0) log.warn({ excess }, 'claims about unknown subjects deleted: there were too many')
  if (ended + messages + orphans > 0) log.info({ ended: ended + messages, orphans }, 'old rows deleted')
  const forgotten = await forgetOld()
  if (Object.values(forgotten).some((count) => count > 0))
    log.info(forgotten, 'old orders forgotten, as configured')
}

async function inBatches(remove: (limit: number) => Promise<number>): Promise<number> {
  let removed = 0
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const count = await remove(BATCH)
    removed += count
    if (count < BATCH) break
  }
  return removed
}
