import { describe, expect, test } from 'vitest'
import { type FailReason, failReasonOf, MESSAGE_LENGTH_MAX, shownText } from './index.ts'

/** The rows of portone.md §6.5. */
const rows: readonly [FailReason, string | null, string | null][] = [
  ['closed_by_customer', null, '사용자가 결제를 취소하셨습니다'],
  ['closed_by_customer', '3001', '사용자 취소'],
  ['closed_by_customer', 'J045', null],
  ['closed_by_customer', 'S053', null],
  ['closed_by_customer', 'PAY_PROCESS_CANCELED', null],
  ['closed_by_customer', null, 'F0005:결제가 중단되었습니다(imp_1).01 | 사용자가 결제를 취소 하였습니다.'],
  ['closed_by_customer', 'F0005', null],
  ...['CC07', 'CC08', 'CC61', '120016', '120049', '500644', '500645', '500646'].map(
    (code): [FailReason, string, null] => ['limit', code, null],
  ),
  ['balance', 'CC10', null],
  ['balance', '120054', null],
  ['balance', 'A8', null],
  ...['CC14', '2204', 'CC54', 'CC55', 'CC63', '1165', '500638', 'C001', 'A1'].map(
    (code): [FailReason, string, null] => ['card_details', code, null],
  ),
  ['card_stopped', 'CC43', null],
  ['card_stopped', 'CC45', null],
  ['already_paid', '-702', null],
  ['gateway_trouble', '-723', null],
  ['gateway_trouble', '-780', null],
  ['gateway_trouble', null, '(PG사 결제 장애) Internal error'],
  ['unknown', null, '알 수 없는 이유로 결제가 중단되었습니다.'],
  ['window_not_opened', 'F1001', null],
  ['already_paid', 'F1002', '이미 결제가 이루어진 거래건입니다.'],
  ['window_not_opened', 'F500', null],
]

/** How PGs word it, where no code comes along. */
const sentences: readonly [FailReason, readonly string[]][] = [
  [
    'limit',
    ['1회 한도초과', 'LIMIT EXCEEDED', 'The amount exceeds your monthly limit', 'You exceed the limit'],
  ],
  ['balance', ['잔액부족', '잔고가 모자랍니다', 'Insufficient funds', 'insufficient balance']],
  ['card_stopped', ['분실카드', '도난카드', '거래정지', '거래 정지 카드', 'Lost card', 'stolen card']],
  [
    'card_details',
    ['카드번호 오류', '카드 번호 오류', '유효기간 경과', '유효 기간 경과', '비밀번호 오류', '비밀 번호 오류'],
  ],
  ['card_details', ['CVC 오류', 'Invalid card number', 'Expired card', 'expiry card']],
  ['already_paid', ['이미 결제가 이루어진 거래건입니다.', 'Already paid', 'already approved']],
  [
    'window_not_opened',
    [
      '결제창을 열 수 없습니다',
      '결제창을 호출하지 못했습니다',
      '채널이 없습니다',
      '채널 정보를 찾을 수 없습니다',
    ],
  ],
  [
    'window_not_opened',
    [
      '등록되지 않은 PG입니다',
      'PG 설정 오류',
      'PG사가 등록되어 있지 않습니다',
      'Channel not found',
      'Cannot open',
    ],
  ],
  [
    'closed_by_customer',
    ['사용자가 결제를 중단했습니다', '사용자 취소', '결제를 취소', '결제 취소', '결제취소', '결제를취소'],
  ],
  [
    'closed_by_customer',
    [
      '취소하셨습니다',
      '고객이 취소',
      'Canceled by user',
      'cancelled by the customer',
      'cancelled by customer',
    ],
  ],
  [
    'gateway_trouble',
    [
      'PG사 결제 장애',
      'Internal error',
      '시스템 오류',
      '통신 오류',
      '시간초과',
      '시간이 초과',
      'Timeout',
      '일시적 오류',
    ],
  ],
]

describe('R-02: a refusal is told in words a customer can use', () => {
  test.each(rows)('%s: %s %s', (reason, code, message) => {
    expect(failReasonOf(code, message)).toBe(reason)
  })

  test.each(sentences)('%s: %j', (reason, texts) => {
    for (const text of texts) expect([text, failReasonOf(null, text)]).toEqual([text, reason])
  })

  test('R-04: the code that the old app plug-in sends for a closed window is one', () => {
    expect(failReasonOf('IAMPORT_CORDOVA', null)).toBe('closed_by_customer')
  })

  test('a limit refusal stays one when it is told with the closing text (§6.5, warning)', () => {
    expect(failReasonOf('CC61', '사용자가 결제를 취소하셨습니다')).toBe('limit')
    expect(failReasonOf('F0005', '한도초과 | 사용자가 결제를 취소하였습니다')).toBe('limit')
  })

  test('codes of one PG that mean anything at another say nothing by themselves', () => {
    for (const code of ['2', '16', '0', '']) expect(failReasonOf(code, null)).toBe('unknown')
    expect(failReasonOf(null, null)).toBe('unknown')
    expect(failReasonOf('constructor', '')).toBe('unknown')
  })
})

describe('R-14: the gateway’s own words', () => {
  test('are cut at 300 characters, not through the middle of one', () => {
    const text = shownText('😀'.repeat(1_000)) ?? ''
    expect([...text]).toHaveLength(MESSAGE_LENGTH_MAX)
    expect(text.endsWith('😀…')).toBe(true)
    const longest = '가'.repeat(MESSAGE_LENGTH_MAX)
    expect(shownText(longest)).toBe(longest)
  })

  test('R-16: lose control and direction characters', () => {
    expect(shownText('a\u0000b\r\nc\u001B[31md\u202Ee\u2066f\u200Bg')).toBe('a b c [31md e f g')
  })

  test('W-13: lose halves of characters, which nothing can encode', () => {
    expect(shownText('a\uD800b\uDC00')).toBe('a b')
    expect(shownText('\uD83D')).toBeNull()
    expect(shownText('😀')).toBe('😀')
  })

  test('stay text: markup is not touched', () => {
    expect(shownText('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
  })

  test('of nobody’s encoding, or empty, are none', () => {
    for (const text of [null, '', ' \n ', '\u202E', 'ab\uFFFD']) expect(shownText(text)).toBeNull()
  })
})
