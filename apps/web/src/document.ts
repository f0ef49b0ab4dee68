/** Builds the HTML document around the rendered page. The input `markup` is inserted as it is; all other inputs are escaped here. */
export type DocumentParts = {
  readonly language: string
  readonly title: string
  readonly style: string
  /** The rendered page. */
  readonly markup: string
  /** The data of the page, for the script. Null: the page has no script. */
  readonly data: unknown
  /** The script's address and integrity hash. The hash is null in development, where the script changes with each edit. */
  readonly script: { readonly address: string; readonly integrity: string | null }
  /**
   * When the page reloads unless its script runs, and which address. A null address reloads the page's own, which adds nothing to the
   * browser's history. Null: never.
   */
  readonly again: { readonly seconds: number; readonly url: string | null } | null
}

export const rootId = 'root'
export const dataId = 'shown'

/** Writes a document that is readable before any other file arrives: the style is inline, and the script comes last. */
export function documentOf(parts: DocumentParts): string {
  const { language, title, style, markup, data, script } = parts
  const scripts =
    data === null
      ? ''
      : `<script type="application/json" id="${dataId}">${escapedJson(data)}</script>${scriptTag(script)}`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<title>${escapedText(title)}</title><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light dark"><meta name="theme-color" content="#f3f5f7" media="(prefers-color-scheme: light)"><meta name="theme-color" content="#101418" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/icon.svg" type="image/svg+xml"><style>${style}</style></head><body><div id="${rootId}">${markup}</div>${scripts}${reloadTag(parts)}</body></html>
`
}

/** The parser waits for the built script, so that the script decides whether the parser sees what follows. */
function scriptTag({ address, integrity }: DocumentParts['script']): string {
  if (integrity === null) return `<script type="module" src="${escapedText(address)}"></script>`
  return `<script src="${escapedText(address)}" integrity="${escapedText(integrity)}"></script>`
}

/**
 * Browsers do not agree on how to cancel a reload once they have read it. It stands behind the script, which opens a comment
 * (`skipReload`): a browser reads the reload only if the script is blocked, missing, refused or failing (P-10).
 */
function reloadTag({ again, script }: DocumentParts): string {
  if (again === null) return ''
  const url = again.url === null ? '' : `;url=${escapedText(again.url)}`
  const reload = `<meta http-equiv="refresh" content="${again.seconds}${url}">`
  // In development the script is a module, for which no parser waits.
  return script.integrity === null ? `<noscript>${reload}</noscript>` : `${reload}<!-- -->`
}

/** Hides the reload from the parser that waits for this script. Written later, or by a module, it would replace the page. */
export function skipReload(page: {
  readonly currentScript: unknown
  readonly write: (...text: string[]) => void
}): void {
  if (page.currentScript !== null) page.write('<!--')
}

const escapedText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** Writes JSON that cannot end its script element or start another, and escapes U+2028 and U+2029, which old engines reject in strings. */
export const escapedJson = (data: unknown): string =>
  JSON.stringify(data).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
