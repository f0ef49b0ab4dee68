import type { BuiltPage, PageAsked, ShownScreen } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'

/** The result page as its readers get it: recorded truth in the first response, whole without script. */
export type Pages = {
  /** The folder of the built web app. */
  readonly root: string
  readonly result: (asked: PageAsked, acceptEncoding: string | null) => Page
  /** The deposit's deadline for a calendar; null when there is none. */
  readonly calendar: (
    shown: ShownScreen,
    asked: Pick<PageAsked, 'search' | 'acceptLanguage'>,
  ) => string | null
}
export type Page = {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/** The build is missing or half there: the server says so at its start instead of to its first customer. */
export class PageUnusable extends Error {
  override readonly name = 'PageUnusable'
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const Built = z.object({
  style: z.string().min(1),
  document: z.custom<BuiltPage['document']>(isFunction),
  calendar: z.custom<BuiltPage['calendar']>(isFunction),
})

/** Loads what `pnpm build` made of the web app, by its path: the server imports none of the web's sources. */
export async function openPages(root: string): Promise<Pages> {
  const path = join(root, 'render/page.js')
  if (!existsSync(join(root, 'index.html')) || !existsSync(path))
    throw new PageUnusable(`The web app is not built: ${path} is missing. Run «npx -y pnpm build» first.`)
  const built = Built.safeParse({ ...(await import(pathToFileURL(path).href)) })
  if (!built.success)
    throw new PageUnusable(`${path} is not a page this server can use. Build the web again.`)
  return pagesOf(root, built.data)
}

export function pagesOf(root: string, built: BuiltPage): Pages {
  const policy = policyFor(built.style)
  return {
    root,
    calendar: built.calendar,
    result: (asked, acceptEncoding) => {
      const text = Buffer.from(built.document(asked))
      const packs = /(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?(?:$|[,\s]))/i.test(acceptEncoding ?? '')
      return {
        body: new Uint8Array(packs ? gzipSync(text) : text),
        headers: {
          ...headersOfPages,
          'content-security-policy': policy,
          ...(packs ? { 'content-encoding': 'gzip' } : {}),
        },
      }
    },
  }
}

const headersOfPages = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  vary: 'accept-language, accept-encoding',
} as const

/**
 * Nothing but our own script file and this one style, and no other origin for anything (R-14, P-02, P-06). The data beside the script is no
 * script, so no hash allows it.
 */
function policyFor(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64')
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${hash}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
