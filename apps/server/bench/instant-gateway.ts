import { createServer, type ServerResponse } from 'node:http'

/**
 * A gateway that answers at once and holds no state, so that what is measured is us. It knows one payment for each order: `imp_1<n>` paid ₩14,000 for
 * `ord-1<n>`. V2 sees it as a transaction. It takes notices too. `POST /bench?delayMs=50&silent=1` sets how it behaves; `GET /bench` counts its calls.
 */
let delayMs = Number(process.env['DELAY_MS'] ?? 0)
let isSilent = process.env['SILENT'] === '1'
const counts = { lookups: 0, payments: 0, tokens: 0, notices: 0 }

const answer = (response: ServerResponse, value: unknown): void =>
  say(response, { code: 0, message: null, response: value })

function say(response: ServerResponse, body: unknown): void {
  if (isSilent) return
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  if (delayMs === 0) send()
  else setTimeout(send, delayMs)
}

/** When all windows were opened: the same at each look, and near enough to when their orders are registered that nobody is called (M-20). */
const startedAt = Math.floor(Date.now() / 1_000)

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
  started_at: startedAt,
  paid_at: startedAt,
  cancel_history: [],
})

const startedAtIso = new Date(startedAt * 1_000).toISOString()

/** The fields that a payment and a try of V2 share. */
const paidV2 = {
  status: 'PAID',
  storeId: 'store-of-the-bench',
  version: 'V2',
  channel: { type: 'LIVE', pgProvider: 'TOSSPAYMENTS' },
  amount: { total: 14_000, taxFree: 0, discount: 0, paid: 14_000, cancelled: 0, cancelledTaxFree: 0 },
  currency: 'KRW',
  method: { type: 'PaymentMethodCard', card: { name: '신한카드' } },
  requestedAt: startedAtIso,
  paidAt: startedAtIso,
}

/** V2 under the same numbers: a payment, its tries, and a list without changes. */
function answerV2(response: ServerResponse, number: string | undefined, isTries: boolean): void {
  if (number === undefined) return say(response, { items: [], page: { number: 0, size: 100, totalCount: 0 } })
  const [orderId, transactionId] = [`ord-${number}`, `0193c5a1-7e2f-5b1d-3c4a-${number}`]
  counts.lookups += 1
  if (isTries) return say(response, { items: [{ ...paidV2, id: transactionId, paymentId: orderId }] })
  counts.payments += 1
  return say(response, { ...paidV2, id: orderId, transactionId })
}

/** Numbers of this bench's own orders. */
const isKnown = (number: string): boolean => number.startsWith('1')

function unknown(response: ServerResponse): void {
  counts.lookups += 1
  if (isSilent) return
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ code: -1, message: '존재하지 않는 결제정보입니다.', response: null }))
}

function lookedUp(response: ServerResponse, payments: number, value: unknown): void {
  counts.lookups += 1
  counts.payments += payments
  answer(response, value)
}

function told(response: ServerResponse, url: string, method: string): void {
  const query = new URL(url, 'http://gateway').searchParams
  if (method === 'POST') {
    delayMs = Number(query.get('delayMs') ?? 0)
    isSilent = query.get('silent') === '1'
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counts))
}

createServer((request, response) => {
  const url = request.url ?? ''
  const [path = '', query = ''] = url.split('?')
  const payment = /^\/payments\/imp_(\d+)$/.exec(path)?.[1]
  const byV2 = /^\/payments\/ord-(\d+)(\/transactions)?$/.exec(path)
  const order = /^\/payments\/findAll\/ord-(\d+)$/.exec(path)?.[1]
  request.resume()
  if (path === '/bench') told(response, url, request.method ?? '')
  else if (path === '/readyz') response.writeHead(200).end()
  else if (path === '/notices') {
    counts.notices += 1
    response.writeHead(204).end()
  } else if (byV2 !== null || query.startsWith('requestBody='))
    answerV2(response, byV2?.[1], byV2?.[2] !== undefined)
  else if (!isKnown(payment ?? order ?? '1')) unknown(response)
  else if (payment !== undefined) lookedUp(response, 1, paid(payment))
  else if (path === '/payments') {
    const several = [...query.matchAll(/imp_uid(?:\[\]|%5B%5D)=imp_(\d+)/gi)].map(([, number]) =>
      paid(number ?? ''),
    )
    lookedUp(response, several.length, several)
  } else if (order !== undefined)
    lookedUp(response, 1, { total: 1, previous: 0, next: 0, list: [paid(order)] })
  else if (path === '/users/getToken') {
    counts.tokens += 1
    answer(response, { access_token: 'token', now: 0, expired_at: 1_800 })
  } else if (path.startsWith('/payments/status/'))
    answer(response, { total: 0, previous: 0, next: 0, list: [] })
  else answer(response, null)
}).listen(Number(process.env['PORT']), '127.0.0.1')
