import { inBackground } from '../background.ts'
import type { NewPayment } from '../ledger.ts'
import { NO_WINDOW, NO_WINDOW_SENTINEL } from '../scenarios.ts'
import type { State } from '../state.ts'
import { parseAccountDue } from '../v1/opening.ts'
import { openedRow } from '../v1/payment-row.ts'
import { fromMinor } from './amounts.ts'
import { channelOf, paymentIdFor, windowOf } from './channels.ts'
import type { V2Channel, V2Details, V2Window } from './details.ts'
import { freshV2Id } from './ids.ts'
import { readRequest } from './open-request.ts'
import type { RequestPayment } from './open-request.ts'
import { ledgerMethod } from './spellings.ts'

export type OpenedV2 =
  | {
      readonly ok: true
      readonly paymentId: string
      readonly txId: string
      readonly window: V2Window
      readonly windowUrl: string
    }
  /** An error before the window: the script throws it and redirects nowhere (docs/gateway/portone-v2.md §3.2). */
  | ({ readonly ok: false } & ThrownV2)

export type ThrownV2 = {
  readonly code: string
  readonly message: string
  readonly paymentId?: string
  readonly pgCode?: string
  readonly pgMessage?: string
}

/** Opens a window, as `requestPayment` does. Each call is a new try of the payment id; one of them can be paid. */
export function openV2(state: State, request: unknown): OpenedV2 {
  const read = readRequest(request)
  if (typeof read === 'string') return { ok: false, code: 'BadRequest', message: read }
  const { paymentId } = read
  const channel = channelOf(read.channelKey ?? read.channelGroupId ?? '', read.channelGroupId ?? null)
  if (channel === null) return { ok: false, paymentId, ...NO_CHANNEL }
  const orderId = paymentIdFor(channel.pg, paymentId)
  if (orderId === null) return { ok: false, paymentId, ...BAD_ID }
  const asked = { ...read, paymentId: orderId }
  const thrown = objectionOf(state, asked, channel)
  if (thrown !== null) return { ok: false, paymentId, ...thrown }
  const window = windowOf(channel.pg, asked.device, asked.windowType?.[asked.device])
  if (window === null) return { ok: false, paymentId, ...BAD_WINDOW }
  const payment = state.ledger.add(paymentOf(state, asked, channel, window))
  inBackground(
    state.webhooks.fire(payment, { status: 'opened' }, state.misbehaviour.of(payment.misbehaviour)),
  )
  const txId = payment.paymentId
  return { ok: true, paymentId: orderId, txId, window, windowUrl: `${state.v2.origin()}/window/${txId}` }
}

const NO_CHANNEL: ThrownV2 = { code: 'ChannelNotFound', message: '채널 정보를 찾을 수 없습니다.' }
const BAD_WINDOW: ThrownV2 = {
  code: 'BadRequest',
  message: 'PG사가 지원하지 않는 결제창 방식입니다. (windowType)',
}
const BAD_ID: ThrownV2 = {
  code: 'BadRequest',
  message: 'PG사가 지원하지 않는 주문번호 형식입니다. (paymentId)',
}

function objectionOf(state: State, asked: RequestPayment, channel: V2Channel): ThrownV2 | null {
  if (asked.storeId !== state.v2.storeId)
    return { code: 'StoreNotFound', message: '상점 정보를 찾을 수 없습니다.' }
  if (state.ledger.everPaid(asked.paymentId))
    return { code: 'PaymentAlreadyPaid', message: '이미 결제가 완료된 주문입니다.' }
  if (!isAsRegistered(state, asked))
    return { code: 'AmountNotEqualToPredefined', message: '사전등록된 결제 정보와 일치하지 않습니다.' }
  const isShut = [asked.orderName, channel.key].some((text) => text.includes(NO_WINDOW_SENTINEL))
  if (!isShut && !state.misbehaviour.now().noWindow) return null
  const { errorCode, errorMsg } = NO_WINDOW
  return { code: 'PGProviderError', message: errorMsg, pgCode: errorCode ?? '', pgMessage: errorMsg }
}

function isAsRegistered(state: State, { paymentId, totalAmount, currency, taxFreeAmount }: RequestPayment) {
  const held = state.ledger.prepared.get(paymentId)
  if (held === undefined) return true
  const isTaxFreeRight = held.taxFree === undefined || held.taxFree === fromMinor(taxFreeAmount, currency)
  return held.amount === fromMinor(totalAmount, currency) && held.currency === currency && isTaxFreeRight
}

function paymentOf(state: State, asked: RequestPayment, channel: V2Channel, window: V2Window): NewPayment {
  const txId = freshV2Id(state.clock.nowMs())
  const { customer, currency } = asked
  const row = openedRow(
    {
      imp_uid: txId,
      merchant_uid: asked.paymentId,
      amount: fromMinor(asked.totalAmount, currency),
      currency,
      name: asked.orderName,
      pay_method: ledgerMethod(asked.payMethod, asked.easyPay?.easyPayProvider),
      pg_provider: channel.pg,
      sandbox: channel.type === 'TEST',
      channel: asked.device,
      buyer_name: customer?.fullName ?? customer?.firstName ?? null,
      buyer_tel: customer?.phoneNumber ?? null,
      buyer_email: customer?.email ?? null,
      buyer_addr: customer?.address?.addressLine1 ?? null,
      buyer_postcode: customer?.zipcode ?? null,
      custom_data: asked.customData === undefined ? null : JSON.stringify(asked.customData),
    },
    asked.startedAt ?? state.clock.nowSeconds(),
  )
  // An empty list counts as none.
  const urls = asked.noticeUrls?.length ? asked.noticeUrls : state.webhookUrl
  return {
    paymentId: txId,
    orderId: asked.paymentId,
    row,
    returnBy: window === 'REDIRECTION' ? 'redirect' : 'callback',
    mRedirectUrl: asked.redirectUrl ?? null,
    openerOrigin: asked.openerOrigin ?? null,
    noticeUrls: urls === null ? [] : typeof urls === 'string' ? [urls] : urls,
    accountDueAtSeconds: dueOf(state, asked),
    fixedAccount: false,
    taxFree: fromMinor(asked.taxFreeAmount, currency),
    v2: detailsOf(state, asked, channel, window),
  }
}

function detailsOf(state: State, asked: RequestPayment, channel: V2Channel, window: V2Window): V2Details {
  return {
    storeId: asked.storeId,
    channel,
    window,
    forceRedirect: asked.forceRedirect,
    vatAmount: asked.vatAmount ?? null,
    isCulturalExpense: asked.isCulturalExpense,
    customerId: asked.customer?.customerId ?? `port-customer-id-${freshV2Id(state.clock.nowMs())}`,
    products: asked.products,
    country: asked.country ?? null,
    confirmUrl: asked.confirmUrl ?? null,
    userAgent: asked.userAgent ?? null,
    isPending: false,
    held: null,
    disputes: [],
  }
}

const HOUR_SECONDS = 3_600

/** Korean time without an offset, or ISO 8601. null: the PG's default. */
function dueOf(state: State, { virtualAccount }: RequestPayment): number | null {
  const expiry = virtualAccount?.accountExpiry
  if (expiry === undefined) return null
  if ('validHours' in expiry) return state.clock.nowSeconds() + expiry.validHours * HOUR_SECONDS
  const korean = parseAccountDue(expiry.dueDate)
  const iso = Date.parse(expiry.dueDate)
  return korean ?? (Number.isNaN(iso) ? null : Math.floor(iso / 1000))
}
