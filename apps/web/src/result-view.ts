import type { Screen, ShownScreen } from '@landfall/payment-core'
import type { ResultView } from './parts/ResultPage.tsx'
import { calendarPath } from './paths.ts'
import type { Visit } from './visit.ts'

export const SLOW_AFTER_MS = 10_000

/** Is an answer expected soon? Not while a person is looking, nor for a deposit whose time is over. */
export const isAnswerDue = (screen: Screen): boolean =>
  screen.kind === 'checking' && (screen.because === 'confirming' || screen.because === 'not_started')

/** Has the payment been waited for so long that more should be said? By the server's clock alone. */
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

/** An account whose time is up is not asked to be paid into, also before the server has said so or while it cannot (V-11). */
function presentScreen(screen: Screen, nowMs: number): Screen {
  const dueAtMs = screen.kind === 'awaiting_deposit' ? (screen.account?.dueAtMs ?? null) : null
  if (dueAtMs === null || nowMs <= dueAtMs) return screen
  const { scope, order } = screen
  return { kind: 'checking', scope, order, because: 'deposit_overdue', sinceMs: dueAtMs }
}

/** What the page knows besides the visit: how long it has been, where it is read, and what a person is doing on it. */
type Own = Pick<ResultView, 'slow' | 'busy' | 'nowMs'> & Partial<ResultView>

/** What a visit looks like; before the first answer, *checking* and nothing else. The server and the browser both begin here. */
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
    calendarUrl: shown === null ? null : calendarPath(shown.token),
    arriving: false,
    zone: null,
    copied: null,
    toast: null,
    announcement: '',
    ...own,
  }
}
