import { z } from 'zod'
import type { Misbehaviour } from './misbehaviour.ts'

/**
 * The sentinels: the cards, banks, telephone numbers, wallets and order names that select an outcome. The payment window lists them, so
 * that a person reaches every outcome without the console. Codes and texts are real (docs/gateway/portone-v1.md §6.5).
 */
export type Refusal = {
  readonly errorCode: string | null
  readonly errorMsg: string
  /** V2's `code`. The default says that the PG refused or that the customer left. */
  readonly codeV2?: string
}

export type ScenarioOutcome =
  | { readonly kind: 'approve' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** The return claims success while the row is `ready`. The approval follows (inicis `trans`, docs/gateway/portone-v1.md §2.3). */
  | { readonly kind: 'approve_late' }
  /** The return claims failure and the row is `failed`. The approval follows (fraud review, G-11). */
  | { readonly kind: 'refuse_then_approve'; readonly refusal: Refusal }
  /** The return claims failure while the row is `ready`. The approval follows (daou, docs/gateway/portone-v1.md §2.1). */
  | { readonly kind: 'claim_failure_then_approve'; readonly refusal: Refusal }
  | { readonly kind: 'close'; readonly leaves: 'failed' | 'ready' }
  /** Virtual accounts only: the deposit follows automatically. */
  | { readonly kind: 'deposit_soon' }

export const REFUSALS = {
  limit: { errorCode: '500644', errorMsg: '[500644] 1회 이용한도를 초과하였습니다. 카드사로 문의해 주세요.' },
  balance: { errorCode: '120054', errorMsg: '[120054] 잔액이 부족합니다.' },
  bad_card: {
    errorCode: '1165',
    errorMsg: '[1165] 카드번호가 올바르지 않습니다. 확인 후 다시 시도해 주세요.',
  },
  lost_card: { errorCode: 'CC43', errorMsg: '[CC43] 도난·분실 신고된 카드입니다. 카드사로 문의해 주세요.' },
  pg_error: { errorCode: null, errorMsg: '(PG사 결제 장애) Internal error' },
  odd_text: { errorCode: 'P&1+1=2', errorMsg: '[P&1+1=2] A&B 카드 100% 오류 + 다시 시도; 문의 #1588?' },
  review: {
    errorCode: null,
    errorMsg: '알 수 없는 이유로 결제가 중단되었습니다. 잠시 후 다시 시도해 주세요.',
  },
} as const satisfies Record<string, Refusal>
export type RefusalCause = keyof typeof REFUSALS

/** The refusal of html5_inicis: a real id and no code (docs/gateway/portone-v1.md §1.3). */
export const CLOSED: Refusal = { errorCode: null, errorMsg: '사용자가 결제를 취소하셨습니다' }
/** The window did not open: the channel does not exist or the PG is misconfigured (docs/gateway/portone-v1.md §1.3, case 2 of §2.2). */
export const NO_WINDOW: Refusal = {
  errorCode: 'F500',
  errorMsg: '결제창을 열 수 없습니다. 채널 정보를 찾을 수 없습니다.',
}

export type Sentinel = { readonly value: string; readonly label: string; readonly outcome: ScenarioOutcome }

const APPROVE: ScenarioOutcome = { kind: 'approve' }
const refuse = (cause: RefusalCause): ScenarioOutcome => ({ kind: 'refuse', refusal: REFUSALS[cause] })

export const CARD_SENTINELS: readonly Sentinel[] = [
  { value: '4242424242424242', label: '승인', outcome: APPROVE },
  { value: '4000000000000002', label: '한도초과', outcome: refuse('limit') },
  { value: '4000000000000003', label: '잔액부족', outcome: refuse('balance') },
  { value: '4000000000000004', label: '카드번호 오류', outcome: refuse('bad_card') },
  { value: '4000000000000005', label: '도난·분실 카드', outcome: refuse('lost_card') },
  { value: '4000000000000006', label: 'PG사 장애', outcome: refuse('pg_error') },
  { value: '4000000000000007', label: '승인 지연', outcome: { kind: 'approve_late' } },
  {
    value: '4000000000000008',
    label: '실패로 돌아온 뒤 승인',
    outcome: { kind: 'refuse_then_approve', refusal: REFUSALS.review },
  },
  { value: '4000000000000009', label: '사용자취소 (failed)', outcome: { kind: 'close', leaves: 'failed' } },
  {
    value: '4000000000000010',
    label: '사용자취소 (ready)',
    outcome: { kind: 'close', leaves: 'ready' },
  },
]

export const TRANSFER_SENTINELS: readonly Sentinel[] = [
  { value: '071', label: '우체국: 잔액부족', outcome: refuse('balance') },
  { value: '045', label: '새마을금고: PG사 장애', outcome: refuse('pg_error') },
  { value: '090', label: '카카오뱅크: 승인 지연', outcome: { kind: 'approve_late' } },
]

export const ACCOUNT_SENTINELS: readonly Sentinel[] = [
  { value: '092', label: '토스뱅크: 잠시 후 자동 입금', outcome: { kind: 'deposit_soon' } },
  { value: '045', label: '새마을금고: 발급 실패', outcome: refuse('pg_error') },
]

export const PHONE_SENTINELS: readonly Sentinel[] = [
  { value: '01000000000', label: '휴대폰 한도초과', outcome: refuse('limit') },
]

export const WALLET_SENTINELS: readonly Sentinel[] = [
  { value: 'payco', label: '페이코: 승인 지연', outcome: { kind: 'approve_late' } },
  { value: 'samsung', label: '삼성페이: 잔액부족', outcome: refuse('balance') },
]

/** An order whose name contains the value gets the outcome, with any payment method. Tests without a window use it. */
export const NAME_SENTINELS: readonly Sentinel[] = [
  { value: '#limit', label: '한도초과', outcome: refuse('limit') },
  { value: '#balance', label: '잔액부족', outcome: refuse('balance') },
  { value: '#bad-card', label: '카드번호 오류', outcome: refuse('bad_card') },
  { value: '#lost-card', label: '도난·분실 카드', outcome: refuse('lost_card') },
  { value: '#pg-error', label: 'PG사 장애', outcome: refuse('pg_error') },
  { value: '#odd-text', label: '기호가 섞인 메시지', outcome: refuse('odd_text') },
  { value: '#late', label: '승인 지연', outcome: { kind: 'approve_late' } },
  {
    value: '#failed-then-paid',
    label: '실패 후 승인',
    outcome: { kind: 'refuse_then_approve', refusal: REFUSALS.review },
  },
]

/** In the order's name, `pg` or `channelKey`: the window does not open. */
export const NO_WINDOW_SENTINEL = 'no-window'
/** In `pg` or `channelKey`: the payment uses a test channel (`sandbox: true`). Real test MIDs such as INIpayTest match too. */
const TEST_CHANNEL_SENTINEL = /test/i
export const isTestChannel = (channelKey: string, pg: string): boolean =>
  TEST_CHANNEL_SENTINEL.test(channelKey) || TEST_CHANNEL_SENTINEL.test(pg)

/** The customer's input. Only the fields of the chosen method are used. */
export const Means = z.object({
  method: z.string().default('card'),
  cardNumber: z.string().optional(),
  cardCode: z.string().optional(),
  cardQuota: z.number().int().min(0).max(36).optional(),
  bankCode: z.string().optional(),
  phone: z.string().optional(),
  /** Replaces the payment's `pg_provider`, for example by paypal_v2, kicc_v2 or eximbay. */
  pgProvider: z.string().min(1).max(16).optional(),
})
export type Means = z.output<typeof Means>

/** The minimum length of a card number: Diners has 14 digits, American Express 15, others 16. */
const CARD_DIGITS_MIN = 14

export function outcomeOf(orderName: string, means: Means): ScenarioOutcome {
  const byName = NAME_SENTINELS.find((sentinel) => orderName.includes(sentinel.value))
  if (byName !== undefined) {
    // An account is not approved late but deposited into late.
    const isLateDeposit = means.method === 'vbank' && byName.outcome.kind === 'approve_late'
    return isLateDeposit ? { kind: 'deposit_soon' } : byName.outcome
  }
  const pick = (sentinels: readonly Sentinel[], value: string | undefined) =>
    sentinels.find((sentinel) => sentinel.value === value)?.outcome ?? APPROVE
  const digits = (means.cardNumber ?? '').replaceAll(/\D/g, '')
  switch (means.method) {
    case 'card':
      return digits.length < CARD_DIGITS_MIN ? refuse('bad_card') : pick(CARD_SENTINELS, digits)
    case 'trans':
      return pick(TRANSFER_SENTINELS, means.bankCode)
    case 'vbank':
      return pick(ACCOUNT_SENTINELS, means.bankCode)
    case 'phone':
      return pick(PHONE_SENTINELS, (means.phone ?? '').replaceAll(/\D/g, ''))
    default:
      return pick(WALLET_SENTINELS, means.method)
  }
}

/** Applies the `approval` switch to an outcome. Only payments that would be approved at once are affected. */
export function underHabit(
  outcome: ScenarioOutcome,
  approval: Misbehaviour['approval'],
  means: Means,
): ScenarioOutcome {
  if (outcome.kind !== 'approve') return outcome
  // An account is not approved late but deposited into late.
  if (means.method === 'vbank') return approval === 'normal' ? outcome : { kind: 'deposit_soon' }
  switch (approval) {
    case 'normal':
      return outcome
    case 'late':
      return { kind: 'approve_late' }
    case 'after_failure':
      return { kind: 'refuse_then_approve', refusal: REFUSALS.review }
    case 'after_claimed_failure':
      return { kind: 'claim_failure_then_approve', refusal: REFUSALS.review }
  }
}
