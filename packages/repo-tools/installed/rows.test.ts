import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProject, install, oldestNodeFolder, pack, run } from './packing.ts'
import { surround, type Surroundings } from './processes-around.ts'

const project = createProject()
let node = ''
let around: Surroundings

beforeAll(async () => {
  const { client } = await pack()
  node = await oldestNodeFolder()
  const dependencies = { '@landfall/client': `file:${client}` }
  project.write('package.json', JSON.stringify({ name: 'shop', private: true, type: 'module', dependencies }))
  await install(project, client, node)
  around = await surround(null)
})
afterAll(async () => {
  await around?.[Symbol.asyncDispose]()
  project[Symbol.dispose]()
})

/** A line for each answer: a call that fails is told by its kind and status. */
const script = ({ serverUrl, sandboxUrl, merchantKey }: Surroundings): string => `
import { createLandfall } from '@landfall/client'
const landfall = createLandfall({ url: '${serverUrl}', key: '${merchantKey}' })
const stranger = createLandfall({ url: '${serverUrl}', key: 'nobody' })
const post = async (path, body) => (await fetch('${sandboxUrl}/control' + path, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
})).json()
const tell = async (name, made, pick) => {
  const said = await made.then(pick, (error) => [error.kind, error.status, error.action !== ''])
  console.log(JSON.stringify([name, said]))
}
const order = { orderId: 'ord-1', name: '드립백', amount: 14000, reference: { cart: '장바구니 7' } }
const { returnUrl } = await landfall.register(order)
const { impUid } = await post('/open', { merchantUid: 'ord-1', amount: 14000, mRedirectUrl: returnUrl })
await post('/payments/' + impUid + '/pay', { cardNumber: '4242424242424242' })
await tell('verify', landfall.verify({ imp_uid: impUid, token: returnUrl.split('/').at(-1) }), ({ kind }) => kind)
await tell('get', landfall.get('ord-1'), ({ status, balance, payments }) => [status, balance, payments[0].paymentId === impUid])
await tell('list', landfall.list({ reference: '장바구니 7', limit: 5 }), ({ orders }) => orders.map(({ orderId }) => orderId))
await tell('story', landfall.story(impUid), ({ orderId, lines }) => [orderId, lines[0].kind])
await tell('reconcile', landfall.reconcile('ord-1'), ({ status }) => status)
const wish = { amount: 4000, reason: '고객 변심', idempotencyKey: '환불 1' }
await tell('refund', landfall.refund('ord-1', wish), ({ amount }) => amount)
await tell('refund again', landfall.refund('ord-1', wish), ({ amount }) => amount)
await tell('refund otherwise', landfall.refund('ord-1', { ...wish, amount: 5000 }), () => 'taken')
await tell('refund too much', landfall.refund('ord-1', { ...wish, amount: 99000, idempotencyKey: '2' }), () => 'taken')
await tell('refunds', landfall.refunds({ from: 0, to: Date.now() + 60000 }), ({ refunds }) => refunds.map(({ amount, cause }) => [amount, cause]))
await tell('close paid', landfall.close('ord-1'), () => 'closed')
await landfall.register({ ...order, orderId: 'ord-2' })
await tell('close', landfall.close('ord-2', { reason: '품절' }), ({ closedAt }) => closedAt !== null)
await tell('resolve', landfall.resolve('ord-1', 'late-imp_1', { action: 'accept', note: 'n' }), () => 'ended')
const { notices } = await landfall.notices({ orderId: 'ord-1', type: 'payment.paid' })
await tell('notices', Promise.resolve(notices), ([notice]) => [notice.type, notice.sequence])
await tell('replay', landfall.replayNotices({ id: notices[0].id }), ({ replayed }) => replayed <= 1)
await tell('conflict', landfall.register({ ...order, amount: 1 }), () => 'registered')
await tell('unknown field', landfall.register({ ...order, ammount: 1 }), () => 'registered')
await tell('unknown order', landfall.get('ord-9'), () => 'found')
await tell('stranger', stranger.get('ord-1'), () => 'found')
`

test('M-09, O-01: the installed client calls every row of the running server', async () => {
  project.write('rows.mjs', script(around))
  const lines = (await run(join(node, 'node'), ['rows.mjs'], project.folder)).trim().split('\n')
  const said: unknown = Object.fromEntries(lines.map((line) => JSON.parse(line)))
  expect(said).toEqual({
    verify: 'paid',
    get: ['paid', 14_000, true],
    list: ['ord-1'],
    story: ['ord-1', 'registered'],
    reconcile: 'paid',
    refund: 4_000,
    'refund again': 4_000,
    'refund otherwise': ['idempotency_conflict', 409, true],
    'refund too much': ['cancel_too_large', 409, true],
    refunds: [[4_000, 'shop']],
    'close paid': ['order_has_payment', 409, true],
    close: true,
    resolve: ['unknown_review', 404, true],
    notices: ['payment.paid', 1],
    replay: true,
    conflict: ['order_conflict', 409, true],
    'unknown field': ['bad_input', 400, true],
    'unknown order': ['unknown_order', 404, true],
    stranger: ['unauthorized', 401, true],
  })
})
