import type { Screen, ShownScreen } from '@landfall/payment-core'
import type { ResultView } from './parts/ResultPage.tsx'
import { calendarPath } from './paths.ts'
import type { Visit } from './visit.ts'

export const SLOW_AFTER_MS = 10_000

/** True when an answer is expected soon: not during a review, and not for an overdue deposit. */
export const isAnswerDue = (screen: Screen): boolean =>
  screen.kind === 'checking' && (screen.because === 'confirming' || screen.because === 'not_started')

/** True after `SLOW_AFTER_MS` of checking, by the server's clock. */
export const isSlow = (shown: ShownScreen): boolean =>
  shown.kind === 'checking' &&
  isAnswerDue(shown) &&
  shown.sinceMs !== null &&
  shown.atMs - shown.sinceMs >= SLOW_AFTER_MS

const blankScreen: Screen = {
  kind: 'checking',
  scope: 'full',
  order: null,
  because: 'confirming',
  sinceMs: null,
}
const refusedScreen: Screen = { kind: 'not_found', scope: 'outcome', order: null }

/** After the deadline the page stops asking for the deposit, even if the server has not said so yet (V-11). */
function presentScreen(screen: Screen, nowMs: number): Screen {
  const dueAtMs = screen.kind === 'awaiting_deposit' ? (screen.account?.dueAtMs ?? null) : null
  if (dueAtMs === null || nowMs <= dueAtMs) return screen
  const { scope, order } = screen
  return { kind: 'checking', scope, order, because: 'deposit_overdue', sinceMs: dueAtMs }
}

/** The page's state besides the visit: duration, time zone and the customer's actions. */
type Own = Pick<ResultView, 'slow' | 'busy' | 'nowMs'> & Partial<ResultView>

/** Computes the view of a visit. Before the first answer it is *checking*. The server and the browser both call this function. */
export function viewOf(visit: Pick<Visit, 'shown' | 'trouble' | 'refused'>, own: Own): ResultView {
  const { shown, trouble, refused } = visit
  return {
    trouble,
    screen: shown === null ? (refused ? refusedScreen : blankScreen) : presentScreen(shown, own.nowMs),
    waiting: shown === null && !refused,
    final: shown?.final ?? refused,
    shopUrl: shown?.shopUrl ?? null,
    tryAgainUrl: shown?.tryAgainUrl ?? null,
    appUrl: shown?.appUrl ?? null,
    forwardUrl: shown?.forwardUrl ?? null,
    shop: shown?.shop ?? null,
    calendarUrl: shown === null ? null : calendarPath(shown.token),
    arriving: false,
    zone: null,
    copied: null,
    toast: null,
    announcement: '',
    ...own,
  }
}
