import type { Hono } from 'hono'
import { z } from 'zod'
import { BANKS, nameOf } from './banks-and-cards.ts'
import { answer, bodyAs, businessFailure, httpFailure, NO_SUCH_PAYMENT } from './envelope.ts'
import type { SandboxEnv, State } from '../state.ts'
import type { NewPayment, SandboxPayment } from '../ledger.ts'
import { accountRow, failedRow, openedRow, unknownAccountRow } from './payment-row.ts'
import { writtenRow } from './visible-rows.ts'
import { isTestChannel } from '../scenarios.ts'

/** `POST /vbanks` (docs/gateway/portone-v1.md §4.7) issues an account without a window. Unlike in the browser script, `vbank_due` is unix seconds. */
const Issue = z.object({
  channel_key: z.string(),
  merchant_uid: z.string().min(1).max(40),
  /** A fixed account may be issued without an amount. */
  amount: z.coerce.number().nonnegative(),
  vbank_code: z.string(),
  vbank_due: z.coerce.number().int().positive(),
  vbank_holder: z.string().max(16).nullish(),
  name: z.string().nullish(),
  buyer_name: z.string().nullish(),
  buyer_email: z.string().nullish(),
  buyer_tel: z.string().nullish(),
  buyer_addr: z.string().nullish(),
  buyer_postcode: z.string().nullish(),
  notice_url: z.union([z.url(), z.array(z.url())]).nullish(),
  custom_data: z.string().nullish(),
  tax_free: z.coerce.number().nonnegative().nullish(),
  fixed_unlimited_vbank: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .nullish(),
})
type Issue = z.infer<typeof Issue>

const Close = z.object({ pg_api_key: z.string().nullish() })
const Change = z.object({
  amount: z.coerce.number().positive().nullish(),
  vbank_due: z.coerce.number().int().positive().nullish(),
})

export function vbankRoutes(api: Hono<SandboxEnv>, state: State): void {
  api.post('/vbanks', async (c) => {
    const asked = await bodyAs(c, Issue)
    const isFit = asked !== null && (asked.amount > 0 || asked.fixed_unlimited_vbank === true)
    if (!isFit || nameOf(BANKS, asked.vbank_code) === null) {
      return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    }
    if (state.ledger.everPaid(asked.merchant_uid))
      return businessFailure(c, '이미 결제된 merchant_uid입니다.')
    const payment = state.ledger.add(issued(state, asked))
    await state.webhooks.fire(payment, { status: 'ready' }, state.misbehaviour.now())
    return answer(c, writtenRow(state, { payment, row: payment.row }))
  })
  api.put('/vbanks/:impUid', async (c) => {
    const asked = await bodyAs(c, Change)
    const payment = state.ledger.find(c.req.param('impUid'))
    if (payment === undefined) return httpFailure(c, 404, NO_SUCH_PAYMENT)
    if (asked === null || !isWaiting(payment))
      return httpFailure(c, 400, '입금대기 중인 가상계좌가 아닙니다.')
    const { row } = payment
    const vbankDate = asked.vbank_due ?? row.vbank_date
    payment.row = { ...row, amount: asked.amount ?? row.amount, vbank_date: vbankDate }
    return answer(c, writtenRow(state, { payment, row: payment.row }))
  })
  api.delete('/vbanks/:impUid', async (c) => {
    const payment = state.ledger.find(c.req.param('impUid'))
    if (payment === undefined) return httpFailure(c, 404, NO_SUCH_PAYMENT)
    if (!isWaiting(payment)) return httpFailure(c, 400, '입금대기 중인 가상계좌가 아닙니다.')
    const body = await bodyAs(c, Close)
    const objection = closingObjection(state, payment, c.req.query('pg_api_key') ?? body?.pg_api_key ?? '')
    if (objection !== null) return businessFailure(c, objection)
    // An erased account reads `failed`, reason "계좌말소" (docs/gateway/portone-v1.md §4.3).
    payment.accountClosed = true
    payment.row = failedRow(payment.row, '계좌말소', state.clock.nowSeconds())
    return answer(c, writtenRow(state, { payment, row: payment.row }))
  })
}

/** INICIS closes an account only with the shop's own key for the INICIS API; some PGs cannot close accounts at all. */
function closingObjection(state: State, payment: SandboxPayment, pgApiKey: string): string | null {
  switch (state.misbehaviour.of(payment.misbehaviour).accountClosing) {
    case 'normal':
      return null
    case 'needs_key': {
      const isInicis = (payment.row.pg_provider ?? '').includes('inicis')
      return isInicis && pgApiKey === '' ? '가상계좌 말소에 실패하였습니다.(pg_api_key 파라미터 누락)' : null
    }
    case 'unsupported':
      return '가상계좌 말소를 지원하지 않는 PG사입니다.'
  }
}

const isWaiting = ({ row }: SandboxPayment): boolean => row.status === 'ready' && row.vbank_num !== null

function issued(state: State, asked: Issue): NewPayment {
  const now = state.clock.nowSeconds()
  const opened = openedRow(
    {
      imp_uid: state.ledger.freshPaymentId(),
      merchant_uid: asked.merchant_uid,
      amount: asked.amount,
      currency: 'KRW',
      name: asked.name ?? '',
      pay_method: 'vbank',
      pg_provider: 'settle',
      sandbox: isTestChannel(asked.channel_key, ''),
      channel: 'api',
      buyer_name: asked.buyer_name ?? null,
      buyer_tel: asked.buyer_tel ?? null,
      buyer_email: asked.buyer_email ?? null,
      buyer_addr: asked.buyer_addr ?? null,
      buyer_postcode: asked.buyer_postcode ?? null,
      custom_data: asked.custom_data ?? null,
    },
    now,
  )
  const named = accountRow(opened, asked.vbank_code, asked.vbank_due, asked.amount, now)
  const row = { ...named, vbank_holder: asked.vbank_holder ?? named.vbank_holder }
  const notice = asked.notice_url ?? state.webhookUrl ?? []
  return {
    paymentId: row.imp_uid,
    orderId: row.merchant_uid,
    row: state.misbehaviour.now().account === 'unknown' ? unknownAccountRow(row) : row,
    returnBy: 'callback',
    mRedirectUrl: null,
    openerOrigin: null,
    noticeUrls: typeof notice === 'string' ? [notice] : notice,
    accountDueAtSeconds: asked.vbank_due,
    fixedAccount: asked.fixed_unlimited_vbank === true,
    taxFree: asked.tax_free ?? 0,
  }
}
