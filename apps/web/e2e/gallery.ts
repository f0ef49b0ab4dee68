import { Inventory, type BuiltPage, type ShownScreen } from '@landfall/payment-core'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { galleryAnswer, shownSample } from '../testing/gallery.ts'
import { portOf } from './receiver.ts'

export const webRoot = join(import.meta.dirname, '../dist')
const builtPath = join(webRoot, 'render/page.js')
const isFunction = (value: unknown): boolean => typeof value === 'function'
const Built = z.object({
  style: z.string(),
  document: z.custom<BuiltPage['document']>(isFunction),
  calendar: z.custom<BuiltPage['calendar']>(isFunction),
})

/** Loads the built page as the server does. */
export const builtPage = async (): Promise<BuiltPage> => Built.parse({ ...(await import(builtPath)) })

/** The build's inventory. */
export const readInventory = async (): Promise<Inventory> =>
  Inventory.parse(JSON.parse(await readFile(join(webRoot, 'inventory.json'), 'utf8')))

/**
 * Serves every sample as a page of the real build, from a server that knows only samples. Tests of all screens use it. Tests that need a
 * real payment use the real server.
 */
export async function openGallery() {
  const built = await builtPage()
  const heard: string[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    heard.push(pathname)
    const page = galleryAnswer(pathname, search, built)
    if (pathname === '/empty')
      return void response.setHeader('content-type', 'text/html').end('<!doctype html>')
    if (page !== null) return void response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
    if (pathname.startsWith('/trpc/')) return answerCall(pathname, request, response)
    const path = fileFor(pathname)
    if (path === null) return void response.writeHead(404).end()
    readFile(path).then(
      (bytes) =>
        response
          .setHeader('content-type', typeOf(path))
          .setHeader('cache-control', 'immutable, max-age=31536000')
          .end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    /** The requested paths, oldest first. */
    heard,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
export type Gallery = Awaited<ReturnType<typeof openGallery>>

/** Answers as a server without news does. */
function answerCall(pathname: string, request: IncomingMessage, response: ServerResponse): void {
  if (pathname === '/trpc/payments.watch') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: connected\ndata: {}\n\n')
    return
  }
  const answer = (text: string): void => {
    const shown = shownFor(text, request.headers.authorization)
    response
      .writeHead(shown === null ? 400 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ result: { data: shown } }))
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(Buffer.concat(chunks).toString('utf8')))
}

const Input = z.object({ token: z.string() })
function shownFor(text: string, authorization?: string): ShownScreen | null {
  const ofHeader = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  if (ofHeader !== undefined) return shownSample(ofHeader)
  const input = Input.safeParse(JSON.parse(text))
  return input.success ? shownSample(input.data.token) : null
}

const fonts = join(import.meta.dirname, '../node_modules/@fontsource-variable/noto-sans-kr')

function fileFor(pathname: string): string | null {
  if (/^\/assets\/[\w.-]+$/.test(pathname) || pathname === '/icon.svg') return join(webRoot, pathname)
  const font = /^\/font\/([\w./-]+)$/.exec(pathname)?.[1]
  return font === undefined || font.includes('..') ? null : join(fonts, font)
}

const types = new Map([
  ['js', 'text/javascript'],
  ['css', 'text/css'],
  ['svg', 'image/svg+xml'],
  ['woff2', 'font/woff2'],
])
const typeOf = (path: string): string => types.get(path.split('.').at(-1) ?? '') ?? 'application/octet-stream'
