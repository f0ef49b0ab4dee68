import { OrderId, type Problem } from '@landfall/payment-core'
import { callTRPCProcedure, TRPCError } from '@trpc/server'
import type { Context } from 'hono'
import type { Journey } from '../../journey/journey.ts'
import { note, sendJson, type Env, type RequestAbout } from '../answer.ts'
import { refuseProgram, type Route } from '../requests.ts'
import { scopes } from '../trpc/router.ts'
import { aboutRefusal, keyFor, problemOf } from '../trpc/trpc.ts'
import { declarations, router, type Declaration } from './procedures.ts'
import { fieldTypesOf, readInput, type FieldTypes } from './read-input.ts'
import { rows, type RestRow } from './rows.ts'

/** The routes of the REST API: one for each row of the table. */
export const restRoutes = (journey: Journey): readonly Route[] =>
  bound.map(({ row, declared, types }) => ({
    method: row.method,
    path: row.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    who: declared.who,
    takes: row.method === 'POST' ? 'JSON' : 'nothing',
    unread: (c) => !isReadable(c) || !isHeard(journey, row, c),
    handler: (c) => answerRow(journey, row, declared, types, c),
  }))

/** Each row with its procedure's declaration and the types of its query parameters. */
const bound = rows.flatMap((row) => {
  const declared = declarations.get(row.procedure)
  return declared === undefined ? [] : [{ row, declared, types: fieldTypesOf(declared.input) }]
})

/** Keys are checked before a body is read, so that no stranger can occupy the shop's calls (D-06). */
function isHeard({ deps }: Journey, { procedure }: RestRow, c: Context<Env>): boolean {
  const scope = scopes.get(procedure) ?? null
  return scope === null || keyFor(deps.secrets.current(), c.req.header('authorization') ?? null, scope).ok
}

/** Calls the row's procedure. The input is read after the procedure has admitted the caller, as tRPC reads it (O-01). */
async function answerRow(
  journey: Journey,
  { procedure, from }: RestRow,
  { type }: Pick<Declaration, 'type'>,
  types: FieldTypes,
  c: Context<Env>,
): Promise<Response> {
  if (!isReadable(c)) return refuseProgram(c, { kind: 'unsupported_content', contentType: '' })
  const { signal } = c.req.raw
  const ctx = {
    journey,
    requestId: c.get('requestId'),
    authorization: c.req.header('authorization') ?? null,
    isInQuery: false,
    note: (about: RequestAbout) => note(c, about),
    signal,
  }
  try {
    const getRawInput = async (): Promise<unknown> => readInput(from, types, c)
    const answer: unknown = await callTRPCProcedure({
      router,
      path: procedure,
      type,
      ctx,
      getRawInput,
      signal,
      batchIndex: 0,
    })
    return sendJson(c, answer)
  } catch (error) {
    const problem = error instanceof TRPCError ? problemOf(error) : null
    if (!(error instanceof TRPCError) || problem === null) throw error
    note(c, { ...pathOrder(c, procedure, problem), ...aboutRefusal(error, procedure) })
    return refuseProgram(c, problem)
  }
}

/**
 * The order in the address of a call that has a key, and input that is not read: the procedure has named none yet. A story is also found by the shop's
 * own reference, which may be personal (P-04).
 */
function pathOrder(c: Context<Env>, procedure: string, { kind }: Problem): RequestAbout {
  const orderId = OrderId.safeParse(c.req.param('orderId'))
  return kind === 'bad_input' && orderId.success && procedure !== 'orders.story'
    ? { orderId: orderId.data }
    : {}
}

/** Only JSON is accepted, because another site's form can send other types without a CORS preflight (O-03). A POST may have no body. */
function isReadable({ req }: Context<Env>): boolean {
  const contentType = req.header('content-type')
  if (req.method !== 'POST' || /^application\/json\s*(;|$)/i.test(contentType ?? '')) return true
  const isEmpty =
    (req.header('content-length') ?? '0') === '0' && req.header('transfer-encoding') === undefined
  return contentType === undefined && isEmpty
}
