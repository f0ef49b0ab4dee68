import { returnFieldsFromLink, returnFieldsFromQuery, type ReturnFields } from '@landfall/payment-core'
import { useState, type ReactElement } from 'preact/compat'
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

/** A return to the app's own `/complete`. It reads the query once, with the parsers that the server's return route uses. */
export function Return({ api, token, query, language, onLanguage }: ReturnProps): ReactElement {
  const [arrival] = useState(() => ({ token, fields: fieldsOf(token, query), shown: null }))
  return <Completion api={api} arrival={arrival} language={language} onLanguage={onLanguage} />
}

/** The token in an order's own link identifies the order, so an invalid query is ignored. */
function fieldsOf(token: string | null, query: string): ReturnFields | null {
  if (token !== null) return returnFieldsFromLink(query).fields
  const read = returnFieldsFromQuery(query)
  return read.ok ? read.value : null
}
