import { z } from 'zod'
import type { Http } from '../../src/gateway/http.ts'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import { payments } from '../../testing/v2-schema.ts'
import { samples } from './grammar.ts'

/** What must never be seen again: every secret the server has, and what the gateway tells of a buyer that nobody is shown. */
export const canaries = {
  merchantKey: 'canary-merchant-key-of-the-world',
  tokenSecret: 'canary-token-secret-of-the-world',
  gatewayKey: 'canary-gateway-key',
  gatewaySecret: 'canary-gateway-secret',
  accessToken: 'canary-access-token',
  apiSecret: 'canary-api-secret-of-v2',
  webhookSecret: `whsec_${Buffer.from('canary of the webhook secret').toString('base64')}`,
  secondWebhookSecret: `whsec_${Buffer.from('canary of the second webhook secret').toString('base64')}`,
  noticeSecret: `whsec_${Buffer.from('canary of the notice secret').toString('base64')}`,
  buyer: 'canary-buyer',
} as const

export const START_MS = Date.UTC(2026, 10, 2, 3, 0, 0)
/** Far enough that nothing expires while inputs pour in. */
export const DUE_MS = START_MS + 300 * 24 * 3_600_000

type Row = Readonly<Record<string, unknown>>

/** The shop's orders, with their prices. */
export const orders = {
  'ord-open': 14_000,
  'ord-paid': 14_000,
  'ord-account': 14_000,
  'ord-cancelled': 14_000,
}
/** Those that are paid by V2. */
export const ordersV2 = { 'ord-v2-open': 1_000, 'ord-v2-paid': 1_000 }
const buyer = Object.fromEntries(
  ['name', 'email', 'tel', 'addr', 'postcode'].map((field) => [
    `buyer_${field}`,
    `${canaries.buyer}-${field}`,
  ]),
)
const sample: Row = z
  .record(z.string(), z.unknown())
  .parse(
    samples.annotations.find(
      ({ response }) =>
        z.object({ status: z.literal('paid'), amount: z.literal(14_000) }).safeParse(response).success,
    )?.response,
  )
const row = (imp_uid: string, merchant_uid: string, more: Row): Row => ({
  ...sample,
  ...buyer,
  custom_data: canaries.buyer,
  user_agent: canaries.buyer,
  started_at: START_MS / 1000,
  paid_at: START_MS / 1000 + 20,
  imp_uid,
  merchant_uid,
  ...more,
})
/** The gateway's books. */
export const truth: readonly Row[] = [
  row('imp_100000000001', 'ord-paid', {}),
  row('imp_100000000002', 'ord-account', {
    status: 'ready',
    pay_method: 'vbank',
    vbank_num: '1234567890',
    vbank_name: '국민은행',
    paid_at: 0,
    vbank_date: DUE_MS / 1000,
  }),
  row('imp_100000000003', 'ord-cancelled', {
    status: 'cancelled',
    cancel_amount: 14_000,
    cancelled_at: START_MS / 1000 + 100,
  }),
  row('imp_100000000004', 'ord-open', { status: 'ready', paid_at: 0 }),
]

const personal = {
  customer: { id: canaries.buyer, name: canaries.buyer, email: canaries.buyer, phoneNumber: canaries.buyer },
  customData: canaries.buyer,
  pgResponse: canaries.buyer,
  requestedAt: new Date(START_MS).toISOString(),
  storeId: V2_STORE_ID,
}
/** The same of V2. */
export const truthV2 = [
  { ...payments.PAID, ...personal, id: 'ord-v2-paid', transactionId: '0193c5a1-7e2f-5b1d-3c4a-000000000001' },
  {
    ...payments.READY,
    ...personal,
    id: 'ord-v2-open',
    transactionId: '0193c5a1-7e2f-5b1d-3c4a-000000000002',
  },
]

export const gatewayUrls = { v1: 'https://gateway.example', v2: 'https://v2.gateway.example' } as const

export const tokenAnswer = {
  code: 0,
  message: null,
  response: { access_token: canaries.accessToken, now: 1, expired_at: 1_801 },
}
export const answerOf = (status: number, body: unknown): Awaited<ReturnType<Http>> => ({
  ok: true,
  value: { status, headers: {}, text: JSON.stringify(body) },
})

/** Answers from the books above, as the real one does. */
export function truthfulGateway(): Http {
  const page = (list: readonly Row[]) => ({
    code: 0,
    message: null,
    response: { total: list.length, previous: 0, next: 0, list },
  })
  return async ({ url }) => {
    if (url.startsWith(gatewayUrls.v2)) return truthOfV2(url)
    const [, kind, first, second] = new URL(url).pathname.split('/').map(decodeURIComponent)
    if (kind === 'users') return answerOf(200, tokenAnswer)
    if (first === 'prepare') return answerOf(200, { code: 0, message: null, response: {} })
    if (first === 'findAll')
      return answerOf(200, page(truth.filter(({ merchant_uid: orderId }) => orderId === second)))
    if (first === 'status') return answerOf(200, page([]))
    const found = truth.find(({ imp_uid: paymentId }) => paymentId === first)
    return found === undefined
      ? answerOf(404, { code: -1, message: '존재하지 않는 결제정보입니다.', response: null })
      : answerOf(200, { code: 0, message: null, response: found })
  }
}

function truthOfV2(url: string): Awaited<ReturnType<Http>> {
  const [, , asked, what] = new URL(url).pathname.split('/').map(decodeURIComponent)
  if (asked === undefined) return answerOf(200, { items: [], page: { number: 0, size: 100, totalCount: 0 } })
  if (what === 'pre-register') return answerOf(200, {})
  if (what === 'confirm') return answerOf(400, { type: 'INVALID_PAYMENT_TOKEN' })
  const found = truthV2.find(({ id }) => id === asked)
  if (found === undefined) return answerOf(404, { type: 'PAYMENT_NOT_FOUND' })
  if (what !== 'transactions') return answerOf(200, found)
  const { id, transactionId, ...rest } = found
  return answerOf(200, { items: [{ ...rest, id: transactionId, paymentId: id }] })
}
