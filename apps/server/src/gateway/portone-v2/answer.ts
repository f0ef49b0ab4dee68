import {
  ErrorAnswerV2,
  fail,
  ok,
  parseJson,
  shownText,
  type GatewayProblem,
  type Result,
} from '@landfall/payment-core'
import type { z } from 'zod'
import { busyFrom } from '../call.ts'
import type { HttpAnswer } from '../http.ts'

/**
 * Reads an answer of V2. HTML or a truncated body is unreadable (G-06). A `type` proves that the gateway itself answered; without it even a 4xx is
 * not the gateway's. A 404 means `unknown_payment` only when `requestedId` is given and the gateway says so: proxies send 404 too
 * (docs/gateway/portone-v2.md §4).
 */
export function readAnswerV2<T>(
  answer: HttpAnswer,
  schema: z.ZodType<T>,
  requestedId: string | null = null,
): Result<T, GatewayProblem> {
  const { status } = answer
  if (status === 429) return fail(busyFrom(answer))
  const error = errorIn(answer)
  // For a 5xx, and for a 401 without a type, the status is enough.
  if (status >= 500 || status === 401) return refused(status, error)
  if (status >= 200 && status < 300) {
    const body = schema.safeParse(parseJson(answer.text))
    if (body.success) return ok(body.data)
    return fail({ kind: 'gateway_unreadable', where: body.error.issues[0]?.path.join('.') || 'answer' })
  }
  if (error === null) return fail({ kind: 'gateway_unreadable', where: 'answer' })
  if (error.type === 'PAYMENT_NOT_FOUND' && requestedId !== null)
    return fail({ kind: 'unknown_payment', asked: requestedId })
  return refused(status, error)
}

/** The gateway's own error; null when the answer is none. */
export function errorIn({ status, text }: HttpAnswer): ErrorAnswerV2 | null {
  return status < 400 ? null : (ErrorAnswerV2.safeParse(parseJson(text)).data ?? null)
}

const refused = (status: number, error: ErrorAnswerV2 | null) =>
  fail({
    kind: 'gateway_refused' as const,
    status,
    // V2 names its errors by words alone.
    code: null,
    message: error === null ? null : textOfError(error),
  })

/** An error as operators read it: the gateway's word, and the PG's code and text if it gave them. Bounded, not a copy of the answer. */
export const textOfError = ({ type, message, pgCode, pgMessage }: ErrorAnswerV2): string =>
  shownText([type, pgCode, pgMessage ?? message].filter((part) => part !== null).join(' ')) ?? type
