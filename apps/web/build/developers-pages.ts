import { resolve } from 'node:path'
import { ShownScreen, type BuiltPage } from '@landfall/payment-core'
import type { Plugin, ViteDevServer } from 'vite'
import { z } from 'zod'
import type { galleryAnswer } from '../testing/gallery.ts'

const deadline = /^\/result\/([^/]+)\/deadline\.ics$/

/**
 * Adds two pages to Vite's development server: `/gallery`, which exists only in development, and the calendar file, which the product's
 * server answers in production.
 */
export const developersPages = (serverUrl: string): Plugin => ({
  name: 'developers-pages',
  apply: 'serve',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
      const isGallery = pathname === '/gallery' || pathname.startsWith('/gallery/')
      const token = deadline.exec(pathname)?.[1]
      if (!isGallery && token === undefined) return next()
      const refuse = (error: unknown): void => {
        response.statusCode = 500
        response.end(String(error))
      }
      const answer =
        token === undefined
          ? galleryPage(server, pathname, search)
          : calendarFile(server, `${serverUrl}/trpc/payments.screen`, token, search)
      answer.then((text) => {
        response.statusCode = text === null ? 404 : 200
        response.setHeader('content-type', `text/${isGallery ? 'html' : 'calendar'}; charset=utf-8`)
        response.end(text ?? 'Nothing here.')
      }, refuse)
    })
  },
})

const isFunction = (value: unknown): boolean => typeof value === 'function'
const Gallery = z.object({ galleryAnswer: z.custom<typeof galleryAnswer>(isFunction) })
const Rendering = z.object({
  style: z.string(),
  document: z.custom<BuiltPage['document']>(isFunction),
  calendar: z.custom<BuiltPage['calendar']>(isFunction),
})
const Answer = z.object({ result: z.object({ data: ShownScreen }) })

const source = async (server: ViteDevServer, path: string): Promise<unknown> => ({
  ...(await server.ssrLoadModule(resolve(server.config.root, path))),
})
const rendering = async (server: ViteDevServer): Promise<BuiltPage> =>
  Rendering.parse(await source(server, 'src/render.tsx'))

async function galleryPage(server: ViteDevServer, pathname: string, search: string): Promise<string | null> {
  const found = Gallery.parse(await source(server, 'testing/gallery.ts'))
  return found.galleryAnswer(pathname, search, await rendering(server))
}

async function calendarFile(
  server: ViteDevServer,
  screenUrl: string,
  token: string,
  search: string,
): Promise<string | null> {
  const answer = await fetch(screenUrl, { headers: { authorization: `Bearer ${decodeURIComponent(token)}` } })
  if (!answer.ok) return null
  const shown = Answer.parse(await answer.json()).result.data
  return (await rendering(server)).calendar(shown, { search, acceptLanguage: null })
}
