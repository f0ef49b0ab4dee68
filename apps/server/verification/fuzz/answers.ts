import type { GatewayProblem } from '@landfall/payment-core'
import fc from 'fast-check'
import { z } from 'zod'
import type { WriteOutcome } from '../../src/gateway/gateway.ts'
import type { Http, HttpAnswer } from '../../src/gateway/http.ts'
import { portoneV1 } from '../../src/gateway/portone-v1/client.ts'
import { testClock } from '../../testing/clock.ts'
import { damaged, damages, edited, edits, hostileText, hostileValue, INPUT_MARK } from './grammar.ts'
import { checkObservation, parsed, payments } from './parsers.ts'
import { canaries, tokenAnswer } from './truth.ts'

/** What a hostile gateway says to one call: an answer of any shape, or none. */
export type Answer = { readonly fails: boolean; readonly answer: HttpAnswer }

export const statuses = fc.oneof(
  { weight: 8, arbitrary: fc.constant(200) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      201,
      204,
      301,
      302,
      304,
      400,
      401,
      403,
      404,
      409,
      410,
      418,
      429,
      500,
      502,
      503,
      599,
    ),
  },
)
const retryAfters = fc.constantFrom(
  '',
  '1',
  '-1',
  '0',
  'NaN',
  'Infinity',
  '1e999',
  '99999999999',
  'Wed, 21 Oct 2026 07:28:00 GMT',
  '１',
)
export const headers = fc.record(
  { 'retry-after': retryAfters, location: hostileText, 'content-type': hostileText, __proto__: hostileText },
  { requiredKeys: [] },
)

/** Envelopes around what `response` gives, of the wrong code, shape, status, encoding or length. */
export function answers(response: fc.Arbitrary<unknown>): fc.Arbitrary<Answer> {
  return fc
    .record({
      fails: fc.nat(20).map((chance) => chance === 0),
      status: statuses,
      headers,
      code: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: hostileValue }),
      message: fc.oneof(fc.constant(null), hostileText),
      response,
      changes: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: edits }),
      harm: fc.oneof(
        { weight: 5, arbitrary: fc.constant({ at: 0, how: 'none' as const, bytes: '' }) },
        { weight: 1, arbitrary: damages },
      ),
      html: fc.nat(30).map((chance) => chance === 0),
    })
    .map(({ fails, status, headers: given, code, message, response: inner, changes, harm, html }) => {
      const envelope = edited({ code, message, response: inner }, changes)
      const text = html
        ? `<html>${INPUT_MARK}</html>`
        : damaged(Buffer.from(JSON.stringify(envelope)), harm).toString()
      return { fails, answer: { status, headers: given, text } }
    })
}

/** Rows of lists, and the page around them. */
export const pages: fc.Arbitrary<unknown> = fc
  .tuple(fc.array(payments, { maxLength: 3 }), fc.constantFrom(0, 0, 0, 1, 2, -1, 1e308), edits, fc.nat(4))
  .map(([list, next, changes, chance]) => {
    const page = { total: list.length, previous: 0, next, list }
    return chance === 0 ? edited(page, changes) : page
  })

const tokens = fc.oneof(
  { weight: 3, arbitrary: fc.constant(tokenAnswer.response) },
  {
    weight: 1,
    arbitrary: fc.record({ access_token: hostileText, now: hostileValue, expired_at: hostileValue }),
  },
)

/** One question to a gateway that answers with these: the token's answer first, then each call's in turn, the last one for ever. */
export type Question = {
  readonly ask: 'payment' | 'order' | 'changed' | 'fix' | 'cancel' | 'close'
  readonly token: Answer
  readonly said: readonly Answer[]
}

export const questions: fc.Arbitrary<Question> = fc
  .constantFrom('payment', 'payment', 'payment', 'order', 'changed', 'fix', 'cancel', 'close')
  .chain((ask) => {
    const response = ask === 'order' || ask === 'changed' ? pages : payments
    return fc.record({
      ask: fc.constant(ask),
      token: fc.oneof(
        { weight: 9, arbitrary: fc.constant(soundToken) },
        { weight: 1, arbitrary: answers(tokens) },
      ),
      said: fc.array(answers(response), { minLength: 1, maxLength: 3 }),
    })
  })
const soundToken: Answer = {
  fails: false,
  answer: { status: 200, headers: {}, text: JSON.stringify(tokenAnswer) },
}

/** More calls than any question needs: one that goes on is a loop. */
const CALLS_MAX = 24
const PAYMENT_ID = 'imp_448280090638'
const ORDER_ID = 'ord-1001'

