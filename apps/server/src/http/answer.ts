import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** What is answered, before anybody knows how it travels. */
export type RouteAnswer = {
  readonly status: ContentfulStatusCode | 204 | 303
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export const json = (
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: RouteAnswer['headers'] = {},
): RouteAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})
