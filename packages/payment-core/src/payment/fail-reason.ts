import type { z } from 'zod'
import { explained } from '../api/described.ts'

/** The sentences for the customer are in the web's `copy.ts`. */
export const FailReason = explained('Why the payment failed.', {
  closed_by_customer: 'the customer left the window',
  limit: 'a limit of the card or account is reached',
  balance: 'too little money',
  card_details: 'number, validity or password is wrong',
  card_stopped: 'the card is blocked',
  already_paid: 'this order id was paid before',
  window_not_opened: 'the payment window did not open',
  gateway_trouble: 'a fault at the gateway or the PG',
  not_completed: 'not finished in time',
  unknown: 'the gateway gives no known reason',
})
export type FailReason = z.infer<typeof FailReason>

/** The payment's card: not a bank's security card, a gift card or an app's card, and not the card company (카드사). */
const CARD = String.raw`(?<!보안|앱|기프트|선물|포인트|멤버십|멤버쉽|교통|캐시)카드(?!사)`
const VALIDITY = String.raw`유효\s?기간`
const PASSWORD = String.raw`비밀\s?번호`
/** A fault as the predicate. With «…된» or «…한» it would be an attribute of the next word. */
const FAULT = String.raw`(?:오류|에러|불일치|경과|만료|초과|상이|틀[리렸립]|다[르릅름]|잘못|맞지|일치하지|확인)(?!된|한\s)`
/** The start of a phrase, so that the next word does not belong to an earlier noun. */
const PHRASE_START = String.raw`(?:^|[^\p{L}\p{M}\s]\s*|(?:입력하신|입력한|잘못된|틀린)\s)`

/** Other things that have a validity, a password or a stop. */
const OTHER_THINGS =
  /세션|session|인증|로그인|log.?in|회원|계정|아이디|접속|토큰|쿠폰|상품권|기프트|포인트|머니|링크|주소|QR|바코드|결제창|화면|페이지|주문|예약|계좌|통장|뱅킹|은행|입금|출금|이벤트|할인|앱|서비스|시스템|전산|점검|간편|페이|휴대폰|핸드폰|전화|회선|통신|사이트|쇼핑몰|가맹점|상점|업체|판매|PG|연결|OTP|PIN|보안|단말|기기/i

/** Things whose limit is not the customer's: a time, a count, the shop's contract, a return. */
const OTHER_LIMIT = String.raw`(?:가맹점|상점|업체|쇼핑몰|판매자|PG사?|시간|횟수|접속|인증|요청|개월|취소|환불|세션)\s?(?:의\s?)?(?:[가-힣]{1,4}\s?){0,2}`

type Rule = {
  readonly reason: FailReason
  readonly codes: readonly string[]
  /** Decides, whatever else the text says. */
  readonly words: RegExp
  /** Decides only if the text names nothing else that it could refer to. */
  readonly bare?: RegExp
  /** Excludes the reason. */
  readonly unless?: RegExp
}

/**
 * No code system exists (docs/gateway/portone-v1.md §6.5): PG codes and Korean texts arrive as they are. Refusals precede *closed*, because a limit
 * refusal carries the closing text when the customer closes the window after it. An expired session comes first, because its texts use the card's
 * words.
 */
