/** The parts of a return's path. */
export type ReturnAddress = {
  /** The text in the token's place; null if there is none. */
  readonly token: string | null
  /** The rest of the path, to be read as part of the query; empty in an ordinary address. */
  readonly rest: string
  /** False if only a valid token makes the path a return address. */
  readonly isAddress: boolean
  /** The path's oddities, in words safe to log. */
  readonly odd: readonly string[]
}

const ADDRESS = /^\/complete(?:\/([^/]+))?$/i
const PLAIN = /^\/complete\/[\w.~-]+$/i
/**
 * A view token as `view-token.ts` signs it: three parts, of which the first two are JSON and the last is 256 bits. The pattern matches nothing
 * else in an address, so a token is found anywhere and separated from the text around it.
 */
const TOKEN = /eyJ[\w-]{10,120}\.eyJ[\w-]{10,1800}\.[\w-]{43}/
const STANDING_ALONE = new RegExp(`(?<![\\w.-])${TOKEN.source}(?![\\w-])`)

/**
 * Finds the token in a path with doubled or trailing slashes, or with the query glued to it:
 * `/complete/<token>&name=…`, `/complete/<token>%3Fname=…`, `//complete/<token>/`.
 */
export function readReturnAddress(path: string): ReturnAddress {
  const tidy = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  const slashes = tidy === path ? [] : ['slashes']
  const segment = ADDRESS.exec(tidy)
  const text = unescaped(tidy)
  const found = TOKEN.exec(text)
  const token = found?.[0] ?? segment?.[1] ?? null
  const isAddress = segment !== null
  if (tidy.toLowerCase() === '/complete' || (PLAIN.test(tidy) && tidy.endsWith(`/${token}`)))
    return { token, rest: '', isAddress, odd: slashes }
  const behind = found === null ? '' : text.slice(found.index + found[0].length)
  const rest = behind.replace(/^[^\w%]+/, '')
  return { token, rest, isAddress, odd: [...slashes, 'more than a token in the path'] }
}

/** The view token in a path, with slashes or punctuation around it; null without one. */
export const tokenWithin = (path: string): string | null => STANDING_ALONE.exec(unescaped(path))?.[0] ?? null

/** Decodes each escape of a printable ASCII character once; other escapes stay. */
const unescaped = (text: string): string =>
  text.replaceAll(/%([2-7][0-9A-F])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
