import { randomUUID } from 'node:crypto'
import { createLandfall } from '@landfall/client'
import { notices } from '@landfall/client/express'
import express from 'express'
import { gateway, paymentWindow } from './payment-window.js'

const env = process.env
const port = env.SHOP_PORT ?? 3000
const shopUrl = env.SHOP_URL ?? `http://localhost:${port}`
const staffKey = env.SHOP_STAFF_KEY ?? randomUUID() // Without a key nobody is staff.
const landfall = createLandfall({ url: env.LANDFALL_URL, key: env.LANDFALL_KEY })
// A real shop keeps both in its database: what it shipped, and the secret of each order's cookie.
const shipped = new Set()
const secrets = new Map()
const isOwn = (request, orderId) =>
  secrets.has(orderId) && request.headers.cookie?.split('; ').includes(`${orderId}=${secrets.get(orderId)}`)
const app = express()
// The notice decides, not the customer's page. The same notice can come twice.
app.post(
  '/landfall',
  notices(env.NOTIFY_SECRETS, ({ type, data: { order } }) => {
    console.log(`${order.orderId}: ${type}, the order is ${order.status}`)
    if (order.status !== 'paid' || shipped.has(order.orderId)) return
    shipped.add(order.orderId)
    console.log(`${order.orderId}: paid ${order.balance}, ship it`)
  }),
)

app.use(express.json(), express.static('public'))

// The price comes from the server. The order is registered before the window opens; after a failed try, under its own number.
app.post('/orders', async (request, response) => {
  const again = isOwn(request, request.body?.again) && (await landfall.get(request.body.again))
  const orderId = again?.status === 'open' ? again.orderId : `ord-${randomUUID()}`
  const order = { orderId, name: '제주 한라봉 드립백', amount: 14_000, gateway }
  const { returnUrl } = await landfall.register({ ...order, returnTo: new URL('/thanks', shopUrl).href })
  secrets.set(orderId, randomUUID())
  response.cookie(orderId, secrets.get(orderId), { httpOnly: true, sameSite: 'lax', maxAge: 604_800_000 })
  response.json({ ...order, returnUrl, ...paymentWindow })
})

// What the thank-you page shows, to the customer who ordered. Each order has a cookie of its own: two tabs are two orders.
app.get('/orders/:orderId', async (request, response) => {
  const { orderId } = request.params
  if (!isOwn(request, orderId)) return response.sendStatus(404)
  const { status, balance, payments } = await landfall.get(orderId)
  const account = payments.find((payment) => payment.status === 'awaiting_deposit')?.account ?? null
  response.json({ status, lastTry: payments.at(-1)?.status, balance, account, shipped: shipped.has(orderId) })
})
app.get('/thanks', (request, response) => response.sendFile('public/index.html', { root: '.' }))

// For the shop's staff. The key makes a repeated click one refund.
app.post('/orders/:orderId/refund', async (request, response) => {
  if (request.get('authorization') !== `Bearer ${staffKey}`) return response.sendStatus(401)
  const { amount, refundAccount, idempotencyKey } = request.body
  const refund = { amount, refundAccount, idempotencyKey, reason: '고객 요청' }
  response.json(await landfall.refund(request.params.orderId, refund))
})

app.use((error, request, response, next) => {
  console.error(error)
  response.status(502).json({ kind: error.kind ?? 'fault' })
})
app.listen(port, '127.0.0.1', () => console.log(`shop: ${shopUrl}`))
