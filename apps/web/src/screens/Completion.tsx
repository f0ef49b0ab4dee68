import type { Screen } from '@landfall/payment-core'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import type { Api } from '../api.ts'
import { copyText } from '../clipboard.ts'
import * as copy from '../copy.ts'
import { spoken } from '../labels.ts'
import type { Language, Line } from '../language.ts'
import type { OnCopy } from '../parts/FactList.tsx'
import { announcementOf, ResultPage, type ResultView } from '../parts/ResultPage.tsx'
import { resultPath } from '../paths.ts'
import { useSlow, useVisit, type Arrival } from '../use-visit.ts'
import type { Visit } from '../visit.ts'

type CompletionProps = {
  api: Api
  arrival: Arrival
  language: Language
  onLanguage: (language: Language) => void
}

/** Where the customer lands: it asks, follows, and shows what is recorded. */
export function Completion({ api, arrival, language, onLanguage }: CompletionProps): ReactElement {
  const { visit, busy, checks, checkAgain } = useVisit(api, arrival)
  const slow = useSlow(visit)
  const headingRef = useRef<HTMLHeadingElement>(null)
  const view = viewOf(visit, { slow, busy })
  const about = [view.screen.kind, view.waiting, view.trouble, language, checks].join(' ')
  const { said, toast, copied, onCopy } = useCopying(about, language)

  useOwnAddress(visit.shown?.token ?? null)
  useHeadingFocus(headingRef, `${view.screen.kind} ${view.waiting ? 'waiting' : 'told'}`)

  const announcement =
    said ?? (checks > 0 && !busy && view.trouble === null && !view.final ? spoken.unchanged[language] : null)
  return (
    <>
      <title>{copy.pageTitle[language](announcementOf(view.screen, view.waiting, language))}</title>
      <ResultPage
        view={{
          ...view,
          copied,
          toast,
          announcement: announcement ?? standingAnnouncement(view, language),
        }}
        language={language}
        headingRef={headingRef}
        onCopy={onCopy}
        onCheckAgain={checkAgain}
        onLanguage={onLanguage}
      />
    </>
  )
}

const standingAnnouncement = (view: ResultView, language: Language): string =>
  view.trouble === null
    ? announcementOf(view.screen, view.waiting, language)
    : copy.trouble[view.trouble][language]

const blankScreen: Screen = {
  kind: 'checking',
  scope: 'full',
  order: null,
  because: 'confirming',
  sinceMs: null,
}
const refusedScreen: Screen = { kind: 'not_found', scope: 'outcome', order: null }

/** What a visit looks like; before the first answer, *checking* and nothing else. */
export function viewOf(visit: Visit, own: { slow: boolean; busy: boolean }): ResultView {
  const { shown, trouble, refused } = visit
  return {
    ...own,
    trouble,
    screen: shown ?? (refused ? refusedScreen : blankScreen),
    waiting: shown === null && !refused,
    final: shown?.final ?? refused,
    shopUrl: shown?.shopUrl ?? null,
    tryAgainUrl: shown?.tryAgainUrl ?? null,
    copied: null,
    toast: null,
    announcement: '',
  }
}

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
  const before = useRef(outcome)
  useEffect(() => {
    if (before.current === outcome) return
    before.current = outcome
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
