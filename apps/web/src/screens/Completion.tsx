import { useEffect, useRef, useState, useSyncExternalStore, type ReactElement } from 'preact/compat'
import type { Api } from '../api.ts'
import { copyText } from '../clipboard.ts'
import * as copy from '../copy.ts'
import { spoken } from '../labels.ts'
import type { Language, Line } from '../language.ts'
import { zoneApart } from '../moment-text.ts'
import type { OnCopy } from '../parts/FactList.tsx'
import { announcementOf, ResultPage, type ResultView } from '../parts/ResultPage.tsx'
import { resultPath } from '../paths.ts'
import { viewOf } from '../result-view.ts'
import { useTitle } from '../use-title.ts'
import { useServerNow, useSlow, useVisit, type Arrival } from '../use-visit.ts'

type CompletionProps = {
  api: Api
  arrival: Arrival
  language: Language
  onLanguage: (language: Language) => void
}

/** The completion page: starts with the screen in the page, follows the payment, and shows what is recorded. */
export function Completion({ api, arrival, language, onLanguage }: CompletionProps): ReactElement {
  const { visit, busy, checks, checkAgain } = useVisit(api, arrival)
  const slow = useSlow(visit)
  const headingRef = useRef<HTMLHeadingElement>(null)
  const nowMs = useServerNow(visit.shown)
  const zone = useZone()
  const view = viewOf(visit, { slow, busy, nowMs, zone })
  const about = [view.screen.kind, view.waiting, view.trouble, language, checks].join(' ')
  const { said, toast, copied, onCopy } = useCopying(about, language)

  useOwnAddress(visit.shown?.token ?? null)
  useForwarding(view.forwardUrl)
  const outcome = `${view.screen.kind} ${view.waiting ? 'waiting' : 'told'}`
  const [outcomeAtFirst] = useState(outcome)
  useHeadingFocus(headingRef, outcome)

  const unchanged = checks > 0 && !busy && view.trouble === null && !view.final
  const announcement = said ?? (unchanged ? spoken.unchanged[language] : standingAnnouncement(view, language))
  const isLive = useLive()
  useTitle(copy.pageTitle[language](announcementOf(view.screen, view.waiting, language)))
  return (
    <ResultPage
      view={{
        ...view,
        arriving: outcome !== outcomeAtFirst,
        copied,
        toast,
        announcement: isLive ? announcement : '',
      }}
      language={language}
      headingRef={headingRef}
      onCopy={onCopy}
      onCheckAgain={checkAgain}
      onLanguage={onLanguage}
    />
  )
}

const never = (): (() => void) => () => undefined

/** True once the script runs. Buttons that need script appear, and the live region gets its text. The first render equals the server's. */
function useLive(): boolean {
  useEffect(() => {
    document.documentElement.dataset['live'] = ''
  }, [])
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}

/** The reader's time zone. Only the browser knows it, so the server's render uses Seoul's. */
const useZone = (): string | null => useSyncExternalStore(never, zoneHere, () => null)
let zone: string | null | undefined
function zoneHere(): string | null {
  if (zone === undefined) zone = zoneApart(Date.now())
  return zone
}

const standingAnnouncement = (view: ResultView, language: Language): string =>
  view.trouble === null
    ? announcementOf(view.screen, view.waiting, language)
    : copy.trouble[view.trouble][language]

/** Replaces the return's address by the result's, so that a reload does not send the claim again. */
function useOwnAddress(token: string | null): void {
  useEffect(() => {
    if (token === null || !location.pathname.startsWith('/complete')) return
    const kept = new URLSearchParams(location.search).get('lang')
    history.replaceState(
      null,
      '',
      `${resultPath(token)}${kept === null ? '' : `?lang=${encodeURIComponent(kept)}`}`,
    )
  }, [token])
}

/** Long enough to read the outcome, and short enough not to leave before. */
const FORWARD_AFTER_MS = 1_500

/** Goes back to the shop once the outcome is final. It replaces this page, so that the back button does not lead here and away again. */
function useForwarding(url: string | null): void {
  useEffect(() => {
    if (url === null || !/^https?:\/\//.test(url)) return
    const timer = setTimeout(() => location.replace(url), FORWARD_AFTER_MS)
    return () => clearTimeout(timer)
  }, [url])
}

/** Focuses the heading when the outcome changes, but not on arrival. */
function useHeadingFocus(headingRef: { readonly current: HTMLHeadingElement | null }, outcome: string): void {
  const previousRef = useRef(outcome)
  useEffect(() => {
    if (previousRef.current === outcome) return
    previousRef.current = outcome
    headingRef.current?.focus()
  }, [headingRef, outcome])
}

type Copying = { said: string | null; toast: string | null; copied: string | null; onCopy: OnCopy }
const TOAST_MS = 4_000

/** Copies a value, and reports it until the page's content changes. */
function useCopying(about: string, language: Language): Copying {
  const [last, setLast] = useState<{ about: string; what: string | null; line: Line; count: number } | null>(
    null,
  )
  const onCopy: OnCopy = ({ what, text }) => {
    const say = (done: boolean): void =>
      setLast((before) => ({
        about,
        what: done ? what : null,
        line: done ? spoken[what] : spoken.notCopied,
        count: (before?.count ?? 0) + 1,
      }))
    copyText(text).then(say, () => say(false))
  }
  const [faded, setFaded] = useState(0)
  const count = last?.count ?? 0
  useEffect(() => {
    const timer = setTimeout(() => setFaded(count), TOAST_MS)
    return () => clearTimeout(timer)
  }, [count])
  if (last === null || last.about !== about) return { said: null, toast: null, copied: null, onCopy }
  const words = last.line[language]
  // A screen reader skips a repeated text, so every second text ends in a no-break space.
  const said = `${words}${count % 2 === 0 ? '\u00A0' : ''}`
  return { said, toast: faded === count ? null : words, copied: last.what, onCopy }
}
