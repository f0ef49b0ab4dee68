import { lazy, Suspense, useEffect, useState, type ReactElement } from 'preact/compat'
import type { Api } from './api.ts'
import { languageOf, languageParameter, type Language } from './language.ts'
import { placeOf, type PagePlace } from './paths.ts'
import { NoSuchPage } from './screens/NoSuchPage.tsx'

// In production `result.tsx` is the result page. This route serves development and a return to the app's own `/complete`.
const Completion = lazy(async () => ({ default: (await import('./screens/Completion.tsx')).Completion }))
const Shop = lazy(async () => ({ default: (await import('./screens/Shop.tsx')).Shop }))
const Return = lazy(async () => ({ default: (await import('./screens/Return.tsx')).Return }))

/** Each page is a load of its own: links and redirects lead from one page to the next. */
export function Routes({ api }: { api: Api }): ReactElement {
  const [place] = useState(() => placeOf(location.pathname, location.search))
  const [language, setLanguage] = useState(() => languageOf(location.search, navigator.languages))
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const onLanguage = (chosen: Language): void => {
    const url = new URL(location.href)
    url.searchParams.set(languageParameter, chosen)
    history.replaceState(null, '', url)
    setLanguage(chosen)
  }
  return <Suspense fallback={null}>{pageAt(place, { api, language, onLanguage })}</Suspense>
}

type PageProps = { api: Api; language: Language; onLanguage: (language: Language) => void }

function pageAt(place: PagePlace, props: PageProps): ReactElement {
  switch (place.kind) {
    case 'shop':
      return <Shop {...props} orderId={place.orderId} />
    case 'result':
      return <Completion {...props} arrival={{ token: place.token, fields: null, shown: null }} />
    case 'complete':
      return <Return {...props} token={place.token} query={place.query} />
    case 'unknown':
      return <NoSuchPage language={props.language} onLanguage={props.onLanguage} />
  }
}
