import type { Deps } from '../../deps.ts'
import { readBacklog } from '../../store/backlog.ts'

/** However often somebody asks, the backlog is counted once in this time. */
const FRESH_MS = 1_000

/** The text of `GET /metrics`: what has been counted, and what waits now. */
export function measuring({ clock, metrics, store }: Deps): () => Promise<string> {
  let asked: { readonly atMs: number; readonly text: Promise<string> } | null = null
  const measure = async (nowMs: number): Promise<string> => {
    const { waiting, oldestDueMs } = await readBacklog(store, nowMs)
    for (const [what, value] of Object.entries(waiting)) metrics.set('waiting', what, value)
    for (const [what, ageMs] of Object.entries(oldestDueMs))
      metrics.set('oldest_due_seconds', what, ageMs / 1_000)
    return metrics.text()
  }
  return () => {
    const nowMs = clock.nowMs()
    if (asked === null || Math.abs(nowMs - asked.atMs) >= FRESH_MS)
      asked = { atMs: nowMs, text: measure(nowMs) }
    return asked.text
  }
}
