import type { ShopFace, ShownScreen } from '../api/procedures.ts'

/**
 * The interface between the server and the built page. The web's build exports it, and the server loads it by path, so neither imports the other.
 */
export type BuiltPage = {
  /** The content of the document's `<style>`, for the content security policy. */
  readonly style: string
  /** The whole document. It works without script. */
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
  /** The target of «back to shop» without a screen. */
  readonly shopUrl: string | null
  /** The shop's name, logo and contact without a screen. */
  readonly shop?: ShopFace | null
  /** The query of the address: the chosen language, and how often a page without script has reloaded. */
  readonly search: string
  /** The header as received. */
  readonly acceptLanguage: string | null
}