/** Asks with the production client, and throws at the first thing that must never be; gives what came of it. */
export async function ask({ ask: what, token, said }: Question): Promise<string> {
  let calls = 0
  const http: Http = async ({ url, headers: sent }) => {
    calls += 1
    if (calls > CALLS_MAX) throw new Error('the client goes on asking')
    new Headers({ ...sent }) // throws at what HTTP cannot send
    const { fails, answer } =
      (url.endsWith('/users/getToken') ? token : said[Math.min(calls - 2, said.length - 1)]) ?? soundToken
    return fails
      ? { ok: false, problem: { kind: 'unreachable', cause: 'ECONNRESET' } }
      : { ok: true, value: answer }
  }
  const clock = testClock(0)
  const settings = {
    url: 'https://gateway.example',
    key: canaries.gatewayKey,
    secret: canaries.gatewaySecret,
    lookupTimeoutMs: 1,
    cancelTimeoutMs: 1,
  }
  const gateway = portoneV1(settings, http, clock.monotonicMs)
  const money = { amount: 14_000, currency: 'KRW' }
  if (what === 'payment')
    return checkLookup(
      await gateway.lookup({ by: 'payment', paymentId: PAYMENT_ID, orderId: ORDER_ID }),
      said,
      PAYMENT_ID,
    )
  if (what === 'order')
    return checkLookup(await gateway.lookup({ by: 'order', orderId: ORDER_ID }), said, ORDER_ID)
  if (what === 'changed') return checkLength(await gateway.changed({ status: 'paid', fromMs: 0, toMs: 1 }, 1))
  if (what === 'fix') return checkLength(await gateway.fixAmount(ORDER_ID, money))
  if (what === 'close') return checkOutcome(await gateway.closeAccount(PAYMENT_ID, ORDER_ID))
  const refundAccount = { bank: '004', account: '1', holder: 'x' }
  return checkOutcome(
    await gateway.cancel({
      intentId: 'intent-1',
      refusals: 0,
      paymentId: PAYMENT_ID,
      orderId: ORDER_ID,
      money,
      expectedBalance: 1,
      reason: 'x',
      refundAccount,
      taxFree: null,
      vat: null,
    }),
  )
}

type Looked = Awaited<ReturnType<ReturnType<typeof portoneV1>['lookup']>>
const Envelope = z.object({ code: z.literal(0), response: z.unknown() })
const Page = z.object({ list: z.array(z.unknown()) })

/** The records that an answer tells, alone or in a list; none where it is no sound answer. */
export function rowsIn(text: string): readonly unknown[] {
  const envelope = Envelope.safeParse(parsed(text))
  if (!envelope.success) return []
  const page = Page.safeParse(envelope.data.response)
  return page.success ? page.data.list : [envelope.data.response]
}

/** Every payment seen was said in a sound answer, under the id that was asked for; one by one as in `checkObservation`. */
function checkLookup(looked: Looked, said: readonly Answer[], asked: string): string {
  const outcome = checkLength(looked)
  if (!looked.ok) return outcome
  const rows = said.flatMap(({ fails, answer }) => (fails || answer.status >= 300 ? [] : rowsIn(answer.text)))
  for (const seen of looked.value) {
    if (seen.paymentId !== asked && seen.orderId !== asked) throw new Error(`${asked} was asked for`)
    // Two records of one payment are joined: each fact is then one of theirs.
    if (seen.amounts.length > 1 || rows.length > 1) continue
    checkObservation({ ok: true, value: seen }, rows[0])
  }
  if (looked.value.length > 0 && rows.length === 0) throw new Error('a payment that nobody told of')
  return looked.value.length > 0 ? 'a payment' : 'no payment'
}

/** A refusal's own words stand in a review and in the log: they are as short as a problem. */
export function checkOutcome(outcome: WriteOutcome): string {
  if (outcome.kind === 'accepted') return 'done'
  return outcome.kind === 'refused'
    ? checkLength({
        ok: false,
        problem: { kind: 'gateway_refused', status: 200, code: 1, message: outcome.text },
      })
    : checkLength(outcome)
}

/** A problem goes into the log and before an operator: it is short, and is no second copy of the answer (D-05). */
export function checkLength(
  result: { readonly ok: true } | { readonly ok?: false; readonly problem: GatewayProblem },
): string {
  if (result.ok === true) return 'done'
  const text = JSON.stringify(result.problem)
  if (text.length > 2_000) throw new Error(`a problem of ${text.length} characters`)
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw new Error(`a problem with control characters: ${text}`)
  return result.problem.kind
}
