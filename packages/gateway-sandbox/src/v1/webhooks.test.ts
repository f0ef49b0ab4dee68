import { expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { startMerchant } from '../../testing/test-merchant.ts'

const MINUTE_MS = 60_000
const NOW_MS = 1_793_500_000_000

function opened(gateway: Sandbox, change: object = {}): string {
  const answer = gateway.open({ merchantUid: `ord-${gateway.payments().length}`, amount: 14_000, ...change })
  if (!answer.ok) throw new Error(answer.errorMsg)
  return answer.impUid
}
const statusesOf = (merchant: { received: () => readonly { body: string }[] }) =>
  merchant.received().map(({ body }) => /"status":"(\w+)"/.exec(body)?.[1])

test('approval, account and deposit send a webhook; failure and closing never do', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  await gateway.refuse(opened(gateway), 'limit')
  await gateway.close(opened(gateway))
  await gateway.approve(opened(gateway))
  await gateway.settled()
  const account = opened(gateway)
  await gateway.issueAccount(account)
  await gateway.settled()
  await gateway.deposit(account)
  await gateway.settled()
  expect(statusesOf(merchant)).toEqual(['paid', 'ready', 'paid'])
})

test('the body has the two ids and the status, as JSON', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  const impUid = opened(gateway)
  await gateway.approve(impUid)
  await gateway.settled()
  expect(merchant.received()).toEqual([
    {
      contentType: 'application/json',
      body: JSON.stringify({ imp_uid: impUid, merchant_uid: 'ord-0', status: 'paid' }),
      headers: {},
    },
  ])
})

test('form mode sends the same fields as a form', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  gateway.misbehave({ webhook: 'form' })
  const impUid = opened(gateway)
  await gateway.approve(impUid)
  await gateway.settled()
  expect(merchant.received()).toEqual([
    {
      contentType: 'application/x-www-form-urlencoded',
      body: `imp_uid=${impUid}&merchant_uid=ord-0&status=paid`,
      headers: {},
    },
  ])
})

test('before: the webhook precedes the browser’s answer', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  gateway.misbehave({ webhook: 'before' })
  await gateway.approve(opened(gateway))
  expect(statusesOf(merchant)).toEqual(['paid'])
})

test('late: the webhook waits until the clock moves', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl, nowMs: () => NOW_MS })
  gateway.misbehave({ webhook: 'late', webhookLateMs: MINUTE_MS })
  await gateway.approve(opened(gateway))
  gateway.advance(MINUTE_MS - 1)
  await gateway.settled()
  const early = merchant.received().length
  gateway.advance(1)
  await gateway.settled()
  expect([early, merchant.received().length]).toEqual([0, 1])
})

test('times: the chosen number of copies', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  gateway.misbehave({ webhook: 'times', webhookTimes: 4 })
  await gateway.approve(opened(gateway))
  await gateway.settled()
  expect(statusesOf(merchant)).toEqual(['paid', 'paid', 'paid', 'paid'])
})

test('never: no webhook, until the console sends it', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  const impUid = opened(gateway)
  gateway.misbehave({ webhook: 'never' }, impUid)
  await gateway.approve(impUid)
  await gateway.settled()
  const silent = merchant.received().length
  gateway.resendWebhook(impUid)
  await gateway.settled()
  expect([silent, ...statusesOf(merchant)]).toEqual([0, 'paid'])
})

test('notice_url replaces the configured address, and each address of a list gets a webhook', async () => {
  await using configured = await startMerchant()
  await using first = await startMerchant()
  await using second = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: configured.webhookUrl })
  await gateway.approve(opened(gateway, { noticeUrl: [first.webhookUrl, second.webhookUrl] }))
  await gateway.settled()
  expect([configured, first, second].map((merchant) => merchant.received().length)).toEqual([0, 1, 1])
})

test('a changed address does not affect earlier payments', async () => {
  await using before = await startMerchant()
  await using after = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: before.webhookUrl })
  const impUid = opened(gateway)
  gateway.setWebhookUrl(after.webhookUrl)
  await gateway.approve(impUid)
  await gateway.settled()
  expect([before, after].map((merchant) => merchant.received().length)).toEqual([1, 0])
})

test('a cancel in the console sends a webhook with its cancellation id', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
  const impUid = opened(gateway)
  await gateway.approve(impUid)
  const row = await gateway.cancelInConsole(impUid, 4000)
  await gateway.settled()
  const id = row.cancel_history[0]?.cancellation_id
  expect(merchant.received().at(-1)?.body).toContain(`"status":"cancelled","cancellation_id":"${id}"`)
})

test('one attempt only, unless retries are enabled', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl, nowMs: () => NOW_MS })
  merchant.answerWith(500)
  await gateway.approve(opened(gateway))
  await gateway.settled()
  gateway.advance(MINUTE_MS)
  await gateway.settled()
  expect(gateway.webhooks().map(({ attempt, status }) => [attempt, status])).toEqual([[1, 500]])
})

test('with retries: five more attempts, a minute apart, and a 4xx ends them', async () => {
  await using merchant = await startMerchant()
  await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl, nowMs: () => NOW_MS })
  gateway.misbehave({ webhookRetries: true })
  merchant.answerWith(503)
  await gateway.approve(opened(gateway))
  await gateway.settled()
  for (let minute = 0; minute < 10; minute += 1) {
    gateway.advance(MINUTE_MS)
    await gateway.settled()
  }
  const attempts = gateway.webhooks().map(({ attempt }) => attempt)
  merchant.answerWith(404)
  await gateway.approve(opened(gateway))
  await gateway.settled()
  gateway.advance(MINUTE_MS)
  await gateway.settled()
  expect(attempts).toEqual([1, 2, 3, 4, 5, 6])
  expect(gateway.webhooks()).toHaveLength(7)
})

test('an unreachable merchant is recorded and causes no error', async () => {
  await using gateway = await startSandbox({ webhookUrl: 'http://127.0.0.1:9/webhooks' })
  await gateway.approve(opened(gateway))
  await gateway.settled()
  expect(gateway.webhooks()).toMatchObject([{ state: 'unreachable', status: null }])
})
