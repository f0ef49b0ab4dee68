import type { Deps } from '../../deps.ts'
import { readBacklog } from '../../store/backlog.ts'

/** The backlog is counted at most once in this time. */
const FRESH_MS = 1_000

/** Renders `GET /metrics`: the counters and the backlog. */
export function metricsReader({ clock, metrics, store }: Deps): () => Promise<string> {
  let cached: { readonly atMs: number; readonly text: Promise<string> } | null = null
  const measure = async (nowMs: number): Promise<string> => {
    const { waiting, oldestDueMs } = await readBacklog(store, nowMs)
    for (const [kind, value] of Object.entries(waiting)) metrics.set('waiting', kind, value)
    for (const [kind, ageMs] of Object.entries(oldestDueMs))
      metrics.set('oldest_due_seconds', kind, ageMs / 1_000)
    return metrics.text()
  }
  return () => {
    const nowMs = clock.nowMs()
    if (cached === null || Math.abs(nowMs - cached.atMs) >= FRESH_MS)
      cached = { atMs: nowMs, text: measure(nowMs) }
    return cached.text
  }
}
