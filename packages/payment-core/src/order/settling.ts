const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/**
 * A return that claims failure while the gateway still says `ready` is *checking* for this long, and for two
 * look-ups.
 */
export const SETTLE_FAILURE_MS = 10 * SECOND_MS
/**
 * A return without any flag settles in three minutes: KG INICIS bank transfers come back before they are
 * approved (docs/gateway/portone-v1.md §2.3). A window that is open in another tab counts as long.
 */
export const SETTLE_SILENT_MS = 3 * MINUTE_MS
export const SETTLE_LOOKS_MIN = 2
