export const languages = ['ko', 'en'] as const
export type Language = (typeof languages)[number]

/** A sentence, or a function that completes one, in every language. A missing language does not compile. */
export type Line = Readonly<Record<Language, string>>
export type Phrase = Readonly<Record<Language, (gap: string) => string>>

/** The query parameter of the chosen language. It needs no cookie and no storage, and links can contain it. */
export const languageParameter = 'lang'

/** Returns the language of the address, else the browser's first supported language, else English. */
export function languageOf(search: string, preferred: readonly string[]): Language {
  const chosen = knownLanguage(new URLSearchParams(search).get(languageParameter) ?? '')
  if (chosen !== null) return chosen
  for (const tag of preferred) {
    const known = knownLanguage(tag)
    if (known !== null) return known
  }
  return preferred.length === 0 ? 'ko' : 'en'
}

function knownLanguage(tag: string): Language | null {
  const primary = tag.toLowerCase().split('-')[0]
  return languages.find((language) => language === primary) ?? null
}
