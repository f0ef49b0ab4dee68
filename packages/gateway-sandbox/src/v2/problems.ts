import type { Context } from 'hono'
import type { z } from 'zod'
import { parseJson } from '@landfall/payment-core'
import type { SandboxEnv, State } from '../state.ts'

/** V2's errors by type, with their status (docs/gateway/portone-v2.md §4, §5, §8). */
const STATUSES = {
  INVALID_REQUEST: 400,
  INVALID_PAYMENT_TOKEN: 400,
  MAX_WEBHOOK_RETRY_COUNT_REACHED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  PAYMENT_NOT_FOUND: 404,
  WEBHOOK_NOT_FOUND: 404,
  /** The sandbox's own: the official schema has no type for an endpoint that does not exist. */
  ENDPOINT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_PAID: 409,
  INFORMATION_MISMATCH: 409,
  IDEMPOTENCY_OUTSTANDING_REQUEST: 409,
  PAYMENT_NOT_PAID: 409,
  PAYMENT_ALREADY_CANCELLED: 409,
  PAYMENT_NOT_WAITING_FOR_DEPOSIT: 409,
  CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN: 409,
  CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT: 409,
  SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT: 409,
  CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT: 409,
  CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT: 409,
  MAX_CANCEL_COUNT_REACHED: 409,
  PG_PROVIDER: 502,
} as const
export type V2ErrorType = keyof typeof STATUSES

export const isV2ErrorType = (text: string | null): text is V2ErrorType =>
  text !== null && Object.hasOwn(STATUSES, text)

export const problem = (c: Context<SandboxEnv>, type: V2ErrorType, message?: string): Response =>
  c.json({ type, ...(message === undefined ? {} : { message }) }, STATUSES[type])

/** The PG's own refusal. Its code stands in brackets at the start of the text. */
export function pgProblem(c: Context<SandboxEnv>, text: string): Response {
  const pgCode = /\[([^\]]+)\]/.exec(text)?.[1] ?? 'UNKNOWN'
  return c.json({ type: 'PG_PROVIDER', message: text, pgCode, pgMessage: text }, STATUSES.PG_PROVIDER)
}

/**
 * Reads the input: JSON in the body whatever its type, as official clients send `text/plain`, or in `?requestBody=` of a GET
 * (docs/gateway/portone-v2.md §4, §14). An answer: the input is invalid, or names another store.
 */
export async function inputAs<T extends { readonly storeId?: string | undefined }>(
  c: Context<SandboxEnv>,
  state: State,
  schema: z.ZodType<T>,
): Promise<T | Response> {
  const text = c.req.method === 'GET' ? (c.req.query('requestBody') ?? '') : await c.req.text()
  const parsed = schema.safeParse(text.trim() === '' ? {} : parseJson(text))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' }
    return problem(c, 'INVALID_REQUEST', `${path.join('.')}: ${message}`)
  }
  const storeId = parsed.data.storeId ?? c.req.query('storeId') ?? state.v2.storeId
  return storeId === state.v2.storeId ? parsed.data : problem(c, 'FORBIDDEN')
}
