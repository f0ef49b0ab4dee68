export const languages = ['ko', 'en'] as const
export type Language = (typeof languages)[number]

/** A sentence, or a phrase with a gap in it, in every language: one left out does not compile. */
export type Line = Readonly<Record<Language, string>>
export type Phrase = Readonly<Record<Language, (gap: string) => string>>

/** The parameter a person's own choice travels in: it needs no cookie and no storage, and a link can carry it. */
export const languageParameter = 'lang'

/** The choice in the address, else the first language of the browser's that we speak; English for readers of other languages. */
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
