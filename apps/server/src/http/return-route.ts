import {
  fail,
  ok,
  readReturnLink,
  readReturnQuery,
  type Problem,
  type Result,
  type ReadReturn,
} from '@landfall/payment-core'
import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import { limits } from '../config/limits.ts'
import type { Journey } from '../journey/journey.ts'
import { receiveReturn } from '../journey/receive/return.ts'
import { note, send, type Env } from './answer.ts'
import { queryOf, TOKEN, unescaped } from './read-request.ts'
import { refuse, refuseUnknown, type Route } from './requests.ts'

/** Where the customer's browser returns after the payment window. */
export function returnRoutes(journey: Journey): readonly Route[] {
  const complete = { path: '/complete/:token?', who: 'anyone' } as const
  return [
    // A link preview is no return.
    { ...complete, method: 'HEAD', takes: 'nothing', handler: async (c) => send(c, 204, null) },
    { ...complete, method: 'GET', takes: 'nothing', handler: (c) => answerReturn(journey, c) },
    // Some PG apps return with a POST and without cookies (R-20, docs/gateway/portone-v1.md §2.4).
    { ...complete, method: 'POST', takes: 'form', handler: (c) => answerPost(journey, c) },
  ]
}

/** Stores the claim and redirects the browser to its screen. Nothing from the query reaches the redirect's address. */
async function answerReturn(journey: Journey, c: Context<Env>, form = ''): Promise<Response> {
  // The router's path is tidied; the return needs the path as it was sent.
  const address = readReturnAddress(getPath(c.req.raw))
  const query = [queryOf(c), form].filter((part) => part !== '').join('&')
  const own = await readLink(journey, address, query, c.get('requestId'))
  if (own === null && !address.isAddress) return refuseUnknown(c)
  const said = own === null ? readQuery(query) : ok(own)
  if (!said.ok) return refuse(c, said.problem)
  const landed = await receiveReturn(journey, said.value, address.token).catch(async (error: unknown) => {
    await noteLink(journey, c, address.token)
    throw error
  })
  if (!landed.ok) {
    await noteLink(journey, c, address.token)
    return refuse(c, landed.problem)
  }
  // Without the order's own link the ids are a stranger's text, which is not logged (P-03).
  if (own !== null)
    note(c, { orderId: landed.value.viewer.orderId, paymentId: landed.value.viewer.paymentId })
  return send(c, 303, null, { location: `${journey.deps.config.webUrl}/result/${landed.value.token}` })
}

/** Adds the order of a valid link to the log line of a return that is refused. */
async function noteLink({ tokens }: Journey, c: Context<Env>, token: string | null): Promise<void> {
  const link = token === null ? null : await tokens.read(token)
  if (link !== null) note(c, { orderId: link.orderId, paymentId: link.paymentId })
}

/** A return by POST carries its fields in the query, in the body, or in both. */
function answerPost(journey: Journey, c: Context<Env>): Promise<Response> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')
  // Other content types are ignored but still size-limited.
  return answerReturn(journey, c, isForm ? new TextDecoder().decode(c.get('body')) : '')
}

/**
 * The fields of a return whose address holds an order's own link. The link alone identifies the order, so unreadable parts of the address
 * are skipped and logged. Null for an odd address whose link is not valid.
 */
async function readLink(
  { deps, tokens }: Journey,
  { token, rest, odd }: ReturnAddress,
  query: string,
  requestId: string,
): Promise<ReadReturn | null> {
  if (token === null) return null
  const long = query.length > limits.queryCharactersMax ? [tooLong] : []
  const isOdd = odd.length + long.length > 0
  // Check the link first: strangers must not have a long query parsed.
  const early = isOdd ? await tokens.read(token) : null
  if (isOdd && early?.scope !== 'full') return null
  const read = readReturnLink(rest === '' ? query : `${rest}&${query}`)
  const told = [...odd, ...long, ...read.odd]
  if (told.length === 0) return read
  const link = early ?? (await tokens.read(token))
  if (link?.scope !== 'full') return null
  const problem = { kind: 'bad_input', where: told.slice(0, ODDITIES_TOLD_MAX).join(', ') } as const
  deps.log.warn({ requestId, orderId: link.orderId, problem }, 'a return came in an odd address')
  return read
}
const tooLong = 'the query is too long'
const ODDITIES_TOLD_MAX = 4

/** Without an order's own link, an odd query is refused. */
const readQuery = (query: string): Result<ReadReturn, Problem> =>
  query.length > limits.queryCharactersMax
    ? fail({ kind: 'bad_input', where: tooLong })
    : readReturnQuery(query)

/** The parts of a return's path. */
type ReturnAddress = {
  /** The text in the token's place; null if there is none. */
  readonly token: string | null
  /** The rest of the path, to be read as part of the query; empty in an ordinary address. */
  readonly rest: string
  /** False if only a valid token makes the path a return address. */
  readonly isAddress: boolean
  /** The path's oddities, in words safe to log. */
  readonly odd: readonly string[]
}

const ADDRESS = /^\/complete(?:\/([^/]+))?$/i
const PLAIN = /^\/complete\/[\w.~-]+$/i

/**
 * Finds the token in a path with doubled or trailing slashes, or with the query glued to it:
 * `/complete/<token>&name=…`, `/complete/<token>%3Fname=…`, `//complete/<token>/`.
 */
export function readReturnAddress(path: string): ReturnAddress {
  const tidy = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  const slashes = tidy === path ? [] : ['slashes']
  const segment = ADDRESS.exec(tidy)
  const text = unescaped(tidy)
  const found = TOKEN.exec(text)
  const token = found?.[0] ?? segment?.[1] ?? null
  const isAddress = segment !== null
  if (tidy.toLowerCase() === '/complete' || (PLAIN.test(tidy) && tidy.endsWith(`/${token}`)))
    return { token, rest: '', isAddress, odd: slashes }
  const behind = found === null ? '' : text.slice(found.index + found[0].length)
  const rest = behind.replace(/^[^\w%]+/, '')
  return { token, rest, isAddress, odd: [...slashes, 'more than a token in the path'] }
}
