/** The limit of every wait. A passing run stays far below it, even on a busy machine. No test asserts it. */
export const PATIENCE_MS = 120_000