const rules: readonly Rule[] = [
  {
    reason: 'not_completed',
    codes: [],
    words:
      /유효하지\s?않은\s?(?:세션|접속|로그인)|(?:접속|로그인|연결)[^.|]{0,12}만료|(?:세션|session)[^|]{0,40}(?:만료|초과|종료|끊|끝|없|유효하지|지났|expired?|timed? ?-?out|lost|invalid)|(?:expired|invalid) session|(?:인증|결제|입력|제한|유효|가능)\s?시간[^.|]{0,12}(?:만료|경과|초과|지났|지나)/i,
  },
  {
    reason: 'limit',
    codes: ['CC07', 'CC08', 'CC61', '120016', '120049', '500644', '500645', '500646'],
    words: new RegExp(
      String.raw`(?<!${OTHER_LIMIT})한도|(?<!(?:time|rate|request|session|retry|attempts?) )limit exceeded|exceeds? (?:(?!time|rate|request|session|attempt|retr).)*limit`,
      'i',
    ),
  },
  {
    reason: 'balance',
    codes: ['CC10', '120054', 'A8'],
    words:
      /(?<!(?:취소|환불)\s?(?:가능\s?)?)(?:잔액|잔고)(?:(?!조회|확인)[^.|]){0,16}?(?:부족|모자|적[어습은]|없[어습음]|충분하지)|insufficient (?:funds|balance)/i,
  },
  {
    reason: 'card_stopped',
    codes: ['CC43', 'CC45'],
    words: new RegExp(
      String.raw`(?:분실|도난|정지)(?:된|한|중인?)?\s?(?:신고\s?(?:된\s?)?)?${CARD}|${CARD}(?:(?!서비스|시스템|전산|점검|업무|가맹점|연결)[^.|]){0,10}(?:분실|도난|정지)|(?:lost|stolen) (?:or (?:lost|stolen) )?card|card (?:was |is )?(?:reported )?(?:lost|stolen)`,
      'i',
    ),
    bare: /분실|도난|(?:거래|사용|이용)\s?정지/,
  },
  {
    reason: 'card_details',
    codes: ['CC14', '2204', 'CC54', 'CC55', 'CC63', '1165', '500638', 'C001', 'A1'],
    words: new RegExp(
      String.raw`${CARD}의?\s?(?:번호|${VALIDITY}|${PASSWORD}|정보[^.|]{0,10}(?:오류|불일치|다르|확인|올바르|잘못|틀))|유효하지\s?않은\s?${CARD}|만료된?\s?${CARD}|${VALIDITY}이?\s?(?:지난|만료된?|경과된?|경과한|초과된?)\s?${CARD}|\bcv[cv]\b|(?<!gift )card (?:number|expir|has expired|is expired)|expir(?:y|ed) card|invalid card(?! compan)`,
      'i',
    ),
    bare: new RegExp(
      String.raw`${PHRASE_START}(?:${VALIDITY}|${PASSWORD})(?:\s?앞?\s?(?:두|2)\s?자리)?(?:이|가|은|는|을|를)?\s?(?:입력\s?)?${FAULT}`,
      'u',
    ),
  },
  {
    reason: 'already_paid',
    codes: ['-702'],
    words: /이미\s?(?:결제|승인)[가이]?\s?(?:이루어진|완료|된|되었)|already (?:paid|approved)/i,
  },
  {
    reason: 'window_not_opened',
    codes: [],
    words:
      /결제창[을이]?\s?(?:열|호출)[^.|]{0,8}(?:없|못|않|실패|오류)|채널[이을은는]?\s?(?:정보[를가]?\s?)?(?:없|찾을 수|존재하지)|등록되지 않은 PG|미등록\s?PG|PG[^.|]{0,12}(?:설정|등록)[^.|]{0,10}(?:오류|없|않|못|실패|확인)|channel not found|cannot open/i,
  },
  {
    reason: 'closed_by_customer',
    codes: ['3001', 'J045', 'S053', 'PAY_PROCESS_CANCELED'],
    words:
      /사용자[^.|]{0,16}(?:취소|중단)|결제를? ?취소(?!\s?(?:실패|오류|불가))|취소하셨|(?:고객|구매자)(?!사|센터)[^.|]{0,16}취소|cancell?ed by (?:the )?(?:user|customer)/i,
    // Ended by the shop's own gate (docs/gateway/portone-v1.md §3.6), a machine or a time limit.
    unless: /고객사|가맹점\s?요청|자동\s?취소|시간[^.|]{0,10}초과|만료|time(?:d )?-?out/i,
  },
  {
    reason: 'gateway_trouble',
    codes: ['-723', '-780'],
    words:
      /internal error|시스템|통신(?!사)|장애(?!인)|시간.*초과|time(?:d )?-?out|일시적|점검|서비스[^.|]{0,8}(?:정지|중지|중단)|연결[^.|]{0,8}(?:실패|오류|끊|종료)/i,
  },
]

/**
 * Maps a PG's code and message to a reason; `unknown` when neither is known. `protocolReason` is the reason that the gateway protocol's own code
 * gives. It ranks with the other codes.
 */
export function failReasonOf(
  code: string | null,
  message: string | null,
  protocolReason: FailReason | null = null,
): FailReason {
  const says = (rule: Rule): boolean =>
    (message !== null && isSaid(rule, message)) ||
    (code !== null && rule.codes.includes(code)) ||
    rule.reason === protocolReason
  return rules.find(says)?.reason ?? 'unknown'
}

function isSaid({ words, bare, unless }: Rule, message: string): boolean {
  // Strangers can send texts of any length, and the beginning tells the reason.
  const text = message.slice(0, READ_CHARACTERS_MAX)
  if (unless?.test(text) === true) return false
  return words.test(text) || (bare?.test(text) === true && !OTHER_THINGS.test(text))
}
const READ_CHARACTERS_MAX = 500

/** The most characters of a gateway's text that we keep or show. */
export const MESSAGE_LENGTH_MAX = 300

/**
 * Cleans text from outside for small print: no control or bidi characters, no lone surrogates (`encodeURIComponent` throws on them), at most 300
 * characters. Null for text with a broken encoding (EUC-KR bytes read as UTF-8).
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
