import type { ProblemDetails } from '@landfall/payment-core'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { send, type Env } from '../answer.ts'

/** A refusal: its kind, one sentence, and what the caller can do. */
export type HttpRefusal = { readonly kind: string; readonly message: string; readonly action: string }

/** Whether the request is for the REST API, whose every refusal is problem details, also for an unknown path. */
export const isRest = ({ req }: Context<Env>): boolean => /^\/+v1(?:\/|$)/.test(req.path)

/** A refusal by RFC 9457. */
export const detailsOf = (
  { kind, message, action }: HttpRefusal,
  status: ContentfulStatusCode,
): ProblemDetails => ({
  type: `/docs#${kind}`,
  title: titleOf(kind),
  status,
  detail: message,
  kind,
  action,
})

/** The kind as a title: `unknown_order` becomes `Unknown order`. */
const titleOf = (kind: string): string => {
  const words = kind.replaceAll('_', ' ')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

export const sendDetails = (
  c: Context<Env>,
  status: ContentfulStatusCode,
  refusal: HttpRefusal,
  headers: Readonly<Record<string, string>>,
): Response =>
  send(c, status, JSON.stringify(detailsOf(refusal, status)), {
    'content-type': 'application/problem+json',
    ...headers,
  })
