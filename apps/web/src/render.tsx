import type { BuiltPage, PageAsked, ShownScreen } from '@landfall/payment-core'
import { renderToString } from 'preact-render-to-string'
import script from 'virtual:result-script'
import baseStyle from './base.css?inline'
import { calendarOf } from './calendar.ts'
import * as copy from './copy.ts'
import { documentOf } from './document.ts'
import { languageOf, languageParameter, type Language } from './language.ts'
import partsStyle from './parts/parts.css?inline'
import { announcementOf, ResultPage } from './parts/ResultPage.tsx'
import { resultPath } from './paths.ts'
import { isAnswerDue, isSlow, viewOf } from './result-view.ts'

/** Renders the result page on the server, from the components that the browser uses. `page.ts` of the server calls this file. */

export const style: BuiltPage['style'] = (baseStyle + partsStyle).trim()

export const document: BuiltPage['document'] = (asked) => {
  const language = languageAsked(asked)
  const { shown, shopUrl } = asked
  const own = { slow: shown !== null && isSlow(shown), busy: false, nowMs: shown?.atMs ?? 0 }
  const view = viewOf({ shown, trouble: null, refused: shown === null }, own)
  const page = (
    <ResultPage
      view={shown === null ? { ...view, shopUrl } : view}
      language={language}
      onCopy={nothing}
      onCheckAgain={nothing}
      onLanguage={nothing}
    />
  )
  return documentOf({
    language,
    title: copy.pageTitle[language](announcementOf(view.screen, view.waiting, language)),
    style,
    markup: renderToString(page),
    data: shown,
    script,
    again: againFor(asked, language),
  })
}

export const calendar: BuiltPage['calendar'] = (shown, asked) => calendarOf(shown, languageAsked(asked))

const nothing = (): void => undefined

function languageAsked({ search, acceptLanguage }: Pick<PageAsked, 'search' | 'acceptLanguage'>): Language {
  const preferred = (acceptLanguage ?? '')
    .split(',')
    .map((range) => range.split(';')[0]?.trim() ?? '')
    .filter((tag) => tag !== '' && tag !== '*')
  return languageOf(search, preferred)
}

const roundParameter = 'round'
/** After this many reloads only the page's link asks again. */
const ROUNDS_MAX = 24
/** The first interval when no answer is expected soon, and while an account is shown that the reader may copy. Intervals grow linearly. */
const CALM_ROUND_S = 30
const ACCOUNT_ROUND_S = 60

/** Without script the page reloads at growing intervals until its screen is final, a limited number of times (P-10). */
function againFor({ shown, search }: PageAsked, language: Language): { seconds: number; url: string } | null {
  if (shown === null || shown.final) return null
  const asked = new URLSearchParams(search).get(roundParameter) ?? '0'
  const round = /^\d{1,3}$/.test(asked) ? Number(asked) : ROUNDS_MAX
  if (round >= ROUNDS_MAX) return null
  const query = `${languageParameter}=${language}&${roundParameter}=${round + 1}`
  return { seconds: secondsUntilRound(shown, round), url: `${resultPath(shown.token)}?${query}` }
}

function secondsUntilRound(shown: ShownScreen, round: number): number {
  // The reloads cover about five minutes. A confirmation seldom takes longer.
  if (isAnswerDue(shown)) return 2 + round
  if (shown.kind !== 'awaiting_deposit') return CALM_ROUND_S * (round + 1)
  // The page must stop asking for the deposit one second after the deadline (V-11).
  const dueAtMs = shown.account?.dueAtMs ?? Infinity
  const leftSeconds = Math.max(0, Math.ceil((dueAtMs - shown.atMs) / 1_000)) + 1
  return Math.min(ACCOUNT_ROUND_S * (round + 1), leftSeconds)
}
