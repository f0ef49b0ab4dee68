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

/** Where the customer lands: begins with what the server wrote, asks, follows, and shows what is recorded. */
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

/** Script runs: buttons that need it may be seen, and the live region, filled only now, is read. The first drawing is the server's own. */
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

/** Known to the browser alone; the server's own drawing names Seoul's time. */
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

/** After a return was taken in, the address is the result's own: reloading it claims nothing again. */
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

/** Moves the reader to the heading when the outcome changes, never on arrival. */
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

/** Copies, and says so as long as the page is still about the same thing. */
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
  // The same words twice would be read once: every second time they end in a space of another kind.
  const said = `${words}${count % 2 === 0 ? '\u00A0' : ''}`
  return { said, toast: faded === count ? null : words, copied: last.what, onCopy }
}
