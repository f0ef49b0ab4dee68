/** How long anything is waited for: a safety net that no passing run comes near, on the busiest machine either. Nothing is asserted by it. */
export const PATIENCE_MS = 120_000
