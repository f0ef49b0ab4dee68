import type { Inventory } from '@landfall/payment-core'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { styleHash } from './headers.ts'

/** Markup the build produced: files by address and content hash, inline styles by hash. */
export type KnownMarkup = {
  readonly files: ReadonlyMap<string, string>
  readonly styles: ReadonlySet<string>
}

export const knownOf = ({ files, inlineStyles }: Inventory, ...styles: readonly string[]): KnownMarkup => ({
  files: new Map(files.map(({ path, integrity }) => [`/${path}`, integrity])),
  styles: new Set([...inlineStyles.map(({ integrity }) => integrity), ...styles.map(styleHash)]),
})

/**
 * Finds scripts, styles, frames and forms in a page that the build did not produce. Parses the page twice, with and without scripting:
 * content of `<noscript>` is markup only without it.
 */
export function findUnexpectedMarkup(html: string, known: KnownMarkup): string[] {
  const seen = new Set<string>()
  for (const scriptingEnabled of [true, false]) {
    const walk = (node: DefaultTreeAdapterTypes.Node): void => {
      if ('tagName' in node) for (const strange of strangeAbout(node, known)) seen.add(strange)
      if ('content' in node) walk(node.content)
      if ('childNodes' in node) for (const child of node.childNodes) walk(child)
    }
    walk(parse(html, { scriptingEnabled }))
  }
  return [...seen]
}

type Element = DefaultTreeAdapterTypes.Element

const attribute = (element: Element, ...names: readonly string[]): string | undefined =>
  element.attrs.find(({ name }) => names.includes(name))?.value

/** Elements that embed a document, change base addresses or submit data. No built page has one. */
const foreign = new Set([
  'iframe',
  'frame',
  'object',
  'embed',
  'applet',
  'base',
  'form',
  'portal',
  'fencedframe',
])

function strangeAbout(element: Element, known: KnownMarkup): string[] {
  const { tagName } = element
  const found = element.attrs.flatMap(({ name, value }) => strangeAttribute(tagName, name, value))
  if (foreign.has(tagName)) found.push(`<${tagName}> is in none of our pages`)
  if (tagName === 'meta' && attribute(element, 'http-equiv') !== undefined)
    found.push(
      `<meta http-equiv="${excerpt(attribute(element, 'http-equiv') ?? '')}"> is in none of our pages`,
    )
  if (tagName === 'style' && !known.styles.has(styleHash(textOf(element))))
    found.push(`an inline style that was not built: ${excerpt(textOf(element))}`)
  if (tagName === 'script') found.push(...strangeScript(element, known))
  if (tagName === 'link') found.push(...strangeLink(element, known))
  return found
}

function strangeAttribute(tagName: string, name: string, value: string): string[] {
  if (/^on/i.test(name)) return [`an inline handler: <${tagName} ${name}="${excerpt(value)}">`]
  if (name === 'style') return [`an inline style: <${tagName} style="${excerpt(value)}">`]
  // Browsers ignore control characters and spaces in a scheme.
  if (/^(?:javascript|vbscript|data):/i.test(value.replaceAll(/[\p{Cc}\s]/gu, '')))
    return [`an address that runs: <${tagName} ${name}="${excerpt(value)}">`]
  return []
}

function strangeScript(element: Element, known: KnownMarkup): string[] {
  const source = attribute(element, 'src', 'href')
  if (source !== undefined) return strangeFile('script', source, attribute(element, 'integrity'), known)
  // A JSON data block never runs.
  if (attribute(element, 'type') === 'application/json') return []
  return [`an inline script: ${excerpt(textOf(element))}`]
}

function strangeLink(element: Element, known: KnownMarkup): string[] {
  const address = attribute(element, 'href') ?? ''
  if (attribute(element, 'rel') === 'icon' && known.files.has(address)) return []
  return strangeFile('link', address, attribute(element, 'integrity'), known)
}

function strangeFile(
  what: 'script' | 'link',
  address: string,
  integrity: string | undefined,
  { files }: KnownMarkup,
): string[] {
  const expected = files.get(address)
  if (expected === undefined) return [`a ${what} from an address that was not built: ${excerpt(address)}`]
  return integrity === expected
    ? []
    : [`a ${what} without the integrity it was built with: ${excerpt(address)}`]
}

const textOf = (element: Element): string =>
  element.childNodes.map((child) => ('value' in child ? child.value : '')).join('')

const EXCERPT_CHARACTERS = 120
/** A one-line excerpt that is safe in a terminal or a mail. */
const excerpt = (text: string): string => {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS)}…` : line
}
