/** Korean labels of V2's habits for the window's drawer and the console, without the normal values. */
type LabelsV2 = readonly (readonly [value: string, label: string])[]

/** The switches of V2 alone: the switch, its label, its normal value, and the others. */
export const CHOICES_V2: readonly {
  readonly name: string
  readonly label: string
  readonly usual: readonly [value: string, label: string]
  readonly others: LabelsV2
}[] = [
  {
    name: 'returnKeys',
    label: '돌아올 때의 키',
    usual: ['all', '전체 all'],
    others: [
      ['payment_id_only', 'paymentId만'],
      ['snake_case', 'payment_id 표기'],
      ['no_tx', 'txId 없음'],
      ['another_tx', '다른 txId'],
    ],
  },
  {
    name: 'shownTry',
    label: '단건 조회의 시도',
    usual: ['paid', '결제된 시도 paid'],
    others: [
      ['latest', '최근 시도'],
      ['first', '처음 시도'],
    ],
  },
  {
    name: 'transactions',
    label: '시도 목록 API',
    usual: ['normal', '정상 normal'],
    others: [['off', '없음 off']],
  },
  {
    name: 'webhookVersion',
    label: '웹훅 버전',
    usual: ['2024-04-25', '2024-04-25'],
    others: [['2024-01-01', '2024-01-01']],
  },
  {
    name: 'webhookSigning',
    label: '웹훅 서명',
    usual: ['normal', '정상 normal'],
    others: [
      ['unsigned', '서명 없음'],
      ['wrong_secret', '다른 시크릿'],
      ['extra_versions', '다른 버전과 함께'],
      ['doubled_header', '헤더 두 번'],
      ['url_safe', 'URL-safe base64'],
      ['another_body', '서명 뒤 본문 변경'],
      ['stale', '10분 전 시각'],
      ['future', '10분 뒤 시각'],
    ],
  },
  {
    name: 'webhookNoise',
    label: '웹훅 종류',
    usual: ['normal', '정상 normal'],
    others: [
      ['money_only', '금액이 움직일 때만'],
      ['unknown_types', '모르는 종류 추가'],
    ],
  },
  {
    name: 'confirm',
    label: '수동 승인',
    usual: ['normal', '정상 normal'],
    others: [['refused', '거절']],
  },
]
