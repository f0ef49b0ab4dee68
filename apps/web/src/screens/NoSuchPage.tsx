import type { ReactElement } from 'preact/compat'
import { actions, unknownPage } from '../labels.ts'
import type { Language } from '../language.ts'
import { LanguageSwitch } from '../parts/LanguageSwitch.tsx'
import { StatusIcon } from '../parts/StatusIcon.tsx'
import { shopPath } from '../paths.ts'

type NoSuchPageProps = { language: Language; onLanguage: (language: Language) => void }

export function NoSuchPage({ language, onLanguage }: NoSuchPageProps): ReactElement {
  return (
    <div className="page">
      <header className="page-head">
        <LanguageSwitch language={language} onChoose={onLanguage} />
      </header>
      <main data-kind="no_such_page">
        <section className="card">
          <StatusIcon kind="not_found" />
          <h1>{unknownPage.heading[language]}</h1>
          <p className="lead">{unknownPage.lead[language]}</p>
        </section>
        <nav className="actions">
          <a className="action quiet" href={shopPath}>
            {actions.backToShop[language]}
          </a>
        </nav>
      </main>
    </div>
  )
}
