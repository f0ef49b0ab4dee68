import type { Screen } from '@landfall/payment-core'
import type { ReactElement, Ref } from 'preact/compat'
import { slow, steps, stepsName, stepStates } from '../checking-copy.ts'
import * as copy from '../copy.ts'
import { depositAdvice } from '../deposit-copy.ts'
import { spoken } from '../labels.ts'
import type { Language } from '../language.ts'
import { Actions } from './Actions.tsx'
import { FactList, type OnCopy } from './FactList.tsx'
import { factsOf } from './facts-of.ts'
import { LanguageSwitch } from './LanguageSwitch.tsx'
import { StatusIcon } from './StatusIcon.tsx'
import { screenTextOf } from './screen-text.ts'

/** What the page shows of its own state besides the screen itself. */
export type ResultView = {
  readonly screen: Screen
  /** Nothing has been heard yet: rows are drawn empty. */
  readonly waiting: boolean
  /** This outcome came while the page was open; what it opened with is simply there. */
  readonly arriving: boolean
  /** Checking has lasted ten seconds. */
  readonly slow: boolean
  readonly trouble: 'offline' | 'trouble' | null
  readonly final: boolean
  readonly busy: boolean
  readonly shopUrl: string | null
  readonly tryAgainUrl: string | null
  readonly appUrl: string | null
  /** The deposit's deadline as a calendar file. */
  readonly calendarUrl: string | null
  /** The server's clock: what is left to a deadline is counted by it. */
  readonly nowMs: number
  /** The reader's time zone where it is not Seoul's; null until the browser has said so. */
  readonly zone: string | null
  /** What was copied last, null before. */
  readonly copied: string | null
  /** What became of a copy, for the eye; the live region says it to the ear. */
  readonly toast: string | null
  /** Said by the live region. */
  readonly announcement: string
}
type ResultPageProps = {
  view: ResultView
  language: Language
  headingRef?: Ref<HTMLHeadingElement>
  onCopy: OnCopy
  onCheckAgain: () => void
  onLanguage: (language: Language) => void
}

/** The whole page for one screen: a pure function of what it is given, for the browser and the server alike. */
export function ResultPage(props: ResultPageProps): ReactElement {
  const { view, language, onCheckAgain, onLanguage } = props
  const { screen } = view
  const canAsk = !view.final || view.trouble !== null
  return (
    <div className="page">
      <header className="page-head">
        <LanguageSwitch language={language} onChoose={onLanguage} />
      </header>
      <main data-kind={screen.kind} data-scope={screen.scope} aria-busy={view.waiting}>
        <p role="status" className="unseen">
          {view.announcement}
        </p>
        {/* A new kind is a new card: nothing already there moves when it comes. */}
        <div
          key={`${screen.kind} ${view.waiting ? 'waiting' : 'told'}`}
          className={view.arriving ? 'arriving' : undefined}
        >
          <Card {...props} />
          <Actions
            language={language}
            receiptUrl={receiptUrlOf(screen)}
            tryAgainUrl={view.tryAgainUrl}
            calendarUrl={hasDeadline(screen) ? view.calendarUrl : null}
            appUrl={view.appUrl}
            shopUrl={view.shopUrl}
            onCheckAgain={canAsk ? onCheckAgain : null}
            busy={view.busy}
          />
        </div>
        {view.toast === null ? null : (
          <p className="toast" aria-hidden="true">
            {view.toast}
          </p>
        )}
      </main>
    </div>
  )
}

function Card({ view, language, headingRef, onCopy }: ResultPageProps): ReactElement {
  const { screen } = view
  const screenText = screenTextOf(screen, language)
  const isSlow = screen.kind === 'checking' && view.slow
  return (
    <section className="card" aria-labelledby="outcome">
      {view.trouble === null ? null : (
        <Trouble trouble={view.trouble} known={!view.waiting} language={language} />
      )}
      <StatusIcon kind={screen.kind} isCalledOff={screen.kind === 'expired' && screen.because === 'closed'} />
      <h1 id="outcome" ref={headingRef ?? null} tabIndex={-1}>
        {screenText.heading}
      </h1>
      <p className="lead">{isSlow ? slow.lead[language] : screenText.lead}</p>
      {screenText.points.map((point) => (
        <p key={point} className="point">
          {point}
        </p>
      ))}
      {screen.kind === 'checking' && screen.because === 'confirming' ? <Steps language={language} /> : null}
      {isSlow ? <Slow language={language} /> : null}
      {view.waiting ? (
        <EmptyRows />
      ) : (
        <FactList {...{ language, onCopy }} facts={factsOf(screen, language, view)} copied={view.copied} />
      )}
      {screen.kind === 'awaiting_deposit' && screen.account !== null ? (
        <p className="advice">{depositAdvice[language]}</p>
      ) : null}
      {screenText.smallPrint === null ? null : (
        <p className="small-print">
          <span>{copy.gatewaySays[language]}</span> <bdi lang="ko">{screenText.smallPrint}</bdi>
        </p>
      )}
      {screen.scope === 'outcome' && screen.kind !== 'not_found' ? (
        <p className="advice">{copy.withheld[language]}</p>
      ) : null}
    </section>
  )
}

type TroubleProps = { trouble: 'offline' | 'trouble'; known: boolean; language: Language }

function Trouble({ trouble, known, language }: TroubleProps): ReactElement {
  return (
    <p className="trouble">
      {copy.trouble[trouble][language]} {known ? copy.lastKnown[language] : null}
    </p>
  )
}

function Slow({ language }: { language: Language }): ReactElement {
  return (
    <ul className="slow">
      {slow.points.map((point) => (
        <li key={point.en}>{point[language]}</li>
      ))}
    </ul>
  )
}

const statesInOrder = ['done', 'current', 'next'] as const

/** Where in the matter the customer is: back already, an answer on its way. Nothing here is estimated. */
function Steps({ language }: { language: Language }): ReactElement {
  return (
    <ol className="steps" aria-label={stepsName[language]}>
      {steps.map((step, index) => {
        const state = statesInOrder[index] ?? 'next'
        return (
          <li key={step.en} data-step={state} aria-current={state === 'current' ? 'step' : undefined}>
            <span className="unseen">{stepStates[state][language]} </span>
            {step[language]}
          </li>
        )
      })}
    </ol>
  )
}

const EmptyRows = (): ReactElement => (
  <div className="facts empty" aria-hidden="true">
    <span />
    <span />
    <span />
  </div>
)

const hasDeadline = (screen: Screen): boolean =>
  screen.kind === 'awaiting_deposit' && screen.account?.dueAtMs != null

const receiptUrlOf = (screen: Screen): string | null =>
  'payment' in screen ? (screen.payment?.receiptUrl ?? null) : null

/** What the live region says when this screen comes up. */
export const announcementOf = (screen: Screen, waiting: boolean, language: Language): string =>
  waiting ? spoken.busy[language] : screenTextOf(screen, language).heading
