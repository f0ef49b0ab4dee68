import type { Context } from 'hono'
import type { z } from 'zod'
import type { SandboxEnv } from '../state.ts'
import { parseJson } from '@landfall/payment-core'

/** Every V1 answer is `{code, message, response}`. Code 0 means success (docs/gateway/portone-v1.md §4.1). */

export const answer = (c: Context<SandboxEnv>, response: unknown, status: 200 | 207 = 200) =>
  c.json({ code: 0, message: null, response }, status)

/** A business failure: HTTP 200 with `code != 0`. */
export const businessFailure = (c: Context<SandboxEnv>, message: string) =>
  c.json({ code: 1, message, response: null }, 200)

export const httpFailure = (c: Context<SandboxEnv>, status: 400 | 404, message: string) =>
  c.json({ code: status === 404 ? 1 : -1, message, response: null }, status)

/** The code −1 is our reading. The message occurs in client code (docs/gateway/portone-v1.md §4.1). */
export const unauthorized = (c: Context<SandboxEnv>) =>
  c.json({ code: -1, message: 'Unauthorized', response: null }, 401)

export const NO_SUCH_PAYMENT = '존재하지 않는 결제정보입니다.'

/** Parses JSON or form data, which every endpoint accepts (docs/gateway/portone-v1.md §4.1). The schemas coerce form values. null: invalid. */
export async function bodyAs<T>(c: Context<SandboxEnv>, schema: z.ZodType<T>): Promise<T | null> {
  const raw = await rawBody(c)
  const parsed = schema.safeParse(raw)
  return parsed.success ? parsed.data : null
}

async function rawBody(c: Context<SandboxEnv>): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  if (!(c.req.header('content-type') ?? '').includes('json')) return formFields(text)
  return parseJson(text)
}

/** `a[]=1&a[]=2` is an array, `a=1` a string. */
function formFields(text: string): Record<string, string | string[]> {
  const form = new URLSearchParams(text)
  const keys = [...new Set(form.keys())]
  const fields = keys.map((key): [string, string | string[]] =>
    key.endsWith('[]') ? [key.slice(0, -2), form.getAll(key)] : [key, form.get(key) ?? ''],
  )
  return Object.fromEntries(fields)
}
