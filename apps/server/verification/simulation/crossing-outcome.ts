/** What passes from one process to another, or to the disk, and can fail on the way: a question with its answer, or a commit. */
export type Crossing = { readonly from: string; readonly to: string; readonly what: string }

/**
 * How it goes: well; `before` it is done there; `after`, so that nobody hears of it; or with an answer that is an error in its place
 * (`broken`), breaks off (`cut`) or asks to wait (`busy`). Of a commit `before` is a lock, `broken` a full disk, and `after` the end of the
 * process.
 */
export type Course = 'well' | 'before' | 'after' | 'broken' | 'cut' | 'busy'

/** A calm world: what goes wrong in it is the weather's. */
export const allWell = (): Course => 'well'
