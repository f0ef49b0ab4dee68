import {
  fail,
  ok,
  returnFieldsFromLink,
  returnFieldsFromQuery,
  type Problem,
  type Result,
  type ReturnFields,
} from '@landfall/payment-core'
import { json, type RouteAnswer } from './answer.ts'
import type { RouteRequest, Door, Passage } from './door.ts'
import type { Journey } from '../journey/journey.ts'
import { receiveReturn } from '../journey/receive/return.ts'
import { receiveWebhook } from '../journey/receive/webhook.ts'
import { limits } from '../config/limits.ts'
import { isForPage, notHereOf, refusalOf } from './requests.ts'
import { readReturnAddress, type ReturnAddress } from './return-address.ts'

const complete = { path: '/complete/:token?', who: 'anyone' } as const
const tooLarge = { kind: 'too_large', limitBytes: limits.bodyBytesMax } as const

/** What customers' browsers and the gateway come to: the rows of the table in `app.ts` that are answered without the framework. */
export const doors: readonly Door[] = [
  // A link preview is no return.
  {
    ...complete,
    method: 'HEAD',
    takes: 'nothing',
    answer: async () => ({ status: 204, headers: {}, body: null }),
  },
  {
    ...complete,
    method: 'GET',
    takes: 'nothing',
    answer: (journey, asked, passage) => returned(journey, asked, passage),
  },
  // Some PGs' apps come back with a POST, without any cookie (R-20, docs/gateway/portone-v1.md §2.4).
  { ...complete, method: 'POST', takes: 'form', answer: returnedByPost },
  { path: '/webhooks/portone', who: 'anyone', method: 'POST', takes: 'JSON or form', answer: webhook },
]

/** Door 1. Stores the claim and sends the browser on to its screen; nothing of the query reaches the address it is sent to. */
async function returned(
  journey: Journey,
  { header, path, query: asked }: RouteRequest,
  { requestId }: Passage,
  form = '',
): Promise<RouteAnswer> {
  const isPage = isForPage(header('accept'))
  const address = readReturnAddress(path)
  const query = [asked, form].filter((part) => part !== '').join('&')
  const own = await throughLink(journey, address, query, requestId)
  if (own === null && !address.isAddress) return notHereOf(isPage)
  const fields = own === null ? withoutLink(query) : ok(own)
  if (!fields.ok) return refusalOf(isPage, fields.problem)
  const landed = await receiveReturn(journey, fields.value, address.token)
  if (!landed.ok) return refusalOf(isPage, landed.problem)
  const location = `${journey.deps.config.webUrl}/result/${landed.value.token}`
  return { status: 303, headers: { location }, body: null }
}

/**
 * What a return through an order's own link says, however oddly its address was wrapped: the link is enough, so what
 * cannot be read is passed over, and the log says what was odd. Null when it is odd and the link is not one.
 */
async function throughLink(
  { deps, tokens }: Journey,
  { token, rest, odd }: ReturnAddress,
  query: string,
  requestId: string,
): Promise<ReturnFields | null> {
  if (token === null) return null
  const long = query.length > limits.queryCharactersMax ? [tooLong] : []
  const isOdd = odd.length + long.length > 0
  // Nobody but an order's customer has a long query read.
  const early = isOdd ? await tokens.read(token) : null
  if (isOdd && early?.scope !== 'full') return null
  const read = returnFieldsFromLink(rest === '' ? query : `${rest}&${query}`)
  const told = [...odd, ...long, ...read.odd]
  if (told.length === 0) return read.fields
  const link = early ?? (await tokens.read(token))
  if (link?.scope !== 'full') return null
  const problem = { kind: 'bad_input', where: told.slice(0, ODDITIES_TOLD_MAX).join(', ') } as const
  deps.log.warn({ requestId, orderId: link.orderId, problem }, 'a return came in an odd address')
  return read.fields
}
const tooLong = 'the query is too long'
const ODDITIES_TOLD_MAX = 4

/** The same without a link to go by: what is odd is nobody's return. */
const withoutLink = (query: string): Result<ReturnFields, Problem> =>
  query.length > limits.queryCharactersMax
    ? fail({ kind: 'bad_input', where: tooLong })
    : returnFieldsFromQuery(query)

/** The same by POST: fields in the query, in the body, or in both. */
async function returnedByPost(journey: Journey, asked: RouteRequest, passage: Passage): Promise<RouteAnswer> {
  const form = /^application\/x-www-form-urlencoded\b/i.test(asked.header('content-type') ?? '')
  // A body of another kind is not looked at, and is no longer for that.
  const body = await asked.body(limits.bodyBytesMax)
  if (body === null) return refusalOf(isForPage(asked.header('accept')), tooLarge)
  return returned(journey, asked, passage, form ? new TextDecoder().decode(body) : '')
}

/** Door 2. */
async function webhook(
  journey: Journey,
  { header, body: read }: RouteRequest,
  { requestId }: Passage,
): Promise<RouteAnswer> {
  const body = await read(limits.bodyBytesMax)
  if (body === null) return refusalOf(isForPage(header('accept')), tooLarge)
  const heard = await receiveWebhook(journey, header('content-type') ?? '', body)
  if (heard.ok) return stored
  const refusal = refusalOf(false, heard.problem)
  // Of what is only too much there is no end, and it is counted.
  if (refusal.status !== 503) journey.deps.log.warn({ requestId, problem: heard.problem }, 'webhook refused')
  return refusal
}
const stored = json({ status: 'stored' })
