import type { ReactElement } from 'react'
import { actions } from '../labels.ts'
import type { Language } from '../language.ts'

type ActionsProps = {
  language: Language
  receiptUrl: string | null
  tryAgainUrl: string | null
  shopUrl: string | null
  /** Null when there is nothing to ask again. */
  onCheckAgain: (() => void) | null
  busy: boolean
}

/** What to do now. Links stay in this tab: in-app browsers lose new ones. */
export function Actions(props: ActionsProps): ReactElement {
  const { language, onCheckAgain, busy } = props
  const tryAgainUrl = webUrl(props.tryAgainUrl)
  const receiptUrl = webUrl(props.receiptUrl)
  const shopUrl = webUrl(props.shopUrl)
  return (
    <nav className="actions">
      {tryAgainUrl === null ? null : (
        <a className="action first" href={tryAgainUrl}>
          {actions.tryAgain[language]}
        </a>
      )}
      {onCheckAgain === null ? null : (
        <button
          type="button"
          className="action"
          aria-disabled={busy}
          onClick={() => (busy ? undefined : onCheckAgain())}
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
        </button>
      )}
      {receiptUrl === null ? null : (
        <a className="action" href={receiptUrl} rel="noreferrer">
          {actions.receipt[language]}
        </a>
      )}
      {shopUrl === null ? null : (
        <a className="action quiet" href={shopUrl}>
          {actions.backToShop[language]}
        </a>
      )}
    </nav>
  )
}

/** Addresses that came from outside are links only when they lead to the web, or to a path here. */
const webUrl = (url: string | null): string | null =>
  url !== null && /^(https?:\/\/|\/(?!\/))/i.test(url) ? url : null
