import { Envelope, minorDigits, PaymentAnnotation, PaymentPage, TokenAnswer } from '@landfall/payment-core'
import { z } from 'zod'
import type { Http, HttpAnswer, HttpProblem } from '../src/gateway/http.ts'
import type { Result } from '@landfall/payment-core'

export const V2_STORE_ID = 'store-ae356798-3d20-4969-b739-14c6b0e1a667'

type Answered = Result<HttpAnswer, HttpProblem>
type V1Row = z.output<typeof PaymentAnnotation>

const json = (status: number, body: unknown, headers: HttpAnswer['headers'] = {}): Answered => ({
  ok: true,
  value: { status, headers, text: JSON.stringify(body) },
})
const notFound = () => json(404, { type: 'PAYMENT_NOT_FOUND' })

/** What an answer of V1 holds: rows, a refusal of V1's own, or something that passes on as it is: a fault is a fault in both protocols. */
function valueOf(answer: Answered): { readonly value: unknown } | { readonly refusal: string } | null {
  if (!answer.ok || answer.value.status === 429 || answer.value.status >= 500) return null
  const envelope = Envelope.safeParse(parsed(answer.value.text))
  if (!envelope.success) return null
  if (answer.value.status === 401) return null
  return envelope.data.code === 0
    ? { value: envelope.data.response }
    : { refusal: envelope.data.message ?? '' }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Speaks V2 to the client and V1 to the sandbox: each call is made of the same ledger's V1 answers. Whatever the sandbox does to a call, a fault or a
 * wrong record, reaches the client.
 */
export class V2OverV1 {
  readonly #http: Http
  #token: Promise<Answered> | null = null

  constructor(http: Http) {
    this.#http = http
  }

  readonly http: Http = async (request) => {
    const { pathname, origin, searchParams } = new URL(request.url)
    const [, , id = '', what = ''] = pathname.split('/').map(decodeURIComponent)
    const ask = (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answered> =>
      this.#ask({ ...request, method, url: `${origin}${path}` }, body)
    const body = z.looseObject({}).safeParse(parsed(request.body ?? '')).data ?? {}
    if (id === '') return listed(ask, searchParams.get('requestBody') ?? '{}')
    if (what === 'pre-register') return preRegistered(ask, id, body)
    const rows = await rowsOf(ask, id)
    if (!Array.isArray(rows)) return rows
    const [newest] = rows
    if (newest === undefined) return notFound()
    if (what === 'cancel') return cancelled(ask, newest, body)
    return what === 'transactions'
      ? json(200, { items: rows.map(transactionV2) })
      : json(200, paymentV2(newest))
  }

  async #ask(request: Parameters<Http>[0], body: unknown): Promise<Answered> {
    const { origin } = new URL(request.url)
    const sent = { 'content-type': 'application/json' }
    this.#token ??= this.#http({
      ...request,
      method: 'POST',
      url: `${origin}/users/getToken`,
      headers: sent,
      body: JSON.stringify({ imp_key: 'sandbox', imp_secret: 'sandbox-secret' }),
    })
    const answer = await this.#token
    const value = valueOf(answer)
    const token = TokenAnswer.safeParse(value !== null && 'value' in value ? value.value : null)
    if (!token.success) {
      this.#token = null
      return answer
    }
    const headers = { ...sent, authorization: token.data.access_token }
    const { body: _, ...rest } = request
    return this.#http({ ...rest, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }
}

type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answered>

/** All rows of an order, newest first; an answer that is none passes on. */
async function rowsOf(ask: Ask, orderId: string): Promise<V1Row[] | Answered> {
  const rows: V1Row[] = []
  for (let page = 1; page > 0;) {
    const path = `/payments/findAll/${encodeURIComponent(orderId)}?page=${page}&limit=1000&sorting=-started`
    const answer = await ask('GET', path)
    const value = valueOf(answer)
    if (value === null) return answer
    if ('refusal' in value) return []
    const read = PaymentPage.safeParse(value.value).data
    // A wrong record stands in the place of the page.
    if (read === undefined) return [PaymentAnnotation.parse(value.value)]
    rows.push(...read.list.map((row) => PaymentAnnotation.parse(row)))
    page = read.next
  }
  return rows
}

const ListInput = z.object({
  filter: z.object({ textSearch: z.array(z.object({ value: z.string() })).optional() }),
})

async function listed(ask: Ask, requestBody: string): Promise<Answered> {
  const id = ListInput.parse(parsed(requestBody)).filter.textSearch?.[0]?.value
  const found: unknown[] = []
  if (id !== undefined) {
    const answer = await ask('GET', `/payments/${encodeURIComponent(id)}?include_sandbox=true`)
    const value = valueOf(answer)
    if (value === null) return answer
    if ('value' in value) found.push(paymentV2(PaymentAnnotation.parse(value.value)))
  }
  return json(200, { items: found, page: { number: 0, size: 10, totalCount: found.length } })
}

const PreRegistered = z.object({ totalAmount: z.number(), currency: z.string() })

async function preRegistered(ask: Ask, id: string, body: object): Promise<Answered> {
  const { totalAmount, currency } = PreRegistered.parse(body)
  const amount = totalAmount / 10 ** minorDigits(currency)
  const answer = await ask('POST', '/payments/prepare', { merchant_uid: id, amount, currency })
  const value = valueOf(answer)
  if (value === null) return answer
  return 'value' in value ? json(200, {}) : json(409, { type: 'ALREADY_PAID' })
}

const Cancelled = z.object({ amount: z.number(), currentCancellableAmount: z.number(), reason: z.string() })

async function cancelled(ask: Ask, row: V1Row, body: object): Promise<Answered> {
  const { amount, currentCancellableAmount: checksum, reason } = Cancelled.parse(body)
  const answer = await ask('POST', '/payments/cancel', { imp_uid: row.imp_uid, amount, checksum, reason })
  const value = valueOf(answer)
  if (value === null) return answer
  if ('refusal' in value)
    return json(502, { type: 'PG_PROVIDER', message: 'x', pgCode: '8178', pgMessage: value.refusal })
  return json(200, { cancellation: { status: 'SUCCEEDED', id: 'c-1', totalAmount: amount, reason } })
}

const statuses = { ready: 'READY', paid: 'PAID', failed: 'FAILED', cancelled: 'CANCELLED' } as const

function tryV2(row: V1Row) {
  const minor = (units: number): number => Math.round(units * 10 ** minorDigits(row.currency))
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString()
  return {
    status: statuses[row.status],
    storeId: V2_STORE_ID,
    version: 'V1',
    requestedAt: at(row.started_at),
    ...(row.paid_at === null || row.paid_at === 0 ? {} : { paidAt: at(row.paid_at) }),
    amount: { total: minor(row.amount), cancelled: minor(row.cancel_amount), discount: 0 },
    currency: row.currency,
    channel: { type: row.sandbox ? 'TEST' : 'LIVE', pgProvider: 'INICIS_V2' },
    cancellations: row.cancel_history.map((entry, index) => ({
      status: 'SUCCEEDED',
      id: entry.cancellation_id ?? `c-${index}`,
      totalAmount: minor(entry.amount),
      reason: entry.reason,
      requestedAt: at(entry.cancelled_at),
    })),
  }
}
const paymentV2 = (row: V1Row) => ({ ...tryV2(row), id: row.merchant_uid, transactionId: row.imp_uid })
const transactionV2 = (row: V1Row) => ({ ...tryV2(row), id: row.imp_uid, paymentId: row.merchant_uid })
