import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { CONSOLE_SCRIPT } from './script.ts'
import { CONSOLE_STYLE } from './style.ts'
import type { SandboxEnv } from '../state.ts'
import { CHOICES_V2 } from '../v2/habit-labels.ts'
import {
  ACCOUNT_CLOSINGS,
  ACCOUNTS,
  APPROVALS,
  CANCELS,
  DENIALS_IN,
  ERROR_BODIES,
  LOOKUPS,
  PROVIDERS,
  REDIRECTS,
  ROW_SHAPES,
  WEBHOOKS,
} from '../habit-labels.ts'

type ConsolePage = ReturnType<typeof html>

/** The developer's console at `/`: the payments, the actions of banks and shop staff, and every switch. */
export function createConsole(): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/', (c) => c.html(page))
  app.get('/favicon.ico', (c) => c.body(null, 204))
  return app
}

const NORMAL = ['normal', '정상 normal'] as const
const REST_FAULTS = [
  ['normal', '정상 normal'],
  ['slow', '느림 slow'],
  ['error', '5xx 오류'],
  ['truncated', '잘린 JSON truncated'],
  ['html', 'HTML 응답'],
  ['wrong_record', '다른 결제의 응답'],
  ['too_many', '429 Retry-After'],
  ['token_revoked', '토큰 무효화'],
  ['down', '연결 끊김 down'],
  ['cancel_refused', '취소 거절'],
  ['cancel_answer_lost', '취소 응답 유실'],
  ['answer_lost', '실행 뒤 응답 유실'],
  ['hang', '응답 없음 hang'],
  ['oversize', '너무 큰 응답'],
] as const
const REST_ON = [
  ['all', '모든 호출'],
  ['token', '토큰'],
  ['lookup', '조회'],
  ['cancel', '취소'],
  ['prepare', '사전등록'],
  ['confirm', '수동 승인 (V2)'],
] as const
const ROW_STATUSES = [
  ['paid', '결제 완료 paid'],
  ['cancelled', '취소 cancelled'],
  ['ready', '진행 중 ready'],
  ['failed', '실패 failed'],
] as const
const ROW_METHODS = [
  ['card', '신용카드'],
  ['trans', '계좌이체'],
  ['vbank', '가상계좌'],
  ['phone', '휴대폰'],
] as const
const select = (name: string, label: string, options: readonly (readonly [string, string])[]): ConsolePage =>
  html`<label class="field"
    ><span>${label}</span
    ><select name="${name}">
      ${options.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
    </select></label
  >`
const number = (name: string, label: string, placeholder = ''): ConsolePage =>
  html`<label class="field"
    ><span>${label}</span
    ><input name="${name}" type="number" min="0" inputmode="numeric" placeholder="${placeholder}"
  /></label>`
const text = (name: string, label: string): ConsolePage =>
  html`<label class="field"
    ><span>${label}</span><input name="${name}" type="text" autocomplete="off"
  /></label>`
const toggle = (name: string, label: string): ConsolePage =>
  html`<label class="toggle"><input name="${name}" type="checkbox" /><span>${label}</span></label>`

