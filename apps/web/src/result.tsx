import type { ShownScreen } from '@landfall/payment-core'
import { hydrate, useState, type ReactElement } from 'preact/compat'
import { createApi, type Api } from './api.ts'
import { dataId, rootId, skipReload } from './document.ts'
import { languageOf, languageParameter, type Language } from './language.ts'
import { Completion } from './screens/Completion.tsx'

/** The result page's script: hydrates the server-rendered page, with the screen in the page's data. */
function Result({ api, shown }: { api: Api; shown: ShownScreen }): ReactElement {
  const [language, setLanguage] = useState(() => languageOf('', [document.documentElement.lang]))
  const onLanguage = (chosen: Language): void => {
    history.replaceState(null, '', `?${languageParameter}=${chosen}`)
    document.documentElement.lang = chosen
    setLanguage(chosen)
  }
  const arrival = { token: shown.token, fields: null, shown }
  return <Completion {...{ api, arrival, language, onLanguage }} />
}

/** The server writes this JSON into the document, so it needs no validation. */
const readShown: (text: string) => ShownScreen = JSON.parse

const root = document.getElementById(rootId)
if (root !== null) {
  hydrate(
    <Result api={createApi('/trpc')} shown={readShown(document.getElementById(dataId)?.textContent ?? '')} />,
    root,
  )
  // Only now: a browser in which the lines above fail reloads the page instead.
  skipReload(document)
}
