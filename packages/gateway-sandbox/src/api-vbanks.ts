import type { Hono } from 'hono'
import { z } from 'zod'
import { BANKS, nameOf } from './banks-and-cards.ts'
import { answer, bodyAs, businessFailure, httpFailure, NO_SUCH_PAYMENT } from './envelope.ts'
import type { Env } from './envelope.ts'
import type { Payment } from './ledger.ts'
import { accountRow, failedRow, openedRow } from './payment-row.ts'
import { isTestChannel } from './scenarios.ts'
import type { State } from './state.ts'

/** `POST /vbanks` (portone.md §4.7): an account without a window. `vbank_due` is unix seconds here, unlike in the browser script. */
const Issue = z.object({
  channel_key: z.string(),
  merchant_uid: z.string().min(1).max(40),
  amount: z.coerce.number().positive(),
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
  fixed_unlimited_vbank: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .nullish(),
})
type Issue = z.infer<typeof Issue>

const Change = z.object({
  amount: z.coerce.number().positive().nullish(),
  vbank_due: z.coerce.number().int().positive().nullish(),
})

export function vbankRoutes(api: Hono<Env>, state: State): void {
  api.post('/vbanks', async (c) => {
    const asked = await bodyAs(c, Issue)
    if (asked === null || nameOf(BANKS, asked.vbank_code) === null) {
      return httpFailure(c, 400, '요청 파라미터가 올바르지 않습니다.')
    }
    if (state.ledger.everPaid(asked.merchant_uid))
      return businessFailure(c, '이미 결제된 merchant_uid입니다.')
    const payment = issued(state, asked)
    state.ledger.add(payment)
    await state.webhooks.fire(payment, { status: 'ready' }, state.misbehaviour.now())
    return answer(c, payment.row)
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
    return answer(c, payment.row)
  })
  api.delete('/vbanks/:impUid', (c) => {
    const payment = state.ledger.find(c.req.param('impUid'))
    if (payment === undefined) return httpFailure(c, 404, NO_SUCH_PAYMENT)
    if (!isWaiting(payment)) return httpFailure(c, 400, '입금대기 중인 가상계좌가 아닙니다.')
    // An erased account reads `failed`, reason "계좌말소" (portone.md §4.3).
    payment.accountClosed = true
    payment.row = failedRow(payment.row, '계좌말소', state.clock.nowSeconds())
    return answer(c, payment.row)
  })
}

const isWaiting = ({ row }: Payment): boolean => row.status === 'ready' && row.vbank_num !== null

function issued(state: State, asked: Issue): Payment {
  const now = state.clock.nowSeconds()
  const opened = openedRow(
    {
      impUid: state.ledger.freshImpUid(),
      merchantUid: asked.merchant_uid,
      amount: asked.amount,
      currency: 'KRW',
      name: asked.name ?? '',
      payMethod: 'vbank',
      pgProvider: 'settle',
      sandbox: isTestChannel(asked.channel_key, ''),
      channel: 'api',
      buyer: {
        name: asked.buyer_name ?? null,
        tel: asked.buyer_tel ?? null,
        email: asked.buyer_email ?? null,
        addr: asked.buyer_addr ?? null,
        postcode: asked.buyer_postcode ?? null,
      },
      customData: asked.custom_data ?? null,
    },
    now,
  )
  const row = accountRow(opened, asked.vbank_code, asked.vbank_due, asked.amount, now)
  const notice = asked.notice_url ?? state.webhookUrl ?? []
  return {
    row: { ...row, vbank_holder: asked.vbank_holder ?? row.vbank_holder },
    returnBy: 'callback',
    mRedirectUrl: null,
    openerOrigin: null,
    noticeUrls: typeof notice === 'string' ? [notice] : notice,
    accountDueAtSeconds: asked.vbank_due,
    fixedAccount: asked.fixed_unlimited_vbank === true,
    misbehaviour: {},
    ending: null,
    accountClosed: false,
  }
}
