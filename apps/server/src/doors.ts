import { returnFieldsFromQuery } from '@landfall/payment-core'
import type { Context } from 'hono'
import type { Journey } from './journey/journey.ts'
import { land } from './journey/return.ts'
import { hear } from './journey/webhook.ts'
import { limits } from './limits.ts'
import { answerTo } from './problem-answers.ts'
import { refuse, type Env } from './requests.ts'

/** Door 1. Stores the claim and sends the browser on to its screen; nothing of the query reaches the address it is sent to. */
export async function returned(journey: Journey, c: Context<Env>, query: string): Promise<Response> {
  if (query.length > limits.queryCharactersMax)
    return refuse(c, { kind: 'bad_input', where: 'the query is too long' })
  const fields = returnFieldsFromQuery(query)
  if (!fields.ok) return refuse(c, fields.problem)
  const landed = await land(journey, fields.value, c.req.param('token') ?? null)
  if (!landed.ok) return refuse(c, landed.problem)
  return c.redirect(`${journey.deps.config.webUrl}/result/${landed.value.token}`, 303)
}

/** The same by POST: fields in the query, in the body, or in both. */
export async function returnedByPost(journey: Journey, c: Context<Env>): Promise<Response> {
  const form = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')
  const parts = [new URL(c.req.url).search.slice(1), form ? await c.req.text() : '']
  return returned(journey, c, parts.filter((part) => part !== '').join('&'))
}

/** Door 2. */
export async function webhook(journey: Journey, c: Context<Env>): Promise<Response> {
  const heard = await hear(
    journey,
    c.req.header('content-type') ?? '',
    new Uint8Array(await c.req.arrayBuffer()),
  )
  if (heard.ok) return c.json({ status: 'stored' })
  const { status, message } = answerTo(heard.problem)
  // Of what is only too much there is no end, and it is counted.
  if (status === 503) c.header('retry-after', String(limits.retryAfterSeconds))
  else journey.deps.log.warn({ requestId: c.get('requestId'), problem: heard.problem }, 'webhook refused')
  return c.json({ kind: heard.problem.kind, message }, status)
}
