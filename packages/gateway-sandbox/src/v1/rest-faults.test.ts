import { expect, test } from 'vitest'
import { z } from 'zod'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { restCall, tokenOf } from '../../testing/test-merchant.ts'

async function withPayment(gateway: Sandbox) {
  const opened = gateway.open({ merchantUid: `ord-${gateway.payments().length}`, amount: 14_000 })
  if (!opened.ok) throw new Error(opened.errorMsg)
  await gateway.approve(opened.impUid)
  const authorization = await tokenOf(gateway.url)
  return {
    impUid: opened.impUid,
    lookUp: () => fetch(`${gateway.url}/payments/${opened.impUid}`, { headers: { authorization } }),
    cancel: () =>
      restCall(gateway.url, 'POST', '/payments/cancel', { authorization, body: { imp_uid: opened.impUid } }),
  }
}

test('error: the chosen status with a proxy’s HTML page', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'error', restStatus: 502 })
  const answer = await lookUp()
  expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
})

test('html: 200 with an HTML page instead of JSON', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'html' })
  const answer = await lookUp()
  expect([answer.status, (await answer.text()).startsWith('<!doctype html>')]).toEqual([200, true])
})

test('truncated: incomplete JSON', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'truncated' })
  const text = await (await lookUp()).text()
  expect(text).toMatch(/^\{"code":0/)
  expect(() => z.json().parse(JSON.parse(text))).toThrow(SyntaxError)
})

test("wrong_record: another payment's record, or an invented one", async () => {
  await using gateway = await startSandbox()
  const first = await withPayment(gateway)
  gateway.misbehave({ rest: 'wrong_record' })
  const alone = await (await first.lookUp()).text()
  gateway.behave()
  const second = await withPayment(gateway)
  gateway.misbehave({ rest: 'wrong_record' })
  const swapped = await (await second.lookUp()).text()
  expect(alone).not.toContain(first.impUid)
  expect(swapped).not.toContain(second.impUid)
  expect(swapped).toContain(first.impUid)
})

test('too_many: 429 with Retry-After, the chosen number of times', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'too_many', restTimes: 2, restRetryAfterSeconds: 7 })
  const answers = [await lookUp(), await lookUp(), await lookUp()]
  expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200])
  expect(answers[0]?.headers.get('retry-after')).toBe('7')
})

test('token_revoked: the current token is refused once, and the next one works', async () => {
  await using gateway = await startSandbox()
  const { lookUp, impUid } = await withPayment(gateway)
  gateway.misbehave({ rest: 'token_revoked' })
  const refused = await lookUp()
  const authorization = await tokenOf(gateway.url)
  const again = await restCall(gateway.url, 'GET', `/payments/${impUid}`, { authorization })
  expect([refused.status, again.status]).toEqual([401, 200])
})

test('down: the connection breaks without an answer', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'down' })
  await expect(lookUp()).rejects.toThrow('fetch failed')
  gateway.behave()
  expect((await lookUp()).status).toBe(200)
})

test('slow: the answer is correct and delayed', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'slow', restMs: 60 })
  const startedAt = performance.now()
  expect((await lookUp()).status).toBe(200)
  expect(performance.now() - startedAt).toBeGreaterThan(55)
})

test('a fault on cancels does not affect look-ups', async () => {
  await using gateway = await startSandbox()
  const { lookUp, cancel } = await withPayment(gateway)
  gateway.misbehave({ rest: 'too_many', restOn: 'cancel' })
  expect([(await lookUp()).status, (await cancel()).status]).toEqual([200, 429])
})

test('cancel_refused: 200 with code 1, and nothing is refunded', async () => {
  await using gateway = await startSandbox()
  const { cancel } = await withPayment(gateway)
  gateway.misbehave({ rest: 'cancel_refused' })
  expect(await cancel()).toMatchObject({ status: 200, code: 1 })
  expect(gateway.payments()[0]).toMatchObject({ status: 'paid', cancel_amount: 0 })
})

test('cancel_answer_lost: the money is refunded without an answer', async () => {
  await using gateway = await startSandbox()
  const { cancel } = await withPayment(gateway)
  gateway.misbehave({ rest: 'cancel_answer_lost' })
  await expect(cancel()).rejects.toThrow('fetch failed')
  expect(gateway.payments()[0]).toMatchObject({ status: 'cancelled', cancel_amount: 14_000 })
})

test('behave: all faults end', async () => {
  await using gateway = await startSandbox()
  const { lookUp } = await withPayment(gateway)
  gateway.misbehave({ rest: 'down', redirect: 'never', webhook: 'never', noWindow: true })
  gateway.behave()
  expect((await lookUp()).status).toBe(200)
  expect(gateway.open({ merchantUid: 'after', amount: 1 }).ok).toBe(true)
})
