import { describe, expect, test } from 'vitest'
import { type FailReason, failReasonOf, MESSAGE_LENGTH_MAX, shownText } from '../index.ts'

/** The rows of docs/gateway/portone-v1.md §6.5. */
const rows: readonly [FailReason, string | null, string | null][] = [
  ['closed_by_customer', null, '사용자가 결제를 취소하셨습니다'],
  ['closed_by_customer', '3001', '사용자 취소'],
  ['closed_by_customer', 'J045', null],
  ['closed_by_customer', 'S053', null],
  ['closed_by_customer', 'PAY_PROCESS_CANCELED', null],
  ['closed_by_customer', null, 'F0005:결제가 중단되었습니다(imp_1).01 | 사용자가 결제를 취소 하였습니다.'],
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
  ['already_paid', 'F1002', '이미 결제가 이루어진 거래건입니다.'],
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

  test('a limit refusal stays one when it is told with the closing text (§6.5, warning)', () => {
    expect(failReasonOf('CC61', '사용자가 결제를 취소하셨습니다')).toBe('limit')
    expect(failReasonOf(null, '한도초과 | 사용자가 결제를 취소하였습니다', 'closed_by_customer')).toBe(
      'limit',
    )
  })

  test('codes of one PG that mean anything at another say nothing by themselves', () => {
    for (const code of ['2', '16', '0', '']) expect(failReasonOf(code, null)).toBe('unknown')
    expect(failReasonOf(null, null)).toBe('unknown')
    expect(failReasonOf('constructor', '')).toBe('unknown')
  })
})

/** Words of cards and of customers that are said of something else, and texts that are the card's all the same. */
const friends: ReadonlyArray<readonly [FailReason, readonly string[]]> = [
  [
    'not_completed',
    [
      '세션 유효기간이 초과되어 카드사와 연결이 종료되었습니다',
      '세션이 만료되었습니다. 다시 결제해 주세요.',
      '접속이 만료되었습니다. 카드번호를 다시 입력해 주세요',
      '유효하지 않은 세션입니다. 카드번호 입력부터 다시 해 주세요',
      '로그인 유지 시간이 만료되어 카드번호를 다시 입력해야 합니다',
      '[9999] 사용자 세션이 만료되어 거래가 중단되었습니다.',
      '카드사 세션 시간 초과로 결제가 취소되었습니다',
      '세션 정보가 없습니다(세션 유효기간 만료)',
      '인증 시간이 초과되어 카드 결제가 취소되었습니다.',
      '결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.',
      '결제 가능 시간이 지났습니다',
      'Your session with the card company has expired',
      'Session timed out',
      'Session timeout',
      'session time-out',
      'session time out',
    ],
  ],
  [
    'unknown',
    [
      '인증서 유효기간이 만료되었습니다',
      '인증번호의 유효기간이 지났습니다.',
      '유효기간이 지난 결제 요청입니다',
      '유효기간이 만료된 주문입니다',
      '쿠폰 유효기간 만료',
      '유효기간 만료 상품권',
      '결제 유효기간 초과',
      'QR코드 유효기간이 경과되었습니다',
      '로그인 비밀번호 오류',
      '아이디 또는 비밀번호가 일치하지 않습니다.',
      '간편결제 비밀번호 오류 5회',
      '결제비밀번호를 확인해 주세요',
      '계좌 비밀번호 오류',
      '비밀번호 오류 (출금계좌)',
      '공동인증서 비밀번호가 틀렸습니다',
      '보안카드 번호 오류',
      '보안카드번호 입력오류',
      '기프트카드 번호 오류',
      '앱카드 비밀번호 오류',
      'Gift card number is wrong',
      '계좌 거래정지',
      '거래정지 가맹점',
      '가입자 회선 이용정지',
      '휴대폰 분실 신고 상태입니다',
      '이용정지 회원입니다',
      '보안카드 분실',
      '가맹점 한도 초과',
      '상점 월 거래한도 초과',
      '인증 횟수 한도 초과',
      '할부개월 한도 초과',
      '취소 한도 초과',
      'Rate limit exceeded',
      '취소 가능 잔액이 부족합니다',
      '고객사 요청에 의해 결제를 중단합니다. (상세사유 : 재고 없음)',
      '고객사 요청에 의해 결제를 취소합니다',
      '결제 취소 실패',
      '결제취소실패',
      '결제취소 불가',
      '통신사에서 거절하였습니다',
      '장애인 복지 바우처 사용 불가',
      'invalid card company',
    ],
  ],
  [
    'gateway_trouble',
    [
      '카드사 서비스 정지',
      '현대카드 서비스가 정지되었습니다',
      '은행 시스템 서비스 중단',
      '카드사 점검으로 거래가 정지되었습니다',
      '카드사 연결 실패',
      '응답 시간 초과로 자동 취소되었습니다',
      '잔액 조회 중 통신 오류',
      'Read timed out',
    ],
  ],
  ['window_not_opened', ['[8901] 미등록PG업체/거래정지업체', '결제창 호출에 실패하였습니다']],
  [
    'card_details',
    [
      '[0021] 카드유효기간 오류',
      '3021:유효기간 오류',
      '카드 정보를 다시 확인해주세요. (유효기간)',
      '신한카드 비밀번호 오류',
      '카드의 비밀번호 앞 2자리가 틀렸습니다',
      '비밀번호 앞 2자리 오류',
      '입력하신 비밀번호가 일치하지 않습니다',
      '유효기간이 지난 카드입니다',
      '만료된 카드',
      '유효하지 않은 카드번호를 입력하셨습니다',
      '유효하지않은 카드',
      '카드 비밀번호 오류 횟수초과',
      '체크카드 번호를 확인해 주세요',
      'The card has expired.',
      'Incorrect CVV',
    ],
  ],
  [
    'card_stopped',
    [
      '정지된 카드 입니다',
      '분실 신고된 카드',
      '도난/분실 카드',
      '카드 사용이 정지되었습니다',
      '카드 거래정지',
      '[CC45] 거래정지',
      'The card was reported lost or stolen',
    ],
  ],
  [
    'limit',
    [
      '카드 이용한도 초과',
      '월 사용한도 초과',
      '1회 결제한도를 초과하였습니다',
      '한도초과 혹은 잔액부족으로 결제에 실패했습니다.',
    ],
  ],
  ['balance', ['계좌 잔액이 결제금액보다 적습니다', '출금계좌 잔액 부족']],
  ['already_paid', ['이미 승인된 거래입니다', '이미 결제 완료된 주문']],
]

describe('R-28: what is not the card’s is not told as the card’s', () => {
  test.each(friends)('%s: %j', (reason, texts) => {
    for (const text of texts) expect([text, failReasonOf(null, text)]).toEqual([text, reason])
  })

  test('a session that ran out is none of the card’s, also beside a code that is', () => {
    expect(failReasonOf('CC54', '세션 유효기간이 초과되어 카드사와 연결이 종료되었습니다')).toBe(
      'not_completed',
    )
  })

  test('a text of any length is read at once', () => {
    const startedAtMs = performance.now()
    for (const word of ['exceeds ', '시간 ', '카드 ', '세션 ', '(유효기간이 '])
      expect(failReasonOf(null, word.repeat(1_000))).toMatch(/unknown|gateway_trouble/)
    expect(performance.now() - startedAtMs).toBeLessThan(500)
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
