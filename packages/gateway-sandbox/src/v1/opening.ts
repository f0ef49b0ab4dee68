import { z } from 'zod'
import { withQuery } from './ending.ts'
import type { LedgerRow, NewPayment, SandboxPayment } from '../ledger.ts'
import { openedRow } from './payment-row.ts'
import { isTestChannel, NO_WINDOW, NO_WINDOW_SENTINEL, type Refusal } from '../scenarios.ts'
import type { State } from '../state.ts'

const MERCHANT_UID_MAX = 40
const NOTICE_URLS_MAX = 10
const WebUrl = z.url({ protocol: /^https?$/ })

/** The parameters of `request_pay` in camel case. `amount` is in currency units; a string is an error (docs/gateway/portone-v1.md §1.2). */
export const OpenFields = z.object({
  merchantUid: z.string().min(1).max(MERCHANT_UID_MAX),
  amount: z.number().nonnegative(),
  name: z.string().default('주문'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('KRW'),
  payMethod: z.string().max(20).default('card'),
  pg: z.string().default('html5_inicis'),
  channelKey: z.string().default(''),
  /** Overrides `channelKey` and `pg`. */
  channel: z.enum(['live', 'test']).optional(),
  mRedirectUrl: WebUrl.optional(),
  noticeUrl: z.union([WebUrl, z.array(WebUrl).max(NOTICE_URLS_MAX)]).optional(),
  vbankDue: z.string().optional(),
  /** An addition of the sandbox, like `fixed_unlimited_vbank` of the REST API. */
  fixedAccount: z.boolean().default(false),
  buyerName: z.string().optional(),
  buyerTel: z.string().optional(),
  buyerEmail: z.string().optional(),
  buyerAddr: z.string().optional(),
  buyerPostcode: z.string().optional(),
  customData: z.unknown().optional(),
  /** How the window returns its result. The default is the redirect if `mRedirectUrl` is given. */
  returnBy: z.enum(['redirect', 'callback']).optional(),
  openerOrigin: z.string().optional(),
  /** The tax-free part of the amount. */
  taxFree: z.number().nonnegative().default(0),
  /** Not a parameter of the real script: the row's start in unix seconds, for a row that is older than its order. */
  startedAt: z.number().int().nonnegative().optional(),
})
/** Only a fixed account may have the amount 0. */
export const OpenRequest = OpenFields.refine(({ amount, fixedAccount }) => amount > 0 || fixedAccount, {
  path: ['amount'],
})
export type OpenRequest = z.input<typeof OpenRequest>
type ParsedOpenFields = z.output<typeof OpenRequest>

export type Opened =
  | { readonly ok: true; readonly impUid: string; readonly windowUrl: string }
  | {
      readonly ok: false
      readonly impUid: null
      readonly errorCode: string | null
      readonly errorMsg: string
      /** The SDK's redirect without a callback. null without `m_redirect_url` (docs/gateway/portone-v1.md §1.4). */
      readonly redirectUrl: string | null
    }

const ALREADY_PAID: Refusal = { errorCode: 'F1002', errorMsg: '이미 결제가 이루어진 거래건입니다.' }

export function openPayment(state: State, request: unknown): Opened {
  const parsed = OpenRequest.safeParse(request)
  if (!parsed.success) return refused({ errorCode: null, errorMsg: complaintOf(parsed.error) }, request)
  const asked = parsed.data
  const refusal = refusalOf(state, asked)
  if (refusal !== null) return refused(refusal, request)
  const impUid = state.ledger.add(paymentOf(state, asked)).paymentId
  return { ok: true, impUid, windowUrl: `${state.origin()}/window/${impUid}` }
}

function refusalOf(state: State, asked: ParsedOpenFields): Refusal | null {
  if (state.ledger.everPaid(asked.merchantUid)) return ALREADY_PAID
  const prepared = state.ledger.prepared.get(asked.merchantUid)
  if (prepared !== undefined && (prepared.amount !== asked.amount || prepared.currency !== asked.currency)) {
    // The rule is in docs/gateway/portone-v1.md §4.3 (prepare). The wording is ours, because no sample is known.
    return { errorCode: null, errorMsg: '결제요청 금액이 사전등록된 결제금액과 일치하지 않습니다.' }
  }
  const named = [asked.name, asked.pg, asked.channelKey].some((text) => text.includes(NO_WINDOW_SENTINEL))
  return named || state.misbehaviour.now().noWindow ? NO_WINDOW : null
}

/** Creates the ledger's payment of an opened window. */
export function paymentOf(state: State, asked: ParsedOpenFields): NewPayment {
  const returnBy = asked.returnBy ?? (asked.mRedirectUrl === undefined ? 'callback' : 'redirect')
  const notice = asked.noticeUrl ?? state.webhookUrl ?? []
  const row = rowOf(state, asked, returnBy === 'redirect' ? 'mobile' : 'pc')
  return {
    paymentId: row.imp_uid,
    orderId: row.merchant_uid,
    row,
    returnBy,
    mRedirectUrl: asked.mRedirectUrl ?? null,
    openerOrigin: asked.openerOrigin ?? null,
    noticeUrls: typeof notice === 'string' ? [notice] : notice,
    accountDueAtSeconds: asked.vbankDue === undefined ? null : parseAccountDue(asked.vbankDue),
    fixedAccount: asked.fixedAccount,
    taxFree: asked.taxFree,
  }
}

function rowOf(state: State, asked: ParsedOpenFields, channel: 'pc' | 'mobile'): LedgerRow {
  const opened = {
    imp_uid: state.ledger.freshPaymentId(),
    merchant_uid: asked.merchantUid,
    amount: asked.amount,
    currency: asked.currency,
    name: asked.name,
    pay_method: asked.payMethod,
    pg_provider: asked.pg.split('.')[0] ?? asked.pg,
    sandbox:
      asked.channel === undefined ? isTestChannel(asked.channelKey, asked.pg) : asked.channel === 'test',
    channel,
    buyer_name: asked.buyerName ?? null,
    buyer_tel: asked.buyerTel ?? null,
    buyer_email: asked.buyerEmail ?? null,
    buyer_addr: asked.buyerAddr ?? null,
    buyer_postcode: asked.buyerPostcode ?? null,
    // The gateway returns an object as its JSON text (docs/gateway/portone-v1.md §1.2).
    custom_data: asked.customData === undefined ? null : JSON.stringify(asked.customData),
  }
  return openedRow(opened, asked.startedAt ?? state.clock.nowSeconds())
}

export const accountDueOf = (state: State, payment: SandboxPayment): number =>
  payment.accountDueAtSeconds ?? defaultAccountDue(state.clock.nowSeconds())

/** A failure before the window has no payment: the flag is false, `imp_uid` is empty, and `error_code` is missing (docs/gateway/portone-v1.md §1.4). */
function refused(refusal: Refusal, request: unknown): Opened {
  const target = z.object({ mRedirectUrl: WebUrl, merchantUid: z.string().catch('') }).safeParse(request)
  const redirectUrl = target.success
    ? withQuery(target.data.mRedirectUrl, {
        imp_uid: '',
        merchant_uid: target.data.merchantUid,
        imp_success: 'false',
        error_msg: refusal.errorMsg,
      })
    : null
  return { ok: false, impUid: null, ...refusal, redirectUrl }
}

function complaintOf(error: z.ZodError): string {
  const field = String(error.issues[0]?.path[0] ?? '')
  switch (field) {
    case 'amount':
      return '결제금액(amount)은 0보다 큰 숫자여야 합니다.'
    case 'merchantUid':
      return `주문번호(merchant_uid)는 1자 이상 ${MERCHANT_UID_MAX}자 이하의 문자열이어야 합니다.`
    case 'mRedirectUrl':
      return 'm_redirect_url 형식이 올바르지 않습니다.'
    default:
      return `결제 요청 파라미터가 올바르지 않습니다. (${field})`
  }
}

/**
 * The deposit deadline of a virtual account, in unix seconds. The browser script sends `vbank_due` in Korean time as `YYYY-MM-DD`,
 * `YYYYMMDD`, `YYYY-MM-DD HH:mm:ss` or `YYYYMMDDHHmmss` (docs/gateway/portone-v1.md §1.2). A date without a time means its last second
 * (§4.8).
 */
const KST_OFFSET_SECONDS = 9 * 3600
const DAY_SECONDS = 86_400
const DEFAULT_LIFE_DAYS = 7

export function parseAccountDue(text: string): number | null {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2}))?$/.exec(text.trim())
  if (parts === null) return null
  const [, year, month, day, hour = '23', minute = '59', second = '59'] = parts
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+09:00`)
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}

/** Returns 23:59:59 Korean time, `DEFAULT_LIFE_DAYS` from today. Seven days are common; inicis uses 30. */
function defaultAccountDue(nowSeconds: number): number {
  const today = Math.floor((nowSeconds + KST_OFFSET_SECONDS) / DAY_SECONDS)
  return (today + DEFAULT_LIFE_DAYS + 1) * DAY_SECONDS - KST_OFFSET_SECONDS - 1
}
