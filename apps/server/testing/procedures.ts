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

/** What a router holds, as tRPC itself finds it. A procedure that does not say who may call it is found out here. */
export const proceduresOf = (router: {
  readonly _def: { readonly procedures: object }
}): readonly Procedure[] =>
  Object.entries<object>({ ...router._def.procedures }).map(([path, procedure]) => ({
    path,
    ...Definition.parse(Reflect.get(procedure, '_def')),
  }))

/** Calls a procedure as `curl` would. */
export function call(
  url: string,
  { path, type }: Pick<Procedure, 'path' | 'type'>,
  input: unknown = {},
  headers: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const asked = new URLSearchParams(query)
  if (type === 'mutation')
    return go(`${url}/trpc/${path}?${asked.toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(input),
    })
  asked.set('input', JSON.stringify(input))
  return go(`${url}/trpc/${path}?${asked.toString()}`, { headers })
}

const Refusal = z.looseObject({ data: z.looseObject({ httpStatus: z.number() }) })

/** How a call was refused. A stream has answered 200 before it knows, and says the same in its first and last word. */
export async function refusalIn(
  answer: Response,
): Promise<{ readonly status: number; readonly said: unknown }> {
  const text = await answer.text()
  if (answer.headers.get('content-type') !== 'text/event-stream')
    return { status: answer.status, said: JSON.parse(text) }
  const error: unknown = JSON.parse(/^event: serialized-error\ndata: (.+)$/m.exec(text)?.[1] ?? '{}')
  return { status: Refusal.parse(error).data.httpStatus, said: { error } }
}
