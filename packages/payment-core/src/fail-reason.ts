import { z } from 'zod'

/** Why a try did not become money, as a customer can use it. The sentences are in the web's `copy.ts`. */
export const FailReason = z.enum([
  'closed_by_customer',
  'limit',
  'balance',
  'card_details',
  'card_stopped',
  'already_paid',
  'window_not_opened',
  'gateway_trouble',
  'not_completed',
  'unknown',
])
export type FailReason = z.infer<typeof FailReason>

/**
 * There is no code system (portone.md §6.5): PortOne's own `F…` codes, the PGs' raw codes and Korean texts
 * all arrive. Refusals come before *closed*, because a limit refusal is reported with the closing text when
 * the customer closes the window after it.
 */
const rules: ReadonlyArray<{ reason: FailReason; codes: readonly string[]; words: RegExp }> = [
  {
    reason: 'limit',
    codes: ['CC07', 'CC08', 'CC61', '120016', '120049', '500644', '500645', '500646'],
    words: /한도|limit exceeded|exceeds? .*limit/i,
  },
  {
    reason: 'balance',
    codes: ['CC10', '120054', 'A8'],
    words: /잔액|잔고|insufficient (funds|balance)/i,
  },
  {
    reason: 'card_stopped',
    codes: ['CC43', 'CC45'],
    words: /분실|도난|정지|(lost|stolen) card/i,
  },
  {
    reason: 'card_details',
    codes: ['CC14', '2204', 'CC54', 'CC55', 'CC63', '1165', '500638', 'C001', 'A1'],
    words: /카드\s?번호|유효\s?기간|비밀\s?번호|cvc|card number|expir(y|ed) card/i,
  },
  {
    reason: 'already_paid',
    codes: ['F1002', '-702'],
    words: /이미 결제가 이루어진|already (paid|approved)/i,
  },
  {
    reason: 'window_not_opened',
    codes: ['F1001', 'F500'],
    words:
      /결제창을 (열|호출)|채널.*(없|찾을)|등록되지 않은 PG|PG.*(설정|등록)|channel not found|cannot open/i,
  },
  {
    reason: 'closed_by_customer',
    codes: ['3001', 'J045', 'S053', 'PAY_PROCESS_CANCELED', 'F0005', 'IAMPORT_CORDOVA'],
    words: /사용자.*(취소|중단)|결제를? ?취소|취소하셨|고객.*취소|cancell?ed by (the )?(user|customer)/i,
  },
  {
    reason: 'gateway_trouble',
    codes: ['-723', '-780'],
    words: /internal error|시스템|통신|장애|시간.*초과|timeout|일시적/i,
  },
]

/** Maps a code and a message to a reason; `unknown` when neither says anything we know. */
export function failReasonOf(code: string | null, message: string | null): FailReason {
  const says = (rule: (typeof rules)[number]): boolean =>
    (message !== null && rule.words.test(message)) || (code !== null && rule.codes.includes(code))
  return rules.find(says)?.reason ?? 'unknown'
}

/** Longest text of the gateway's that we keep or show, in characters. */
export const MESSAGE_LENGTH_MAX = 300

/**
 * Text that came from outside, fit to be shown as small print: control and bidi characters gone, halves of
 * characters too (they are no text, and `encodeURIComponent` throws on them), cut at 300 characters. A text with broken encoding (EUC-KR bytes read as UTF-8) is of no use to anybody and becomes
 * null.
 */
export function shownText(raw: string | null): string | null {
  if (raw === null || raw.includes('\uFFFD')) return null
  const clean = raw.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').trim()
  if (clean === '') return null
  const characters = [...clean]
  return characters.length > MESSAGE_LENGTH_MAX
    ? `${characters.slice(0, MESSAGE_LENGTH_MAX - 1).join('')}…`
    : clean
}
