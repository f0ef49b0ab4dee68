import { returnFieldsFromQuery } from '@landfall/payment-core'
import { json, type Answer } from './answer.ts'
import type { Asked, Door, Passage } from './door.ts'
import type { Journey } from './journey/journey.ts'
import { land } from './journey/return.ts'
import { hear } from './journey/webhook.ts'
import { limits } from './limits.ts'
import { isForPage, refusalOf } from './requests.ts'

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
    answer: (journey, asked, { token }) => returned(journey, asked, token, asked.query),
  },
  // Some PGs' apps come back with a POST, without any cookie (R-20, portone.md §2.4).
  { ...complete, method: 'POST', takes: 'form', answer: returnedByPost },
  { path: '/webhooks/portone', who: 'anyone', method: 'POST', takes: 'JSON or form', answer: webhook },
]

/** Door 1. Stores the claim and sends the browser on to its screen; nothing of the query reaches the address it is sent to. */
async function returned(
  journey: Journey,
  { header }: Asked,
  token: string | null,
  query: string,
): Promise<Answer> {
  const isPage = isForPage(header('accept'))
  if (query.length > limits.queryCharactersMax)
    return refusalOf(isPage, { kind: 'bad_input', where: 'the query is too long' })
  const fields = returnFieldsFromQuery(query)
  if (!fields.ok) return refusalOf(isPage, fields.problem)
  const landed = await land(journey, fields.value, token)
  if (!landed.ok) return refusalOf(isPage, landed.problem)
  const location = `${journey.deps.config.webUrl}/result/${landed.value.token}`
  return { status: 303, headers: { location }, body: null }
}

/** The same by POST: fields in the query, in the body, or in both. */
async function returnedByPost(journey: Journey, asked: Asked, { token }: Passage): Promise<Answer> {
  const form = /^application\/x-www-form-urlencoded\b/i.test(asked.header('content-type') ?? '')
  // A body of another kind is not looked at, and is no longer for that.
  const body = await asked.body(limits.bodyBytesMax)
  if (body === null) return refusalOf(isForPage(asked.header('accept')), tooLarge)
  const parts = [asked.query, form ? new TextDecoder().decode(body) : '']
  return returned(journey, asked, token, parts.filter((part) => part !== '').join('&'))
}

/** Door 2. */
async function webhook(
  journey: Journey,
  { header, body: read }: Asked,
  { requestId }: Passage,
): Promise<Answer> {
  const body = await read(limits.bodyBytesMax)
  if (body === null) return refusalOf(isForPage(header('accept')), tooLarge)
  const heard = await hear(journey, header('content-type') ?? '', body)
  if (heard.ok) return stored
  const refusal = refusalOf(false, heard.problem)
  // Of what is only too much there is no end, and it is counted.
  if (refusal.status !== 503) journey.deps.log.warn({ requestId, problem: heard.problem }, 'webhook refused')
  return refusal
}
const stored = json({ status: 'stored' })
