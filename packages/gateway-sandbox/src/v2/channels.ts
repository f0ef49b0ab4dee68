import { isTestChannel } from '../scenarios.ts'
import type { V2Channel, V2Window } from './details.ts'

/**
 * The sandbox has every channel. Its key names the PG and its kind: `channel-key-kakaopay-test`, `channel-key-manual-confirm`.
 */
const PGS = [
  'tosspayments',
  'kakaopay',
  'ksnet',
  'naverpay',
  'paypal_v2',
  'nice_v2',
  'kcp_v2',
  'kpn',
  'smartro_v2',
  'payletter_global',
  'eximbay_v2',
  'kicc_v2',
  'welcome',
]
const PG_DEFAULT = 'inicis_v2'
/** In the key: no such channel. */
const NO_CHANNEL_SENTINEL = 'no-channel'
const MANUAL_CONFIRM = /manual-?confirm/

/** null: there is no such channel. */
export function channelOf(key: string, groupId: string | null): V2Channel | null {
  if (key.includes(NO_CHANNEL_SENTINEL)) return null
  return {
    key,
    type: isTestChannel(key, '') ? 'TEST' : 'LIVE',
    pg: PGS.find((pg) => key.includes(pg)) ?? PG_DEFAULT,
    isManualConfirm: MANUAL_CONFIRM.test(key),
    groupId,
  }
}

type Windows = { readonly pc: V2Window; readonly mobile: V2Window }
const FRAME_OR_PAGE: Windows = { pc: 'IFRAME', mobile: 'REDIRECTION' }
/** These PGs refuse every other window (docs/gateway/portone-v2.md §2.6). */
const ONLY_WINDOWS = new Map<string, Windows>([
  ['tosspayments', FRAME_OR_PAGE],
  ['kakaopay', FRAME_OR_PAGE],
  ['ksnet', FRAME_OR_PAGE],
  ['naverpay', { pc: 'POPUP', mobile: 'REDIRECTION' }],
])

/** Returns the window for this device. null: the PG refuses the one that the shop asks for. */
export function windowOf(pg: string, device: 'pc' | 'mobile', asked: string | undefined): V2Window | null {
  if (pg === 'paypal_v2') return null
  const only = ONLY_WINDOWS.get(pg)
  const given = asked ?? (only ?? FRAME_OR_PAGE)[device]
  if (given !== 'IFRAME' && given !== 'POPUP' && given !== 'REDIRECTION') return null
  return only !== undefined && only[device] !== given ? null : given
}

/** The alphabets of payment ids by PG (docs/gateway/portone-v2.md §13.1). */
const ID_ALPHABETS = new Map([
  ['tosspayments', /^[\w\-=]{6,64}$/],
  ['kcp_v2', /^[A-Za-z0-9]+$/],
  ['kpn', /^[A-Za-z0-9]+$/],
  ['payletter_global', /^[A-Za-z0-9]+$/],
  ['smartro_v2', /^[A-Za-z0-9]+$/],
  ['inicis_v2', /^[\x20-\x7e]+$/],
  ['welcome', /^[\x20-\x7e]+$/],
])
const SMARTRO_ID_MAX = 40

/** Returns the payment id as the PG takes it; smartro_v2 cuts a long one silently. null: the PG refuses it. */
export function paymentIdFor(pg: string, paymentId: string): string | null {
  if (ID_ALPHABETS.get(pg)?.test(paymentId) === false) return null
  return pg === 'smartro_v2' ? paymentId.slice(0, SMARTRO_ID_MAX) : paymentId
}
