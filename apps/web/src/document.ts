/** What the server writes around the page, and the script finds again. Markup comes in as markup, everything else is escaped here. */
export type DocumentParts = {
  readonly language: string
  readonly title: string
  readonly style: string
  /** The page itself, rendered. */
  readonly markup: string
  /** What the page was rendered from, for the script; null for a page that needs none. */
  readonly data: unknown
  /** Its address, and the content it must have; null in development, where it changes as one types. */
  readonly script: { readonly address: string; readonly integrity: string | null }
  /** Without script: when to ask again, and where. Null when there is nothing to wait for. */
  readonly again: { readonly seconds: number; readonly url: string } | null
}

export const rootId = 'root'
export const dataId = 'shown'

/** A whole document that needs no other file to be read: the style is inside, the script comes after. */
export function documentOf(parts: DocumentParts): string {
  const { language, title, style, markup, data, script, again } = parts
  const refresh =
    again === null
      ? ''
      : `<noscript><meta http-equiv="refresh" content="${again.seconds};url=${escapedText(again.url)}"></noscript>`
  const scripts =
    data === null
      ? ''
      : `<script type="application/json" id="${dataId}">${escapedJson(data)}</script>${scriptTag(script)}`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<title>${escapedText(title)}</title><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light dark"><meta name="theme-color" content="#f3f5f7" media="(prefers-color-scheme: light)"><meta name="theme-color" content="#101418" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/icon.svg" type="image/svg+xml">${refresh}<style>${style}</style></head><body><div id="${rootId}">${markup}</div>${scripts}</body></html>
`
}

function scriptTag({ address, integrity }: DocumentParts['script']): string {
  const content = integrity === null ? '' : ` integrity="${escapedText(integrity)}"`
  return `<script type="module" src="${escapedText(address)}"${content}></script>`
}

const escapedText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** JSON that neither ends its script element nor opens another, and that old engines read as text too. */
export const escapedJson = (data: unknown): string =>
  JSON.stringify(data).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
