import { KeyScope } from '@landfall/payment-core'
import { z } from 'zod'
import { go } from './network.ts'

const Who = z.union([
  z.enum(['anyone', 'anyone, in sandbox mode', 'view token']),
  z.templateLiteral(['merchant key: ', KeyScope]),
])
const Definition = z
  .object({
    type: z.enum(['query', 'mutation', 'subscription']),
    meta: z.object({ who: Who }),
  })
  .transform(({ type, meta: { who } }) => ({ type, who }))
export type Procedure = z.output<typeof Definition> & { readonly path: string }

/** A router's procedures, as tRPC lists them. Throws for a procedure that does not declare its callers. */
export const proceduresOf = (router: {
  readonly _def: { readonly procedures: object }
}): readonly Procedure[] =>
  Object.entries<object>({ ...router._def.procedures }).map(([path, procedure]) => ({
    path,
    ...Definition.parse(Reflect.get(procedure, '_def')),
  }))

/** Calls a procedure over plain HTTP. */
export function call(
  url: string,
  { path, type }: Pick<Procedure, 'path' | 'type'>,
  input: unknown = {},
  headers: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const parameters = new URLSearchParams(query)
  if (type === 'mutation')
    return go(`${url}/trpc/${path}?${parameters.toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(input),
    })
  parameters.set('input', JSON.stringify(input))
  return go(`${url}/trpc/${path}?${parameters.toString()}`, { headers })
}

const Refusal = z.looseObject({ data: z.looseObject({ httpStatus: z.number() }) })

/** The status and problem of a refused call. A stream answers 200 first, and sends the problem as its only event. */
export async function refusalIn(
  answer: Response,
): Promise<{ readonly status: number; readonly said: unknown }> {
  const text = await answer.text()
  if (answer.headers.get('content-type') !== 'text/event-stream')
    return { status: answer.status, said: JSON.parse(text) }
  const error: unknown = JSON.parse(/^event: serialized-error\ndata: (.+)$/m.exec(text)?.[1] ?? '{}')
  return { status: Refusal.parse(error).data.httpStatus, said: { error } }
}
