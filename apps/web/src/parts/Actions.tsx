import type { ReactElement } from 'preact/compat'
import { actions } from '../labels.ts'
import { languageParameter, type Language } from '../language.ts'

type ActionsProps = {
  language: Language
  receiptUrl: string | null
  tryAgainUrl: string | null
  /** The order can no longer be paid: another payment is a new order. */
  isOrderOver: boolean
  calendarUrl: string | null
  /** The address of the app in which the payment started. */
  appUrl: string | null
  shopUrl: string | null
  contact: string | null
  /** Null: the screen is final. */
  onCheckAgain: (() => void) | null
  busy: boolean
}

/**
 * The page's links. They open in the same tab, because in-app browsers lose new tabs. The shop's own open over the whole tab, also where the
 * page stands in the shop's frame.
 */
export function Actions(props: ActionsProps): ReactElement {
  const { language, onCheckAgain, busy } = props
  const tryAgainUrl = webUrl(props.tryAgainUrl)
  const receiptUrl = webUrl(props.receiptUrl)
  const shopUrl = webUrl(props.shopUrl)
  const appUrl = appUrlOf(props.appUrl)
  const contact = contactOf(props.contact)
  return (
    <nav className="actions">
      {tryAgainUrl === null ? null : (
        <a className={props.isOrderOver ? 'action' : 'action first'} href={tryAgainUrl} target="_top">
          {(props.isOrderOver ? actions.orderAnew : actions.tryAgain)[language]}
        </a>
      )}
      {appUrl === null ? null : (
        <a className="action" href={appUrl}>
          {actions.backToApp[language]}
        </a>
      )}
      {props.calendarUrl === null ? null : (
        <a className="action" href={`${props.calendarUrl}?${languageParameter}=${language}`}>
          {actions.calendar[language]}
        </a>
      )}
      {onCheckAgain === null ? null : <CheckAgain {...{ language, onCheckAgain, busy }} />}
      {receiptUrl === null ? null : (
        <a className="action" href={receiptUrl} rel="noreferrer">
          {actions.receipt[language]}
        </a>
      )}
      {shopUrl === null ? null : (
        <a className="action quiet" href={shopUrl} target="_top">
          {actions.backToShop[language]}
        </a>
      )}
      {contact === null ? null : (
        <a className="action quiet contact" href={contact.href} rel="noreferrer" target="_top">
          {actions.contactShop[language]}
          {contact.text === null ? null : <bdi>{contact.text}</bdi>}
        </a>
      )}
    </nav>
  )
}

type CheckAgainProps = { language: Language; onCheckAgain: () => void; busy: boolean }

/** A link to this page, so that it also works without script. */
function CheckAgain({ language, onCheckAgain, busy }: CheckAgainProps): ReactElement {
  return (
    <a
      className="action"
      href={`?${languageParameter}=${language}`}
      aria-disabled={busy}
      onClick={(event) => {
        event.preventDefault()
        if (!busy) onCheckAgain()
      }}
    >
      <svg
        className={busy ? 'again turning' : 'again'}
        viewBox="0 0 20 20"
        width="18"
        height="18"
        aria-hidden="true"
      >
        <path d="M16 5.500V2m0 3.500h-3.500M16 5.500a7 7 0 1 0 1 5.500" />
      </svg>
      {actions.checkAgain[language]}
    </a>
  )
}

/** Accepts a web address or a path of this origin. Other addresses from outside do not become links. */
const webUrl = (url: string | null): string | null =>
  url !== null && /^(https?:\/\/|\/(?!\/))/i.test(url) ? url : null

/** Accepts a phone number, an e-mail address or a web page. Numbers and e-mail addresses are shown, for another device. */
function contactOf(url: string | null): { href: string; text: string | null } | null {
  const [, scheme, text] = /^(tel|mailto|https):(.+)$/.exec(url ?? '') ?? []
  if (url === null || scheme === undefined) return null
  return { href: url, text: scheme === 'https' ? null : (text ?? null) }
}

/** Accepts an app's own scheme, and no scheme that the browser itself handles. */
const appUrlOf = (url: string | null): string | null =>
  url !== null && /^[a-z][a-z0-9+.-]*:/i.test(url) && !browserSchemes.test(url) ? url : null
const browserSchemes = /^(?:https?|javascript|data|blob|file|vbscript|about|view-source|filesystem|ws|wss):/i
