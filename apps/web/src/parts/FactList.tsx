import type { ReactElement } from 'preact/compat'
import { actions } from '../labels.ts'
import type { Language } from '../language.ts'
import type { Fact } from './facts-of.ts'

export type OnCopy = (copies: NonNullable<Fact['copies']>) => void
type FactListProps = { facts: readonly Fact[]; language: Language; onCopy: OnCopy; copied: string | null }

/** Shows the rows. The button shows that its value was copied; the page's live region announces it. */
export function FactList({ facts, language, onCopy, copied }: FactListProps): ReactElement | null {
  if (facts.length === 0) return null
  return (
    <dl className="facts">
      {facts.map((fact) => (
        <div key={fact.name} className={classOf(fact)} data-row={fact.name}>
          <dt>{fact.label}</dt>
          <dd>
            <span
              className="value"
              {...(fact.name === 'orderId' || fact.name === 'account' ? untranslated : {})}
            >
              {fact.name === 'account' ? groupsOf(fact.value) : fact.value}
            </span>
            {fact.note === undefined ? null : <span className="note">{fact.note}</span>}
            {fact.copies === undefined ? null : (
              <CopyButton
                copies={fact.copies}
                done={copied === fact.copies.what}
                language={language}
                onCopy={onCopy}
              />
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Preact declares `translate` as a boolean, but its server renderer omits `false`. The text `no` reaches the page from both. */
const untranslated: Readonly<Record<string, string>> = { translate: 'no' }

const classOf = ({ strong, copies }: Fact): string =>
  `fact${strong === true ? ' strong' : ''}${copies === undefined ? '' : ' copied'}`

/** Groups digits by four with CSS. The text has no spaces, so that selection and search find the whole number. */
function groupsOf(number: string): ReactElement[] | string {
  if (!/^\d{6,}$/.test(number)) return number
  return (number.match(/\d{1,4}/g) ?? []).map((digits, index) => (
    <span key={index} className="digits">
      {digits}
    </span>
  ))
}

type CopyButtonProps = {
  copies: NonNullable<Fact['copies']>
  done: boolean
  language: Language
  onCopy: OnCopy
}

function CopyButton({ copies, done, language, onCopy }: CopyButtonProps): ReactElement {
  const name = copies.what === 'account' ? actions.copyAccount : actions.copyAmount
  return (
    <button
      type="button"
      className="copy"
      data-done={done}
      aria-label={name[language]}
      onClick={() => onCopy(copies)}
    >
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
        {done ? <path d="M4 10.500l4 4 8-9" /> : <path d="M7 7V3h10v10h-4M3 7h10v10H3z" />}
      </svg>
      {actions.copy[language]}
    </button>
  )
}
