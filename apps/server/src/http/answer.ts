import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RequestTarget } from './read-request.ts'

/** The state of one request. */
export type Env = {
  Variables: {
    /** The request's id in the log. */
    requestId: string
    /** What admission counts the request as. */
    target: RequestTarget
    /** The whole body, where the route takes one and it was read. */
    body: Uint8Array | undefined
    /** Headers that every answer carries (`headers.ts`). */
    defaultHeaders: Readonly<Record<string, string>>
    /** The answer that `send` made. */
    sent: Response
    /** The subject of the request, and why it was refused, for its log line. */
    about: RequestAbout
  }
  /** The Node request and response, where a socket brought the request. */
  Bindings: Partial<HttpBindings>
}

/** The log fields that a handler adds to its request's line. Ids lead from the line to the order's story. */
export type RequestAbout = {
  readonly orderId?: string | null | undefined
  readonly paymentId?: string | null | undefined
  /** The kind of a refusal. */
  readonly kind?: string
}

/** Adds to the request's log line. */
export const note = (c: Context<Env>, about: RequestAbout): void =>
  c.set('about', { ...c.get('about'), ...about })

/** Makes an answer with all its headers at once: setting them one by one on a `Headers` object costs 15 µs. */
export function send(
  c: Context<Env>,
  status: ContentfulStatusCode | 204 | 303,
  body: string | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const answer = new Response(body, { status, headers: { ...c.get('defaultHeaders'), ...headers } })
  c.set('sent', answer)
  return answer
}

export const sendJson = (
  c: Context<Env>,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Readonly<Record<string, string>> = {},
): Response => send(c, status, JSON.stringify(value), { 'content-type': 'application/json', ...headers })
