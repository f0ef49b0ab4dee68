/** Korean labels of the habits for the window's drawer and the console, without the normal values. */
type Labels = readonly (readonly [value: string, label: string])[]

export const REDIRECTS: Labels = [
  ['success', 'success 키로'],
  ['none', '결과 값 없음 none'],
  ['wrong', '결과 값 반대로 wrong'],
  ['euc_kr', 'EUC-KR 메시지'],
  ['twice', '두 번 twice'],
  ['post', 'POST로'],
  ['never', '돌아가지 않음 never'],
]
export const WEBHOOKS: Labels = [
  ['before', '이동보다 먼저 before'],
  ['late', '늦게 late'],
  ['times', '여러 번 times'],
  ['form', 'form 형식'],
  ['never', '보내지 않음 never'],
]
export const APPROVALS: Labels = [
  ['late', '성공으로 돌아온 뒤 늦게 승인'],
  ['after_failure', '실패(failed)로 돌아온 뒤 승인'],
  ['after_claimed_failure', '실패(ready)로 돌아온 뒤 승인'],
]
export const CANCELS: Labels = [
  ['pending', '접수 후 늦게 반영'],
  ['denied', '접수 후 거절'],
  ['slow', '늦게 실행하고 응답'],
  ['over', '요청보다 많이 취소'],
  ['refused', '거절 (code 1)'],
  ['doubled', '두 번 취소'],
]
export const LOOKUPS: Labels = [
  ['lagging', '지연된 복제본'],
  ['flickering', '한 번 이전 상태로'],
  ['behind', '처음 몇 번 이전 상태로'],
]
export const ROW_SHAPES: Labels = [
  ['required', '필수 필드만'],
  ['nulls', '선택 필드 null'],
  ['extra', '모르는 필드 추가'],
  ['fractional', '소수 시각'],
  ['no_sandbox', 'sandbox 없음'],
  ['no_started_at', 'started_at 없음'],
  ['zero_started_at', 'started_at 0'],
  ['recorded', '실제로 기록된 응답 (V2)'],
]
export const ACCOUNTS: Labels = [['unknown', '계좌번호 unknown']]
export const ACCOUNT_CLOSINGS: Labels = [
  ['needs_key', '이니시스는 pg_api_key 필요'],
  ['unsupported', '지원하지 않음'],
]
export const ERROR_BODIES: Labels = [
  ['no_response', 'response 없음'],
  ['with_data', 'data 포함'],
  ['code_only', 'code만'],
]
export const DENIALS_IN: Labels = [
  ['fail_reason', 'fail_reason'],
  ['cancel_reason', 'cancel_reason'],
]
/** The form's value for a null delay, which a button of the console ends. */
export const UNTIL_TOLD = 'told'
export const DELAYS: Labels = [
  ['6000', '6초'],
  ['32000', '32초'],
  ['600000', '10분'],
  ['3600000', '1시간'],
  ['86400000', '1일'],
  [UNTIL_TOLD, '콘솔에서 지시할 때'],
]
/** PGs whose habits differ (docs/gateway/portone-v1.md §2.4, §6.1). */
export const PROVIDERS: Labels = [
  'html5_inicis',
  'kcp',
  'kcp_quick',
  'kicc',
  'kicc_v2',
  'nice',
  'nice_v2',
  'payco',
  'kakaopay',
  'tosspayments',
  'daou',
  'eximbay',
  'paypal_v2',
  'payletter_global',
  'alipay',
  'wechat',
].map((name) => [name, name])
