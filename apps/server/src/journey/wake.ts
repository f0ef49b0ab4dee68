/** One kind of due work (`work.ts`). */
export const laneNames = ['claims', 'strangers', 'cancels', 'orders', 'rounds', 'notices', 'tidy'] as const
export type LaneName = (typeof laneNames)[number]

/** Has the work loop look for due rows of these kinds now; of all kinds when none is named. */
export type Wake = (...names: readonly LaneName[]) => void
