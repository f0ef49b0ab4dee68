import type { Inventory } from '@landfall/payment-core'
import { Hono } from 'hono'
import {
  forEver,
  guarded,
  neutralPolicy,
  resultPolicy,
  shopOpenerPolicy,
  shopPolicy,
  styleHash,
  type ShopOnPage,
} from '../http/headers.ts'
import { knownOf, findUnexpectedMarkup, type KnownMarkup } from '../http/unexpected-markup.ts'
import { neutralPage, neutralStyle } from '../http/neutral-page.ts'
import { integrityOf } from '../http/page.ts'

/** One answer, decompressed. */
export type ServedPage = { readonly status: number; readonly headers: Headers; readonly body: Uint8Array }
export type AskPage = (path: string, headers: Readonly<Record<string, string>>) => Promise<ServedPage>

export type Expected = {
  readonly url: string
  readonly inventory: Inventory
  /** The gateway's script; null when the demo shop is closed. */
  readonly shopScriptUrls: readonly string[]
  readonly shop: ShopOnPage
}
export type Checked = {
  readonly answers: number
  readonly files: number
  readonly differences: readonly string[]
}

/** Compares the answers of a running server, through any proxies, with the build (P-06). */
export async function checkPages(ask: AskPage, expected: Expected): Promise<Checked> {
  const { inventory } = expected
  const usual = await usualHeaders(expected.url)
  const files = inventory.files.filter(({ path }) => path !== 'index.html' && !path.startsWith('render/'))
  const wanted = [...pagesOf(expected), ...files.flatMap(filesOf)]
  const known = knownOf(inventory, neutralStyle)
  const differences: string[] = []
  for (const each of wanted) {
    const served = await ask(each.path, { 'accept-language': 'ko', ...each.sends })
    const name = each.sends['accept-encoding'] ?? ''
    const at = name === '' ? each.path : `${each.path} (${name})`
    for (const difference of differencesOf(each, served, usual, known))
      differences.push(`${at}: ${difference}`)
  }
  return { answers: wanted.length, files: files.length, differences }
}

type Wanted = {
  readonly path: string
  readonly sends: Readonly<Record<string, string>>
  readonly status: number
  /** Added to the usual headers, or replacing them. Null: the header is not sent. */
  readonly headers: Readonly<Record<string, string | null>>
  readonly isPage: boolean
  /** The expected integrity; null for a page that is not constant. */
  readonly integrity: string | null
}

const nowhere = 'self-check'

/** One page of each kind that needs no order, and one answer that is no page. */
function pagesOf({ inventory, shopScriptUrls, shop: shopOnPage }: Expected): Wanted[] {
  const page = { sends: { accept: 'text/html' }, isPage: true }
  const neutral = { 'content-security-policy': neutralPolicy(styleHash(neutralStyle)) }
  const [written] = inventory.inlineStyles
  const shop = {
    'content-security-policy': shopPolicy(shopScriptUrls),
    'cross-origin-opener-policy': shopOpenerPolicy,
  }
  const result = {
    'content-security-policy': resultPolicy(written?.integrity ?? '', shopOnPage),
    ...(shopOnPage.frames.length === 0 ? {} : { 'x-frame-options': null }),
  }
  const shopFile = inventory.files.find(({ path }) => path === 'index.html')?.integrity ?? null
  const notHere = integrityOf(Buffer.from(neutralPage('not_here')))
  return [
    { ...page, path: '/', status: 200, headers: shop, integrity: shopFile },
    { ...page, path: `/result/${nowhere}`, status: 404, headers: result, integrity: null },
    { ...page, path: `/${nowhere}`, status: 404, headers: neutral, integrity: notHere },
    { path: '/healthz', sends: {}, status: 200, headers: {}, isPage: false, integrity: null },
  ]
}

/** Each file in every encoding: browsers mostly get a compressed one. */
const filesOf = ({ path, integrity }: Inventory['files'][number]): Wanted[] =>
  ['br', 'gzip', 'identity'].map((encoding) => ({
    path: `/${path}`,
    sends: { 'accept-encoding': encoding },
    status: 200,
    headers: path.startsWith('assets/') ? { 'cache-control': forEver } : {},
    isPage: false,
    integrity,
  }))

/** The headers of every answer, taken from the server's own middleware. */
async function usualHeaders(url: string): Promise<Record<string, string>> {
  const app = new Hono().use(guarded({ publicUrl: url })).get('/', (c) => c.body(null))
  return Object.fromEntries((await app.request('/')).headers)
}

function differencesOf(
  wanted: Wanted,
  { status, headers, body }: ServedPage,
  usual: Readonly<Record<string, string>>,
  known: KnownMarkup,
): string[] {
  if (status !== wanted.status) return [`answered ${status} instead of ${wanted.status}`]
  const found: string[] = []
  for (const [name, value] of Object.entries({ ...usual, ...wanted.headers })) {
    const sent = headers.get(name)
    if (sent === value) continue
    if (sent === null) found.push(`the header ${name} is missing`)
    else found.push(`${name} is «${sent}» instead of «${value ?? 'nothing'}»`)
  }
  if (headers.has('set-cookie')) found.push('a cookie is set')
  const integrity = integrityOf(body)
  if (wanted.integrity !== null && integrity !== wanted.integrity)
    found.push(`not what was built: ${integrity} instead of ${wanted.integrity}`)
  if (wanted.isPage) found.push(...findUnexpectedMarkup(new TextDecoder().decode(body), known))
  return found
}
