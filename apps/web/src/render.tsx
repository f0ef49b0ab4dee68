import type { BuiltPage, PageAsked, ShownScreen } from '@landfall/payment-core'
import { renderToString } from 'preact-render-to-string'
import script from 'virtual:result-script'
import baseStyle from './base.css?inline'
import { calendarOf } from './calendar.ts'
import * as copy from './copy.ts'
import { documentOf, type DocumentParts } from './document.ts'
import { languageOf, languageParameter, type Language } from './language.ts'
import partsStyle from './parts/parts.css?inline'
import { announcementOf, ResultPage } from './parts/ResultPage.tsx'
import { resultPath } from './paths.ts'
import { isAnswerDue, isSlow, viewOf } from './result-view.ts'

/** Renders the result page on the server, from the components that the browser uses. `page.ts` of the server calls this file. */

export const style: BuiltPage['style'] = (baseStyle + partsStyle).trim()

export const document: BuiltPage['document'] = (asked) => {
  const language = languageAsked(asked)
  const { shown, shopUrl, shop = null } = asked
  const own = { slow: shown !== null && isSlow(shown), busy: false, nowMs: shown?.atMs ?? 0 }
  const view = viewOf({ shown, trouble: null, refused: shown === null }, own)
  const page = (
    <ResultPage
      view={shown === null ? { ...view, shopUrl, shop } : view}
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

/** When the page without script was first shown, epoch ms by the server's clock. */
const sinceParameter = 'since'
/** After that long only the page's link asks again. */
const FOLLOWED_S = 24 * 3_600
/** The shortest interval when no answer is expected soon, and while an account is shown that the reader may copy. */
const CALM_S = 30
const ACCOUNT_S = 60

/**
 * Without script the page reloads until its screen is final, for a day (P-10). Each interval is a share of the time passed, so that a reader's
 * place is lost ever more seldom, and some 60 reloads last a day. The address changes once at most: a reload of the same address adds
 * nothing to the browser's history.
 */
function againFor({ shown, search }: PageAsked, language: Language): DocumentParts['again'] {
  if (shown === null || shown.final) return null
  const sinceMs = sinceOf(shown, search)
  const passedS = sinceMs === null ? 0 : Math.floor((shown.atMs - sinceMs) / 1_000)
  if (passedS < 0 || passedS >= FOLLOWED_S) return null
  const query = `${languageParameter}=${language}&${sinceParameter}=${shown.atMs}`
  const url = sinceMs === null ? `${resultPath(shown.token)}?${query}` : null
  return { seconds: secondsUntilReload(shown, passedS), url }
}

/** When the wait began: when the customer came back, or when the page was first shown, from its address. Null: it is shown for the first time. */
function sinceOf(shown: ShownScreen, search: string): number | null {
  if (shown.kind === 'checking' && shown.because === 'confirming' && shown.sinceMs !== null)
    return Math.min(shown.sinceMs, shown.atMs)
  const asked = new URLSearchParams(search).get(sinceParameter)
  return asked === null ? null : /^\d{1,15}$/.test(asked) ? Number(asked) : 0
}

function secondsUntilReload(shown: ShownScreen, passedS: number): number {
  if (isAnswerDue(shown)) return Math.max(2, Math.floor(passedS / 8))
  const calm = (leastS: number): number => Math.max(leastS, Math.floor(passedS / 4))
  if (shown.kind !== 'awaiting_deposit') return calm(CALM_S)
  // The page must stop asking for the deposit one second after the deadline (V-11).
  const dueAtMs = shown.account?.dueAtMs ?? Infinity
  const leftS = Math.max(0, Math.ceil((dueAtMs - shown.atMs) / 1_000)) + 1
  return Math.min(calm(ACCOUNT_S), leftS)
}
