/** What the path of a return says, however it was put together. */
export type ReturnAddress = {
  /** What stands where an order's token belongs; null when nothing does. */
  readonly token: string | null
  /** What else stands in the path, to be read as if it stood behind the question mark; empty in an ordinary address. */
  readonly rest: string
  /** False for a path that only a token of ours makes an address. */
  readonly isAddress: boolean
  /** What is odd about it, in our words. */
  readonly odd: readonly string[]
}

const ADDRESS = /^\/complete(?:\/([^/]+))?$/
const PLAIN = /^\/complete\/[\w.~-]+$/
/**
 * A view token as `view-token.ts` signs it: three parts, the first two of them JSON, the last 256 bits. Nothing else in
 * an address looks like one, so it is found wherever it stands, and what was glued to it is told apart.
 */
const TOKEN = /eyJ[\w-]{10,120}\.eyJ[\w-]{10,1800}\.[\w-]{43}/

/**
 * Finds the token in a path whose slashes are doubled or trailing, or that has taken in what belongs behind the
 * question mark: `/complete/<token>&imp_uid=…`, `/complete/<token>%3Fimp_uid=…`, `//complete/<token>/`.
 */
export function readReturnAddress(path: string): ReturnAddress {
  const tidy = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  const slashes = tidy === path ? [] : ['slashes']
  const segment = ADDRESS.exec(tidy)
  const text = unescaped(tidy)
  const found = TOKEN.exec(text)
  const token = found?.[0] ?? segment?.[1] ?? null
  const isAddress = segment !== null
  if (tidy === '/complete' || (PLAIN.test(tidy) && tidy.endsWith(`/${token}`)))
    return { token, rest: '', isAddress, odd: slashes }
  const behind = found === null ? '' : text.slice(found.index + found[0].length)
  const rest = behind.replace(/^[^\w%]+/, '')
  return { token, rest, isAddress, odd: [...slashes, 'more than a token in the path'] }
}

/** Every escape of a printable ASCII sign, once; what is no such escape stays as it is. */
const unescaped = (text: string): string =>
  text.replaceAll(/%([2-7][0-9A-F])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
