import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fresh, look, NOW_MS, record, returned } from '../../test/samples.ts'
import {
  Claim,
  claimFromReturn,
  claimFromWebhook,
  Details,
  Envelope,
  FailReason,
  type Observation,
  PaymentStatus,
  readPaymentV1,
  ReturnFields,
  returnFieldsFromQuery,
  screenOf,
  WebhookBody,
} from '../index.ts'

const Annotated = z.looseObject({ code: z.number(), response: z.unknown() })

/** One documented sample: what the gateway sends, and what it means in our words. Strict, so that no expectation is overlooked. */
const Fixture = z.strictObject({
  case: z.string().min(1),
  source: z.string().regex(/§/),
  covers: z.array(z.string().regex(/^[A-Z]-\d\d$/)).min(1),
  returnQuery: z.string().optional(),
  callback: z.record(z.string(), z.unknown()).optional(),
  webhook: z.record(z.string(), z.unknown()).optional(),
  webhookForm: z.string().optional(),
  earlier: Annotated.optional(),
  annotation: Annotated.optional(),
  means: z.strictObject({
    claim: Claim.partial().optional(),
    callback: Claim.partial().optional(),
    webhook: Claim.partial().optional(),
    webhookForm: Claim.partial().optional(),
    earlier: PaymentStatus.optional(),
    observation: z
      .strictObject({
        status: PaymentStatus,
        amounts: z.array(z.number()).optional(),
        currencies: z.array(z.string()).optional(),
        testChannel: z.boolean().optional(),
        cancelledAmount: z.number().optional(),
        cancels: z.number().optional(),
        details: Details.partial().optional(),
      })
      .optional(),
    problem: z.enum(['refused', 'gateway_bad_money']).optional(),
    screen: z.string().optional(),
    reason: FailReason.optional(),
  }),
})
type Fixture = z.infer<typeof Fixture>

const folder = new URL('../../fixtures/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
const fixtures = names.map((name): [string, Fixture] => [
  name,
  Fixture.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
])

const observed = (answer: z.infer<typeof Annotated>): Observation => {
  const read = readPaymentV1(Envelope.parse(answer).response)
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}

test('there is a sample for every documented case', () => {
  expect(fixtures.length).toBeGreaterThanOrEqual(40)
  const cases = fixtures.map(([, fixture]) => fixture.case)
  expect(new Set(cases).size).toBe(cases.length)
})

describe.each(fixtures)('%s', (_, fixture) => {
  const { means } = fixture
  const claims = claimsOf(fixture)

  test('every claim in it is read as documented, and says what to look up', () => {
    for (const { claim, meant } of claims) expect(claim).toMatchObject(meant ?? {})
  })

  test('what is sent has an expectation, and what is expected is sent', () => {
    expect(means.claim !== undefined).toBe(fixture.returnQuery !== undefined)
    expect(means.callback !== undefined).toBe(fixture.callback !== undefined)
    expect(means.webhook !== undefined).toBe(fixture.webhook !== undefined)
    expect(means.webhookForm !== undefined).toBe(fixture.webhookForm !== undefined)
    expect(means.observation !== undefined || means.problem !== undefined).toBe(
      fixture.annotation !== undefined,
    )
  })

  test('the gateway’s record means what the documentation says', () => {
    if (fixture.annotation === undefined) return
    if (means.problem === 'refused') {
      expect(Envelope.parse(fixture.annotation).code).not.toBe(0)
      return
    }
    const read = readPaymentV1(Envelope.parse(fixture.annotation).response)
    if (means.problem !== undefined) {
      expect(read).toMatchObject({ ok: false, problem: { kind: means.problem } })
      return
    }
    const { cancels, details, ...facts } = means.observation ?? {}
    const seen = observed(fixture.annotation)
    expect(seen).toMatchObject({ ...facts, details: details ?? {} })
    if (cancels !== undefined) expect(seen.cancels).toHaveLength(cancels)
  })

  test('the screen it leads to is honest', () => {
    if (means.screen === undefined) return
    const looks = [fixture.earlier, fixture.annotation].flatMap((answer) =>
      answer === undefined ? [] : [observed(answer)],
    )
    const claim = claims[0]?.claim
    const says =
      claim === undefined || claim.source === 'webhook'
        ? null
        : returned({ says: claim.says, paymentId: claim.paymentId, failReason: claim.failReason })
    let held = fresh
    for (const sight of looks.length === 0 ? [[]] : looks.map((each) => [each]))
      held = record(held, look(held, sight, { returned: says }))
    const screen = held.order === null ? null : screenOf(held.order, held.payments, 'full', NOW_MS + 1_000)
    expect(screen?.kind).toBe(means.screen)
    if (means.reason !== undefined) expect(screen).toMatchObject({ reason: means.reason })
    if (means.earlier !== undefined && looks[0] !== undefined) expect(looks[0].status).toBe(means.earlier)
  })
})

function claimsOf({ returnQuery, callback, webhook, webhookForm, means }: Fixture) {
  const claims: { claim: Claim; meant: Fixture['means']['claim'] }[] = []
  if (returnQuery !== undefined) {
    const fields = returnFieldsFromQuery(returnQuery)
    if (!fields.ok) throw new Error(fields.problem.where)
    claims.push({ claim: claimFromReturn(fields.value), meant: means.claim })
  }
  if (callback !== undefined)
    claims.push({ claim: claimFromReturn(ReturnFields.parse(callback)), meant: means.callback })
  if (webhook !== undefined) claims.push({ claim: fromWebhook(webhook), meant: means.webhook })
  if (webhookForm !== undefined) {
    const form = Object.fromEntries(new URLSearchParams(webhookForm))
    claims.push({ claim: fromWebhook(form), meant: means.webhookForm })
  }
  return claims
}

function fromWebhook(body: Record<string, unknown>): Claim {
  const claim = claimFromWebhook(WebhookBody.parse(body))
  if (!claim.ok) throw new Error(claim.problem.where)
  return claim.value
}