const switches = html`<form id="switches" class="panel" aria-label="이상 동작">
  <div class="panel-head">
    <h2>이상 동작 <small>Misbehaviour, 모든 결제</small></h2>
    <button type="button" id="behave">초기화</button>
  </div>
  <h3>돌아가기와 결제창</h3>
  <div class="fields">
    ${select('redirect', '돌아가기 redirect', [NORMAL, ...REDIRECTS])}
    ${select('closeLeaves', '창을 닫으면', [
      ['failed', 'failed'],
      ['ready', 'ready로 남김'],
    ])}
    ${number('forgedAmount', '변조 금액 forged', '없음')}
    ${number('promotionDiscount', '프로모션 할인액', '없음')}
    ${select('approval', '승인 시점 approval', [NORMAL, ...APPROVALS])}
    ${number('approvalLateMs', '승인 지연 ms', '지시할 때')}
  </div>
  ${toggle('noWindow', '결제창이 열리지 않음 (PG 설정 오류)')}
  <h3>웹훅</h3>
  <div class="fields">
    ${select('webhook', '웹훅 webhook', [NORMAL, ...WEBHOOKS])} ${number('webhookTimes', '횟수 times')}
    ${number('webhookLateMs', '지연 ms')}
  </div>
  ${toggle('webhookRetries', '실패하면 1분 간격으로 5번 재시도 (V1)')}
  <h3>취소 API</h3>
  <div class="fields">
    ${select('cancel', '취소 결과 cancel', [NORMAL, ...CANCELS])}
    ${number('cancelLateMs', '취소 지연 ms', '지시할 때')} ${number('cancelTimes', '몇 번만', '계속')}
    ${number('cancelForMs', '얼마 동안 ms', '계속')} ${number('cancelReturns', '실제 취소 금액', '전액')}
    ${select('cancelDenialIn', '거절 사유를 남길 곳', [['nowhere', '남기지 않음'], ...DENIALS_IN])}
    ${text('cancelRefusal', '거절 메시지')}
  </div>
  <h3>조회 API와 가상계좌</h3>
  <div class="fields">
    ${select('lookups', '조회 결과 lookups', [['fresh', '정상 fresh'], ...LOOKUPS])}
    ${number('lookupsLagMs', '복제 지연 ms')} ${number('lookupsBehind', '이전 상태로 답할 횟수')}
    ${select('rowShape', '응답 필드', [['full', '전체 full'], ...ROW_SHAPES])}
    ${select('errorBody', '오류 응답', [['envelope', '정상 envelope'], ...ERROR_BODIES])}
    ${select('account', '계좌 발급', [NORMAL, ...ACCOUNTS])}
    ${select('accountClosing', '계좌 말소', [NORMAL, ...ACCOUNT_CLOSINGS])}
  </div>
  <h3>V2</h3>
  <div class="fields">
    ${CHOICES_V2.map(({ name, label, usual, others }) => select(name, label, [usual, ...others]))}
    ${number('webhookReplayMs', '웹훅을 다시 보내기 ms', '안 함')}
    ${text('namedStore', '다른 storeId로 표시')} ${number('cancelCountMax', '취소 횟수 한도')}
    ${number('confirmWithinMs', '수동 승인 기한 ms')}
    <label class="field"
      ><span>재시도 간격 배율 (0~1)</span
      ><input name="webhookRetryScale" type="number" min="0" max="1" step="any" inputmode="decimal"
    /></label>
  </div>
  <h3>REST API</h3>
  <div class="fields">
    ${select('rest', 'REST', REST_FAULTS)} ${select('restOn', '대상', REST_ON)}
    ${number('restTimes', '몇 번만', '계속')} ${number('restMs', '지연 ms')}
    ${number('restStatus', '5xx 코드')} ${number('restRetryAfterSeconds', 'Retry-After 초')}
  </div>
</form>`

const settings = html`<section class="panel" aria-label="설정">
  <h2>설정 <small>Settings</small></h2>
  <form id="webhook-url">
    <label class="field"
      ><span>기본 웹훅 주소 (notice_url이 없을 때)</span>
      <span class="with-button"
        ><input name="webhookUrl" type="url" placeholder="http://127.0.0.1:4000/webhooks/portone" /><button>
          저장
        </button></span
      ></label
    >
  </form>
  <p class="clock">현재 시각 <output id="clock"></output></p>
  <div class="row" id="advance">
    <button type="button" data-ms="60000">+1분</button><button type="button" data-ms="1800000">+30분</button>
    <button type="button" data-ms="86400000">+1일</button
    ><button type="button" data-ms="604800000">+7일</button>
  </div>
</section>`

/** Adds payments and prepared amounts of another shop that uses the same order numbers. */
const elsewhere = html`<section class="panel" aria-label="다른 쇼핑몰">
  <h2>다른 쇼핑몰 <small>Same number, elsewhere</small></h2>
  <form id="add-row" aria-label="결제 추가">
    <h3>결제창 없이 결제 추가</h3>
    <div class="fields">
      ${text('merchantUid', '주문번호')} ${number('amount', '금액')} ${select('status', '상태', ROW_STATUSES)}
      <label class="field"
        ><span>시작 시각 (한국)</span><input name="startedAt" type="datetime-local"
      /></label>
      ${select('payMethod', '결제 수단', ROW_METHODS)} ${select('pg', 'PG사', PROVIDERS)}
    </div>
    <p class="clock"><button>추가</button></p>
  </form>
  <form id="prepare" aria-label="사전등록">
    <h3>사전등록 (금액을 비우면 해제)</h3>
    <div class="fields">${text('merchantUid', '주문번호')} ${number('amount', '금액')}</div>
    <p class="clock"><button>등록</button></p>
  </form>
</section>`

const page = html`<!doctype html>
  <html lang="ko">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Gateway sandbox</title>
      <style>
        ${raw(CONSOLE_STYLE)}
      </style>
    </head>
    <body>
      <header>
        <h1>결제사 샌드박스 <small>Gateway sandbox · V1, V2</small></h1>
        <p id="connection" role="status"></p>
      </header>
      <div class="columns">
        <main aria-label="결제 목록">
          <div class="panel-head">
            <h2>결제 <small>Payments</small> <span id="count"></span></h2>
          </div>
          <p id="empty" hidden>아직 결제가 없습니다. 쇼핑몰에서 결제를 시작하면 여기에 나타납니다.</p>
          <div id="payments"></div>
        </main>
        <aside>${settings}${switches}${elsewhere}</aside>
      </div>
      <p id="toast" role="alert" hidden></p>
      <script>
        ${raw(CONSOLE_SCRIPT)}
      </script>
    </body>
  </html>`
