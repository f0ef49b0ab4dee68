import type { ReactElement } from 'preact/compat'
import { languageNames, languageSwitch } from '../labels.ts'
import { languageParameter, languages, type Language } from '../language.ts'

/** The choices are links, so that they work without script. With script, a choice does not reload the page. */
type LanguageSwitchProps = { language: Language; onChoose: (language: Language) => void }

export function LanguageSwitch({ language, onChoose }: LanguageSwitchProps): ReactElement {
  return (
    <nav className="languages" aria-label={languageSwitch[language]}>
      {languages.map((each) => (
        <a
          key={each}
          href={`?${languageParameter}=${each}`}
          lang={each}
          hrefLang={each}
          aria-current={each === language ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault()
            onChoose(each)
          }}
        >
          {languageNames[each]}
        </a>
      ))}
    </nav>
  )
}
