import type { Deps } from '../../deps.ts'
import { moveDueTimes } from '../../store/clock-skew.ts'
import { noteDeployment } from '../../store/deployment.ts'

/** A smaller correction of the clock delays work by no more than servers' clocks may differ. */
const JUMP_MIN_MS = 5_000
/** Servers that share a time source are corrected together: the first to notice moves the due times of all. */
const SAME_JUMP_MS = 60_000

/**
 * Notices that the clock was set back, and brings the stored due times forward by as much: a notice that was due in five
 * seconds still is (K-03). The monotonic clock shows the jump. A clock that is set ahead makes work due early, which does no
 * harm.
 */
export function clockWatch({ clock, store, log, metrics }: Deps): () => Promise<void> {
  const aheadMs = (): number => clock.monotonicMs() - clock.nowMs()
  const moveWork = async (nowMs: number, jumpMs: number): Promise<void> => {
    const noted = await noteDeployment(store, 'clock_went_back', String(jumpMs), {
      nowMs,
      onceInMs: SAME_JUMP_MS,
    })
    if (noted === 'done') await moveDueTimes(store, nowMs, jumpMs)
  }
  let beforeMs = aheadMs()
  return async () => {
    const jumpMs = aheadMs() - beforeMs
    if (Math.abs(jumpMs) < JUMP_MIN_MS) return
    beforeMs += jumpMs
    metrics.count('clock_jumps', jumpMs > 0 ? 'back' : 'ahead')
    log.warn({ ms: -jumpMs }, 'the clock was set to another time')
    if (jumpMs > 0)
      await moveWork(clock.nowMs(), jumpMs).catch((error: unknown) =>
        log.error({ err: error }, 'due times could not be moved'),
      )
  }
}
