import type { ShownScreen } from '../api/procedures.ts'

/**
 * Between the server and the built page: text in, text out. The web's build exports it, the server loads it by path, and neither imports the
 * other.
 */
export type BuiltPage = {
  /** What stands inside the document's `<style>`, for the policy that allows exactly that. */
  readonly style: string
  /** The whole document, readable without script. */
  readonly document: (asked: PageAsked) => string
  /** A calendar file (RFC 5545) of the deposit's deadline; null when there is none. */
  readonly calendar: (
    shown: ShownScreen,
    asked: Pick<PageAsked, 'search' | 'acceptLanguage'>,
  ) => string | null
}

export type PageAsked = {
  /** Null for a token that shows nothing. */
  readonly shown: ShownScreen | null
  /** Where «back to shop» goes when there is no screen to say it. */
  readonly shopUrl: string | null
  /** The address's own query: the language chosen, and how often a page without script has asked again. */
  readonly search: string
  /** The header as it came. */
  readonly acceptLanguage: string | null
}
