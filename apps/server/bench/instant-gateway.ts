import { createServer, type ServerResponse } from 'node:http'

/**
 * A gateway that answers at once and holds no state, so that what is measured is us: payment `imp_<n>` is paid, ₩14,000, for order `ord-<n>`.
 */
const answer = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ code: 0, message: null, response: value }))
}

const paid = (number: string) => ({
  imp_uid: `imp_${number}`,
  merchant_uid: `ord-${number}`,
  status: 'paid',
  amount: 14_000,
  cancel_amount: 0,
  currency: 'KRW',
  sandbox: false,
  pay_method: 'card',
  card_name: '신한카드',
  started_at: 1_793_500_000,
  paid_at: 1_793_500_042,
  cancel_history: [],
})

createServer((request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const payment = /^\/payments\/imp_(\d+)$/.exec(path)?.[1]
  const order = /^\/payments\/findAll\/ord-(\d+)$/.exec(path)?.[1]
  request.resume()
  if (payment !== undefined) answer(response, paid(payment))
  else if (order !== undefined) answer(response, { total: 1, previous: 0, next: 0, list: [paid(order)] })
  else if (path === '/users/getToken') answer(response, { access_token: 'token', now: 0, expired_at: 1_800 })
  else answer(response, null)
}).listen(Number(process.env['PORT']), '127.0.0.1')
