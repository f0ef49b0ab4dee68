import {
  fail,
  ok,
  OrderId,
  ViewerInput,
  type KeyScope,
  type Problem,
  type Result,
} from '@landfall/payment-core'
import { initTRPC, TRPCError } from '@trpc/server'
import { z, ZodError } from 'zod'
import type { Journey } from '../../journey/journey.ts'
import { viewerOf } from '../../journey/requests/show.ts'
import { liveKey, type MerchantKey } from '../../config/merchant-keys.ts'
import type { SecretValues } from '../../config/secrets.ts'
import { bearerIn } from '../read-request.ts'
import { answerTo } from '../problem-answers.ts'
import type { RequestAbout } from '../answer.ts'
import type { Who } from '../requests.ts'
import { StorageUnavailable } from '../../store/engines/open.ts'

export type Context = {
  readonly journey: Journey
  /** The `Authorization` header, unparsed. */
  readonly authorization: string | null
  /** The input stands in the address, where proxies and histories keep it. */
  readonly isInQuery: boolean
  /** The request's id in the log and in the answer to a server fault. */
  readonly requestId: string
  /** Adds to the request's log line. */
  readonly note: (about: RequestAbout) => void
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSignal
}

/** Who may call a procedure. */
export type Meta = { readonly who: Who }

/** Carries a problem through tRPC's own error type to the formatter below. */
class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.kind)
    this.problem = problem
  }
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    // Programs get `{kind, message}`: the kind in `data`, one sentence as the message. No stack, SQL or input (P-05).
    errorFormatter: ({ shape, error, ctx }) => {
      const { kind, message } = told(error, ctx?.requestId ?? null)
      return {
        ...shape,
        message,
        // The path of an unknown procedure is the caller's text and is not repeated.
        data: {
          code: shape.data.code,
          httpStatus: shape.data.httpStatus,
          path: kind === 'not_found' ? undefined : shape.data.path,
          kind,
        },
      }
    },
  })

function told(error: TRPCError, requestId: string | null): { kind: string; message: string } {
  const problem = problemOf(error)
  if (problem !== null) return { kind: problem.kind, message: answerTo(problem).message }
  if (error.code !== 'INTERNAL_SERVER_ERROR') return { kind: error.code.toLowerCase(), message: error.code }
  return { kind: 'our_fault', message: `This is our fault. It is logged as ${requestId ?? 'unknown'}.` }
}

/** A story is also found by the shop's own reference, which may be personal: its input is not logged (P-04). */
const asksByReference = (path: string | undefined): boolean => path === 'orders.story'

/** The log fields of a refused call. */
export function aboutRefusal(error: TRPCError, path: string | undefined): RequestAbout {
  const problem = problemOf(error)
  const isNamed = problem !== null && 'orderId' in problem && !asksByReference(path)
  const orderId = isNamed ? { orderId: problem.orderId } : {}
  return { kind: told(error, null).kind, ...orderId }
}

/** The problem that a procedure's error carries; null for a server fault, and for a call that reached no procedure. */
export function problemOf({ cause, code }: TRPCError): Problem | null {
  if (cause instanceof ProblemError) return cause.problem
  if (code !== 'BAD_REQUEST' && code !== 'PARSE_ERROR') return null
  const where = cause instanceof ZodError ? whereOf(cause) : 'not JSON, or not the documented shape'
  return { kind: 'bad_input', where }
}

function whereOf(error: ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'input' : `${issue.path.join('.') || 'input'}: ${issue.message}`
}

/** Returns a result's value, or throws its problem as a tRPC error. */
export function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value
  throw refusal(result.problem)
}

const refusal = (problem: Problem): TRPCError =>
  new TRPCError({ code: answerTo(problem).code, message: problem.kind, cause: new ProblemError(problem) })

export const router = t.router

/** The `output` schema of a subscription: it checks each yielded value. */
export const eachOf = <T>(schema: z.ZodType<T>) =>
  z
    .custom<AsyncIterable<T>>(
      (value) => value !== null && typeof value === 'object' && Symbol.asyncIterator in value,
    )
    .transform(async function* (stream): AsyncGenerator<T, void> {
      for await (const each of stream) yield schema.parse(each)
    })

/** The base of the four procedure kinds below. Every procedure uses one of them and so declares who may call it; none uses `t.procedure`. */
const stored = t.procedure.use(async ({ next }) => {
  const answer = await next()
  if (!answer.ok && answer.error.cause instanceof StorageUnavailable)
    throw refusal({ kind: 'storage_unavailable', cause: answer.error.cause.message })
  return answer
})

/** For anyone. Its answer reveals nothing the caller does not know. */
export const publicProcedure = stored.meta({ who: 'anyone' })

/** For anyone, mounted in sandbox mode only (P-08). */
export const demoProcedure = stored.meta({ who: 'anyone, in sandbox mode' })

/**
 * For the holder of a view token, available as `ctx.viewer` (P-01). The token comes as `Authorization: Bearer …` or in a body, never in an
 * address (P-09).
 */
export const viewerProcedure = stored
  .meta({ who: 'view token' })
  .input(ViewerInput)
  .use(async ({ ctx, input, next }) => {
    const inInput = input?.token ?? null
    if (inInput !== null && ctx.isInQuery) throw refusal({ kind: 'bad_input', where: NO_TOKEN_HERE })
    const token = inInput ?? bearerIn(ctx.authorization)
    if (token === null) throw refusal({ kind: 'bad_input', where: NO_TOKEN })
    const viewer = unwrap(await viewerOf(ctx.journey, token))
    ctx.note({ orderId: viewer.orderId, paymentId: viewer.paymentId })
    return next({ ctx: { token, viewer } })
  })
const NO_TOKEN = 'no view token: send Authorization: Bearer <token>'
const NO_TOKEN_HERE = 'a view token never stands in an address: send Authorization: Bearer <token>'

/** The live merchant key of an `Authorization` header, if it has the scope. */
export function keyFor(
  { merchantKeys }: Pick<SecretValues, 'merchantKeys'>,
  authorization: string | null,
  scope: KeyScope,
): Result<MerchantKey, Problem> {
  const given = bearerIn(authorization)
  const key = given === null ? null : liveKey(given, merchantKeys)
  if (key === null) return fail({ kind: 'unauthorized' })
  return key.scopes.includes(scope) ? ok(key) : fail({ kind: 'not_allowed', scope })
}

/** The order that a shop's call is about. */
const Subject = z.object({ orderId: OrderId })

/** For the shop's backend: `Authorization: Bearer <merchant key>`, with a key that has the scope. `ctx.actor` names the key. */
export const merchantProcedure = (scope: KeyScope) =>
  stored.meta({ who: `merchant key: ${scope}` }).use(async ({ ctx, path, getRawInput, next }) => {
    const key = unwrap(keyFor(ctx.journey.deps.secrets.current(), ctx.authorization, scope))
    const subject = Subject.safeParse(await getRawInput())
    if (subject.success && !asksByReference(path)) ctx.note({ orderId: subject.data.orderId })
    return next({ ctx: { actor: `key:${key.name}` } })
  })
