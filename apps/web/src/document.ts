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
  /** When a browser without script reloads, and which address. Null: never. */
  readonly again: { readonly seconds: number; readonly url: string } | null
}

export const rootId = 'root'
export const dataId = 'shown'

/** Writes a document that is readable before any other file arrives: the style is inline, and the script is deferred. */
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

/** Writes JSON that cannot end its script element or start another, and escapes U+2028 and U+2029, which old engines reject in strings. */
export const escapedJson = (data: unknown): string =>
  JSON.stringify(data).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
