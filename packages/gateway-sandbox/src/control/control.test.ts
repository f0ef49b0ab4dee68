import { expect, test } from 'vitest'
import { z } from 'zod'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'

async function control(gateway: Sandbox, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${gateway.url}/control${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const told: unknown = await answer.json()
  return { status: answer.status, told }
}
const Opened = z.object({ ok: z.literal(true), impUid: z.string() })

test('a script opens, issues, deposits and cancels without a browser', async () => {
  await using gateway = await startSandbox()
  const { impUid } = Opened.parse(
    (await control(gateway, 'POST', '/open', { merchantUid: 'ord-1', amount: 14_000 })).told,
  )
  const issued = await control(gateway, 'POST', `/payments/${impUid}/issue-account`, { bankCode: '004' })
  const deposited = await control(gateway, 'POST', `/payments/${impUid}/deposit`)
  const cancelled = await control(gateway, 'POST', `/payments/${impUid}/cancel`, { amount: 4000 })
  expect(issued.told).toMatchObject({
    callback: { success: true, status: 'ready', vbank_name: 'KB국민은행' },
  })
  expect(deposited.told).toMatchObject({ status: 'paid', vbank_code: '004' })
  expect(cancelled.told).toMatchObject({ status: 'cancelled', cancel_amount: 4000 })
})

test('an operation that the state does not allow is 409, an unknown payment 404, an invalid body 400', async () => {
  await using gateway = await startSandbox()
  const opened = gateway.open({ merchantUid: 'ord-1', amount: 1 })
  const statuses = [
    await control(gateway, 'POST', `/payments/${opened.impUid}/deposit`),
    await control(gateway, 'POST', '/payments/imp_000000000000/deposit'),
    await control(gateway, 'POST', `/payments/${opened.impUid}/refuse`, { cause: 'bad luck' }),
    await control(gateway, 'PUT', '/misbehaviour', { redirect: 'sideways' }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([409, 404, 400, 400])
})

test('switches are set one at a time and reset together', async () => {
  await using gateway = await startSandbox()
  await control(gateway, 'PUT', '/misbehaviour', { redirect: 'wrong' })
  const both = await control(gateway, 'PUT', '/misbehaviour', { webhook: 'never' })
  const good = await control(gateway, 'DELETE', '/misbehaviour')
  expect(both.told).toMatchObject({ redirect: 'wrong', webhook: 'never' })
  expect(good.told).toMatchObject({ redirect: 'normal', webhook: 'normal' })
})

test("another site's form changes nothing: only JSON is read", async () => {
  await using gateway = await startSandbox()
  const answer = await fetch(`${gateway.url}/control/misbehaviour`, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ rest: 'down' }),
  })
  expect(answer.status).toBe(400)
})

test('a failed payment that is approved late is paid, and its return stays unchanged', async () => {
  await using gateway = await startSandbox()
  const opened = gateway.open({ merchantUid: 'ord-1', amount: 1, mRedirectUrl: 'https://shop.example/c' })
  const impUid = opened.impUid ?? ''
  const refused = await gateway.refuse(impUid, 'balance')
  const approved = await gateway.approve(impUid)
  expect(approved).toEqual(refused)
  expect(gateway.payments()[0]).toMatchObject({ status: 'paid', fail_reason: null })
  await expect(gateway.approve(impUid)).rejects.toThrow('it cannot be approved')
})

test('the console is served and names every payment method of the state it draws', async () => {
  await using gateway = await startSandbox()
  const page = await (await fetch(gateway.url)).text()
  const state = await control(gateway, 'GET', '/state')
  expect(page).toContain('결제사 샌드박스')
  expect(state.told).toMatchObject({ payments: [], misbehaviour: { rest: 'normal' } })
})

test('a fixed account lists its deposits; a repeated or late one changes nothing else (docs/gateway/portone-v1.md §4.4)', async () => {
  await using gateway = await startSandbox()
  const opened = gateway.open({
    merchantUid: 'ord-1',
    amount: 14_000,
    payMethod: 'vbank',
    fixedAccount: true,
  })
  await gateway.issueAccount(opened.impUid ?? '')
  const first = await gateway.deposit(opened.impUid ?? '')
  expect(first).toMatchObject({ status: 'paid', deposit_history: [{ amount: 14_000 }] })
  const again = await gateway.deposit(opened.impUid ?? '')
  expect(again).toMatchObject({ ...first, deposit_history: [{ amount: 14_000 }, { amount: 14_000 }] })
  const late = gateway.open({ merchantUid: 'ord-2', amount: 14_000, payMethod: 'vbank', fixedAccount: true })
  await gateway.issueAccount(late.impUid ?? '')
  gateway.expire(late.impUid ?? '')
  expect(await gateway.deposit(late.impUid ?? '')).toMatchObject({
    status: 'ready',
    paid_at: 0,
    deposit_history: [{ amount: 14_000 }],
  })
})

test('the reset of one payment’s switches affects only this payment', async () => {
  await using gateway = await startSandbox()
  const impUid = gateway.open({ merchantUid: 'ord-1', amount: 1 }).impUid ?? ''
  await control(gateway, 'POST', `/payments/${impUid}/misbehaviour`, { lookups: 'lagging' })
  const State = z.object({ payments: z.array(z.object({ misbehaviour: z.record(z.string(), z.unknown()) })) })
  const own = async () =>
    State.parse((await control(gateway, 'GET', '/state')).told).payments[0]?.misbehaviour
  expect(await own()).toEqual({ lookups: 'lagging' })
  await control(gateway, 'POST', `/payments/${impUid}/behave`)
  expect(await own()).toEqual({})
})

test('a new cancel habit starts without the limit of the previous one', async () => {
  await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
  await control(gateway, 'PUT', '/misbehaviour', { cancel: 'refused', cancelForMs: 1_000, cancelTimes: 3 })
  const anew = await control(gateway, 'PUT', '/misbehaviour', { cancel: 'pending' })
  expect(anew.told).toMatchObject({
    cancel: 'pending',
    cancelForMs: null,
    cancelUntilMs: null,
    cancelTimes: null,
  })
  const timed = await control(gateway, 'PUT', '/misbehaviour', { cancelForMs: 1_000 })
  expect(timed.told).toMatchObject({ cancel: 'pending', cancelUntilMs: 1_793_500_001_000 })
})

test('the console has a form for rows and prepared amounts of another shop', async () => {
  await using gateway = await startSandbox()
  const page = await (await fetch(gateway.url)).text()
  for (const name of ['merchantUid', 'startedAt', 'payMethod', 'cancelDenialIn', 'promotionDiscount'])
    expect(page).toContain(`name="${name}"`)
  expect(page).toContain('id="add-row"')
  expect(page).toContain('id="prepare"')
})
