import type { Screen, ShopFace } from '@landfall/payment-core'
import type { ReactElement, Ref } from 'preact/compat'
import { slow, steps, stepsName, stepStates } from '../checking-copy.ts'
import * as copy from '../copy.ts'
import { depositAdvice } from '../deposit-copy.ts'
import { forwarding, spoken } from '../labels.ts'
import type { Language } from '../language.ts'
import { Actions } from './Actions.tsx'
import { FactList, type OnCopy } from './FactList.tsx'
import { factsOf } from './facts-of.ts'
import { LanguageSwitch } from './LanguageSwitch.tsx'
import { ShopName } from './ShopName.tsx'
import { StatusIcon } from './StatusIcon.tsx'
import { screenTextOf } from './screen-text.ts'

/** The screen and the page's own state. */
export type ResultView = {
  readonly screen: Screen
  /** No answer has arrived yet, so the rows are empty. */
  readonly waiting: boolean
  /** The outcome arrived while the page was open, so it is animated. */
  readonly arriving: boolean
  /** Checking has lasted ten seconds. */
  readonly slow: boolean
  readonly trouble: 'offline' | 'trouble' | null
  readonly final: boolean
  readonly busy: boolean
  readonly shopUrl: string | null
  readonly tryAgainUrl: string | null
  /** The page goes there by itself. */
  readonly forwardUrl: string | null
  readonly shop: ShopFace | null
  readonly appUrl: string | null
  /** The deposit's deadline as a calendar file. */
  readonly calendarUrl: string | null
  /** The server's time, from which the time left before a deadline is computed. */
  readonly nowMs: number
  /** The reader's time zone if it differs from Seoul's. Null before the browser has run. */
  readonly zone: string | null
  /** The row copied last. */
  readonly copied: string | null
  /** The visible result of a copy. The live region announces it. */
  readonly toast: string | null
  /** The text of the live region. */
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

/** The page of one screen: a pure function of its props. The browser and the server both render it. */
export function ResultPage(props: ResultPageProps): ReactElement {
  const { view, language, onCheckAgain, onLanguage } = props
  const { screen } = view
  const canAsk = !view.final || view.trouble !== null
  return (
    <div className="page">
      <header className="page-head">
        <ShopName shop={view.shop} />
        <LanguageSwitch language={language} onChoose={onLanguage} />
      </header>
      <main data-kind={screen.kind} data-scope={screen.scope} aria-busy={view.waiting}>
        <p role="status" className="unseen">
          {view.announcement}
        </p>
        {/* The key replaces the card when the kind changes, so that no element of the old card moves. */}
        <div
          key={`${screen.kind} ${view.waiting ? 'waiting' : 'told'}`}
          className={view.arriving ? 'arriving' : undefined}
        >
          <Card {...props} />
          <Actions
            language={language}
            receiptUrl={receiptUrlOf(screen)}
            tryAgainUrl={view.tryAgainUrl}
            isOrderOver={screen.kind === 'expired'}
            calendarUrl={hasDeadline(screen) ? view.calendarUrl : null}
            appUrl={view.appUrl}
            shopUrl={view.shopUrl}
            contact={view.shop?.contact ?? null}
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
      {view.forwardUrl === null ? null : <p className="advice">{forwarding[language]}</p>}
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

/** The steps of the payment. They contain no time estimate. */
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

/** The announcement of a new screen. */
export const announcementOf = (screen: Screen, waiting: boolean, language: Language): string =>
  waiting ? spoken.busy[language] : screenTextOf(screen, language).heading
