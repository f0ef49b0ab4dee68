import {
  Envelope,
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
 * Reads an answer's envelope. HTTP 200 with `code != 0` is a failure with a reason (G-05). HTML or a truncated body is
 * unreadable (G-06). A numeric `code` proves that the gateway itself answered, whatever else is missing (G-19); without
 * it even a refusal is not the gateway's. `unknown_payment` needs `requestedId` and the gateway's own envelope, because
 * proxies send 404 too. The gateway says it by 404, or by 200 with a code and its usual text (docs/gateway/portone-v1.md §4.1).
 */
export function readResponse<T>(
  answer: HttpAnswer,
  schema: z.ZodType<T>,
  requestedId: string | null = null,
): Result<T, GatewayProblem> {
  if (answer.status === 429) return fail(busyFrom(answer))
  const envelope = Envelope.safeParse(parseJson(answer.text))
  // For a 5xx, and for a 401 without an envelope, the status is enough.
  if (answer.status >= 500 || (!envelope.success && answer.status === 401))
    return refused(answer.status, envelope.success ? envelope.data : null)
  if (!envelope.success) return fail({ kind: 'gateway_unreadable', where: 'envelope' })
  if (requestedId !== null && isUnknown(answer.status, envelope.data))
    return fail({ kind: 'unknown_payment', asked: requestedId })
  if (answer.status >= 300 || envelope.data.code !== 0) return refused(answer.status, envelope.data)
  const response = schema.safeParse(envelope.data.response)
  if (response.success) return ok(response.data)
  return fail({ kind: 'gateway_unreadable', where: response.error.issues[0]?.path.join('.') ?? 'response' })
}

const isUnknown = (status: number, { code, message }: z.infer<typeof Envelope>): boolean =>
  status === 404 || (status < 300 && code !== 0 && /존재하지\s?않는\s?결제/.test(message ?? ''))

const refused = (status: number, envelope: z.infer<typeof Envelope> | null) =>
  fail({
    kind: 'gateway_refused' as const,
    status,
    code: envelope?.code ?? null,
    // Operators and logs see this: bounded text, not a copy of the answer.
    message: shownText(envelope?.message ?? null),
  })
