import {
  Inventory,
  inventoryName,
  parseJson,
  type BuiltPage,
  type PageAsked,
  type ShownScreen,
} from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { resultPolicy, styleHash } from './headers.ts'

/** Renders the result page. The first response shows the recorded state and works without script. */
export type Pages = {
  /** The folder of the built web app. */
  readonly root: string
  /** The folder of the assets that replaced builds left for open pages. Null: there is none. */
  readonly earlierRoot: string | null
  /** `frames`: the origins whose pages may show this page in a frame. */
  readonly result: (
    asked: PageAsked,
    acceptEncoding: string | null,
    frames?: readonly string[],
  ) => WrittenPage
  /** The deposit deadline as a calendar file; null without a deadline. */
  readonly calendar: (
    shown: ShownScreen,
    asked: Pick<PageAsked, 'search' | 'acceptLanguage'>,
  ) => string | null
}
export type WrittenPage = {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/** The build is missing or incomplete. The server refuses to start rather than fail at its first customer. */
export class PageUnusable extends Error {
  override readonly name = 'PageUnusable'
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const Built = z.object({
  style: z.string().min(1),
  document: z.custom<BuiltPage['document']>(isFunction),
  calendar: z.custom<BuiltPage['calendar']>(isFunction),
})

/** Loads the web app that `pnpm build` made. It is loaded by path: the server imports none of the web's sources. */
export async function openPages(root: string): Promise<Pages> {
  const path = join(root, 'render/page.js')
  if (!existsSync(join(root, 'index.html')) || !existsSync(path))
    throw new PageUnusable(`The web app is not built: ${path} is missing. Run «npx -y pnpm build» first.`)
  const [difference] = await differences(root)
  if (difference !== undefined)
    throw new PageUnusable(`The web app is not as it was built: ${difference}. Build the web again.`)
  const built = Built.safeParse({ ...(await import(pathToFileURL(path).href)) })
  if (!built.success)
    throw new PageUnusable(`${path} is not a page this server can use. Build the web again.`)
  return pagesOf(root, built.data)
}

export function pagesOf(root: string, built: BuiltPage): Pages {
  const hash = styleHash(built.style)
  const earlierRoot = `${root}-earlier`
  return {
    root,
    earlierRoot: existsSync(earlierRoot) ? earlierRoot : null,
    calendar: built.calendar,
    result: (asked, acceptEncoding, frames = []) => {
      const text = Buffer.from(built.document(asked))
      const packs = /(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?(?:$|[,\s]))/i.test(acceptEncoding ?? '')
      return {
        body: new Uint8Array(packs ? gzipSync(text) : text),
        headers: {
          ...headersOfPages,
          'content-security-policy': resultPolicy(hash, { logoUrl: asked.shop?.logoUrl ?? null, frames }),
          ...(packs ? { 'content-encoding': 'gzip' } : {}),
        },
      }
    },
  }
}

const headersOfPages = {
  'content-type': 'text/html; charset=utf-8',
  vary: 'accept-language, accept-encoding',
} as const

/** Reads the build's list of its files. */
export async function readInventory(path: string): Promise<Inventory> {
  if (!existsSync(path)) throw new PageUnusable(`${path} is missing. Build the web again.`)
  const text = await readFile(path, 'utf8')
  const read = Inventory.safeParse(parseJson(text))
  if (!read.success) throw new PageUnusable(`${path} cannot be read as an inventory. Build the web again.`)
  return read.data
}

export const integrityOf = (bytes: Uint8Array): string =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`

/** The differences between the folder and its inventory: files changed, missing, added, or compressed from another file. */
async function differences(root: string): Promise<string[]> {
  const { files } = await readInventory(join(root, inventoryName))
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const there = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length).replaceAll(sep, '/'))
  const contents = new Map(files.map(({ path, integrity }) => [path, integrity]))
  const found = there
    .filter((path) => path !== inventoryName && !contents.has(path.replace(/\.(?:br|gz)$/, '')))
    .map((path) => `${path} is not in ${inventoryName}`)
  for (const [path, integrity] of contents) {
    if (!there.includes(path)) found.push(`${path} is missing`)
    for (const copy of there.filter(
      (each) => each === path || each === `${path}.br` || each === `${path}.gz`,
    ))
      if (integrityOf(unpacked(copy, await readFile(join(root, copy)))) !== integrity)
        found.push(`${copy} is another file than the one that was built`)
  }
  return found
}

/** The file's content after decompression. Invalid compressed data becomes the error's text, which matches no hash. */
function unpacked(path: string, bytes: Uint8Array): Uint8Array {
  try {
    return path.endsWith('.br')
      ? brotliDecompressSync(bytes)
      : path.endsWith('.gz')
        ? gunzipSync(bytes)
        : bytes
  } catch (error) {
    return Buffer.from(String(error))
  }
}
