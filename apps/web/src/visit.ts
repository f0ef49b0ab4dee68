import type { ShownScreen } from '@landfall/payment-core'

/**
 * The state machine of a visit to the completion page. It is pure: it has no clock, timer or network. `asking` calls `payments.verify`, then
 * a stream opens. When the stream breaks, the page polls at growing intervals, and after an answer opens the stream again. Hidden pages
 * send no requests. A final screen ends the visit.
 */
export type Follow =
  | { readonly at: 'asking' }
  | { readonly at: 'opening'; readonly untilMs: number }
  | { readonly at: 'streaming' }
  | { readonly at: 'waiting'; readonly untilMs: number }
  | { readonly at: 'polling' }
  | { readonly at: 'away' }
  | { readonly at: 'over' }

export type Visit = {
  readonly follow: Follow
  /** Consecutive breaks and time-outs. A screen from the stream resets the count. */
  readonly misses: number
  readonly shown: ShownScreen | null
  readonly trouble: 'offline' | 'trouble' | null
  /** The server refused the request before any screen was shown. */
  readonly refused: boolean
}

export type VisitEvent =
  /** `verify` or `screen` answered. */
  | { readonly type: 'told'; readonly shown: ShownScreen }
  | { readonly type: 'unanswered'; readonly problem: 'offline' | 'refused' | 'trouble' }
  | { readonly type: 'opened' }
  /** The stream sent a screen. */
  | { readonly type: 'heard'; readonly shown: ShownScreen }
  | { readonly type: 'broke' }
  | { readonly type: 'due' }
  | { readonly type: 'hidden' }
  /** The page is visible again, or the network is back. */
  | { readonly type: 'seen' }
  /** The page returned from the back-forward cache, so its screen may be old. Even a final screen is requested again (P-07). */
  | { readonly type: 'restored' }

export const POLL_FIRST_MS = 2_000
export const POLL_MAX_MS = 10_000
/** A proxy is buffering a stream that sends nothing for this long. */
export const OPEN_TIMEOUT_MS = 8_000

export const visitBegun: Visit = {
  follow: { at: 'asking' },
  misses: 0,
  shown: null,
  trouble: null,
  refused: false,
}

/** The state of a page that contains its screen. Only *checking* sends a request at once, because the server has just read the others. */
export function visitFrom(shown: ShownScreen | null, nowMs: number): Visit {
  if (shown === null || (shown.kind === 'checking' && !shown.final)) return { ...visitBegun, shown }
  return {
    ...visitBegun,
    shown,
    follow: shown.final ? { at: 'over' } : { at: 'opening', untilMs: nowMs + OPEN_TIMEOUT_MS },
  }
}

export function visitStep(visit: Visit, event: VisitEvent, nowMs: number): Visit {
  const { at } = visit.follow
  switch (event.type) {
    case 'told':
      return toldStep(visit, event.shown, nowMs)
    case 'heard':
      return {
        ...withScreen(visit, event.shown),
        follow: event.shown.final ? { at: 'over' } : { at: 'streaming' },
        misses: 0,
      }
    case 'opened':
      return at === 'opening' ? { ...visit, follow: { at: 'streaming' }, trouble: null } : visit
    case 'unanswered':
      return unansweredStep(visit, event.problem, nowMs)
    case 'broke':
      return at === 'opening' || at === 'streaming' ? waitingLonger(visit, nowMs) : visit
    case 'due':
      if (at === 'opening') return waitingLonger(visit, nowMs)
      return at === 'waiting'
        ? { ...visit, follow: { at: visit.shown === null ? 'asking' : 'polling' } }
        : visit
    case 'hidden':
      return at === 'over' ? visit : { ...visit, follow: { at: 'away' } }
    case 'seen':
      return at === 'away' || at === 'waiting' ? { ...visit, follow: { at: 'asking' }, misses: 0 } : visit
    case 'restored':
      return { ...visit, follow: { at: 'asking' }, misses: 0 }
  }
}

function toldStep(visit: Visit, shown: ShownScreen, nowMs: number): Visit {
  const next = withScreen(visit, shown)
  const { at } = visit.follow
  if (next.shown?.final === true) return { ...next, follow: { at: 'over' } }
  if (at === 'opening' || at === 'streaming' || at === 'away') return next
  return { ...next, follow: { at: 'opening', untilMs: nowMs + OPEN_TIMEOUT_MS } }
}

/** Answers can arrive out of order. Of two screens the one read later counts. */
function withScreen(visit: Visit, shown: ShownScreen): Visit {
  const newest = visit.shown !== null && visit.shown.atMs > shown.atMs ? visit.shown : shown
  return { ...visit, shown: newest, trouble: null, refused: false }
}

function unansweredStep(visit: Visit, problem: 'offline' | 'refused' | 'trouble', nowMs: number): Visit {
  const { at } = visit.follow
  if (problem === 'refused' && visit.shown === null)
    return { ...visit, follow: { at: 'over' }, trouble: null, refused: true }
  const troubled: Visit = { ...visit, trouble: problem === 'offline' ? 'offline' : 'trouble' }
  return at === 'asking' || at === 'polling' ? waitingLonger(troubled, nowMs) : troubled
}

function waitingLonger(visit: Visit, nowMs: number): Visit {
  const delayMs = Math.min(POLL_MAX_MS, POLL_FIRST_MS * 2 ** Math.min(visit.misses, 8))
  return { ...visit, misses: visit.misses + 1, follow: { at: 'waiting', untilMs: nowMs + delayMs } }
}
