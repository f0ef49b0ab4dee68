import { html } from 'hono/html'
import {
  ACCOUNT_CLOSINGS,
  ACCOUNTS,
  APPROVALS,
  CANCELS,
  DELAYS,
  LOOKUPS,
  PROVIDERS,
  REDIRECTS,
  ROW_SHAPES,
  WEBHOOKS,
} from '../habit-labels.ts'
import type { SandboxPayment } from '../ledger.ts'
import {
  ACCOUNT_SENTINELS,
  CARD_SENTINELS,
  NAME_SENTINELS,
  NO_WINDOW_SENTINEL,
  PHONE_SENTINELS,
  TRANSFER_SENTINELS,
  WALLET_SENTINELS,
} from '../scenarios.ts'
import type { Sentinel } from '../scenarios.ts'
import { CHOICES_V2 } from '../v2/habit-labels.ts'

type DrawerPage = ReturnType<typeof html>

const GROUPS: readonly { method: string; title: string; sentinels: readonly Sentinel[] }[] = [
  { method: 'card', title: '신용카드', sentinels: CARD_SENTINELS },
  { method: 'trans', title: '계좌이체', sentinels: TRANSFER_SENTINELS },
  { method: 'vbank', title: '가상계좌', sentinels: ACCOUNT_SENTINELS },
  { method: 'phone', title: '휴대폰', sentinels: PHONE_SENTINELS },
  { method: 'wallet', title: '간편결제', sentinels: WALLET_SENTINELS },
]

const AS_IS = ['', '그대로'] as const
const LEFT = [AS_IS, ['failed', 'failed'], ['ready', 'ready로 남김']] as const

/** The testers' drawer. One tap fills in a sentinel. The switches apply to this payment only. */
export const drawer = ({ paymentId, row, v2 }: SandboxPayment): DrawerPage =>
  html`<details class="drawer">
    <summary>테스트 안내</summary>
    <p class="note">실제로 결제되지 않습니다. 항목을 누르면 결제 정보가 채워집니다.</p>
    ${GROUPS.map(
      ({ method, title, sentinels }) =>
        html`<p class="drawer-title">${title}</p>
          <div class="fills">${sentinels.map((sentinel) => fillButton(method, sentinel))}</div>`,
    )}
    <p class="drawer-title">주문명에 넣으면 결제 수단과 무관하게</p>
    <ul class="names">
      ${NAME_SENTINELS.map(({ value, label }) => html`<li><code>${value}</code> ${label}</li>`)}
      <li><code>${NO_WINDOW_SENTINEL}</code> 결제창이 열리지 않음</li>
    </ul>
    <p class="drawer-title">이 결제의 이상 동작</p>
    <div class="switches">
      ${select('redirect', '돌아가기', [AS_IS, ...REDIRECTS])}
      ${select('webhook', '웹훅', [AS_IS, ...WEBHOOKS])} ${select('closeLeaves', '창을 닫으면', LEFT)}
      ${field('forgedAmount', '결제금액 변조', `${row.amount}`)}
    </div>
    ${habits} ${v2 === undefined ? '' : habitsV2}
    <p class="note">${paymentId} · ${row.sandbox ? '테스트 채널' : '실연동 채널'}</p>
  </details>`

const fillButton = (method: string, { value, label }: Sentinel): DrawerPage =>
  html`<button type="button" class="fill" data-fill="${method}" data-value="${value}">
    <b>${label}</b><span>${shown(method, value)}</span>
  </button>`

const shown = (method: string, value: string): string =>
  method === 'card' ? value.replaceAll(/(\d{4})(?=\d)/g, '$1 ') : method === 'phone' ? value : ''

const select = (name: string, label: string, options: readonly (readonly [string, string])[]): DrawerPage =>
  html`<label class="field"
    ><span class="field-label">${label}</span
    ><select class="input" name="${name}">
      ${options.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
    </select></label
  >`

const field = (name: string, label: string, placeholder: string, inputMode = 'decimal'): DrawerPage =>
  html`<label class="field"
    ><span class="field-label">${label}</span>
    <input
      class="input"
      name="${name}"
      inputmode="${inputMode}"
      autocomplete="off"
      placeholder="${placeholder}"
  /></label>`

/** The switches for the PG's habits. They apply to this payment only. */
const habits = html`<p class="drawer-title">승인</p>
  <div class="switches">
    ${select('pg_provider', 'PG사', [AS_IS, ...PROVIDERS])}
    ${select('approval', '승인 시점', [AS_IS, ...APPROVALS])}
    ${select('approvalLateMs', '승인 지연', [AS_IS, ...DELAYS])}
    ${field('promotionDiscount', '프로모션 할인액', '없음')}
  </div>
  <p class="drawer-title">취소 API</p>
  <div class="switches">
    ${select('cancel', '취소 결과', [AS_IS, ...CANCELS])}
    ${select('cancelLateMs', '취소 지연', [AS_IS, ...DELAYS])}
    ${field('cancelReturns', '실제 취소 금액', '전액')}
    ${field('cancelRefusal', '거절 메시지', '정산금액 부족', 'text')}
  </div>
  <p class="drawer-title">조회 API와 가상계좌</p>
  <div class="switches">
    ${select('lookups', '조회 결과', [AS_IS, ...LOOKUPS])} ${field('lookupsLagMs', '복제 지연 ms', '5000')}
    ${select('rowShape', '응답 필드', [AS_IS, ...ROW_SHAPES])}
    ${select('account', '계좌 발급', [AS_IS, ...ACCOUNTS])}
    ${select('accountClosing', '계좌 말소', [AS_IS, ...ACCOUNT_CLOSINGS])}
  </div>`

/** The switches that V2 alone has. */
const habitsV2 = html`<p class="drawer-title">V2</p>
  <div class="switches">
    ${CHOICES_V2.map(({ name, label, others }) => select(name, label, [AS_IS, ...others]))}
  </div>`
