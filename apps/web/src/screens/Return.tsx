import { returnFieldsFromQuery } from '@landfall/payment-core'
import { useState, type ReactElement } from 'react'
import type { Api } from '../api.ts'
import type { Language } from '../language.ts'
import { Completion } from './Completion.tsx'

type ReturnProps = {
  api: Api
  token: string | null
  query: string
  language: Language
  onLanguage: (language: Language) => void
}

/** A return that came to the app's own `/complete`: its query is read once, with the very schema the server's door uses. */
export function Return({ api, token, query, language, onLanguage }: ReturnProps): ReactElement {
  const [arrival] = useState(() => {
    const read = returnFieldsFromQuery(query)
    return { token, fields: read.ok ? read.value : null, shown: null }
  })
  return <Completion api={api} arrival={arrival} language={language} onLanguage={onLanguage} />
}
