import { minorDigits } from '@landfall/payment-core'
import { html, raw } from 'hono/html'
import { WINDOW_BANKS, WINDOW_CARDS, type CodeName } from '../v1/banks-and-cards.ts'
import type { SandboxPayment } from '../ledger.ts'
import { drawer } from './drawer.ts'
import { WINDOW_SCRIPT } from './script.ts'
import { PAGE_STYLE } from './style.ts'

type WindowPage = ReturnType<typeof html>

const METHODS = [
  { id: 'card', label: '신용카드' },
  { id: 'trans', label: '계좌이체' },
  { id: 'vbank', label: '가상계좌' },
  { id: 'phone', label: '휴대폰' },
  { id: 'wallet', label: '간편결제' },
] as const

const WALLETS = [
  { code: 'kakaopay', name: '카카오페이' },
  { code: 'naverpay', name: '네이버페이' },
  { code: 'tosspay', name: '토스페이' },
  { code: 'payco', name: '페이코' },
  { code: 'samsung', name: '삼성페이' },
]
const CARRIERS = [
  { code: 'SKT', name: 'SKT' },
  { code: 'KT', name: 'KT' },
  { code: 'LGU', name: 'LG U+' },
  { code: 'MVNO', name: '알뜰폰' },
]
/** Instalments need ₩50,000 (docs/gateway/portone-v1.md §1.2). */
const INSTALMENT_AMOUNT_MIN = 50_000
const INSTALMENT_MONTHS = [2, 3, 4, 5, 6, 10, 12]

/** Formats an amount as ₩14,000, and other currencies in Korean style, with ISO 4217's own decimal digits (M-33). */
function priceText(amount: number, currency: string): string {
  const digits = minorDigits(currency)
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return new Intl.NumberFormat('ko-KR', { style: 'currency', currency, ...fraction }).format(amount)
}

/** The window's first page, designed for phones: one column, controls of at least 48 px, no external files. */
export function windowPage(payment: SandboxPayment): WindowPage {
  const { row } = payment
  const price = priceText(row.amount, row.currency)
  const chosen = METHODS.find((method) => method.id === row.pay_method)?.id ?? methodOfWallet(row.pay_method)
  return html`<!doctype html>
    <html lang="ko">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex" />
        <title>안심결제 · ${row.name}</title>
        <style>
          ${raw(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <main class="sheet" aria-label="결제창">
          ${titleBar(payment.paymentId)}
          <form method="post" action="/window/${payment.paymentId}/pay" id="pay-form" novalidate>
            <div class="scroll">
              ${orderSummary(payment, price)} ${methodTabs(chosen)} ${cardPanel(row.amount, chosen)}
              ${choicePanel('trans', chosen, '은행 선택', 'trans_bank', WINDOW_BANKS, '선택한 은행의 인증 화면을 거쳐 바로 출금됩니다.')}
              ${choicePanel('vbank', chosen, '입금 은행 선택', 'vbank_bank', WINDOW_BANKS, '발급된 계좌로 기한 안에 입금하시면 결제가 완료됩니다.')}
              ${phonePanel(chosen)}
              ${choicePanel('wallet', chosen, '간편결제 선택', 'wallet', WALLETS, '선택한 앱에 등록된 결제 수단으로 결제됩니다.')}
              ${agreement} ${drawer(payment)}
            </div>
            ${payBar(price)}
            <input type="hidden" name="method" value="${chosen}" />
          </form>
          ${busy}
        </main>
        <script>
          ${raw(WINDOW_SCRIPT)}
        </script>
      </body>
    </html>`
}

const methodOfWallet = (payMethod: string | null): 'card' | 'wallet' =>
  WALLETS.some((wallet) => wallet.code === payMethod) ? 'wallet' : 'card'

const orderSummary = ({ row, orderId }: SandboxPayment, price: string): WindowPage =>
  html`<section class="order" aria-label="주문 정보">
    <p class="order-name">${row.name}</p>
    <p class="order-amount">${price}</p>
    <p class="order-id">주문번호 ${orderId}</p>
  </section>`

const methodTabs = (chosen: string): WindowPage =>
  html`<div class="tabs" role="tablist" aria-label="결제 수단">
    ${METHODS.map(
      ({ id, label }) =>
        html`<button
          type="button"
          role="tab"
          class="tab"
          id="tab-${id}"
          data-method="${id}"
          aria-controls="panel-${id}"
          aria-selected="${id === chosen ? 'true' : 'false'}"
        >
          ${raw(ICONS[id])}<span>${label}</span>
        </button>`,
    )}
  </div>`

/** Disables the fields of hidden panels, so that the browser neither validates nor sends them. */
const panel = (id: string, chosen: string, body: WindowPage): WindowPage =>
  html`<fieldset
    class="panel"
    role="tabpanel"
    id="panel-${id}"
    aria-labelledby="tab-${id}"
    ${raw(id === chosen ? '' : 'hidden disabled')}
  >
    ${body}
  </fieldset>`

const choices = (label: string, name: string, options: readonly CodeName[]): WindowPage =>
  html`<p class="field-label" id="${name}-label">${label}</p>
    <div class="choices" role="radiogroup" aria-labelledby="${name}-label">
      ${options.map(
        ({ code, name: text }) =>
          html`<label class="choice" data-code="${code}"
            ><input type="radio" name="${name}" value="${code}" /><span>${text}</span></label
          >`,
      )}
    </div>`

const choicePanel = (
  id: string,
  chosen: string,
  label: string,
  name: string,
  options: readonly CodeName[],
  note: string,
): WindowPage =>
  panel(
    id,
    chosen,
    html`${choices(label, name, options)}
      <p class="note">${note}</p>`,
  )

function cardPanel(amount: number, chosen: string): WindowPage {
  const months = amount >= INSTALMENT_AMOUNT_MIN ? INSTALMENT_MONTHS : []
  return panel(
    'card',
    chosen,
    html`${choices('카드사 선택', 'card_code', WINDOW_CARDS)}
      <div class="pair">
        <label class="field wide"
          ><span class="field-label">카드번호</span>
          <input
            class="input"
            name="card_number"
            inputmode="numeric"
            autocomplete="off"
            maxlength="23"
            placeholder="0000 0000 0000 0000"
        /></label>
        <label class="field"
          ><span class="field-label">할부</span>
          <select class="input" name="card_quota">
            <option value="0">일시불</option>
            ${months.map((month) => html`<option value="${month}">${month}개월</option>`)}
          </select></label
        >
      </div>`,
  )
}

const phonePanel = (chosen: string): WindowPage =>
  panel(
    'phone',
    chosen,
    html`${choices('통신사 선택', 'carrier', CARRIERS)}
      <label class="field"
        ><span class="field-label">휴대폰 번호</span>
        <input
          class="input"
          name="phone"
          inputmode="numeric"
          autocomplete="off"
          maxlength="13"
          placeholder="010-0000-0000"
      /></label>
      <p class="note">이번 달 통신 요금에 더해 청구됩니다.</p>`,
  )

const agreement = html`<section class="agree" aria-label="약관 동의">
  <label class="agree-all"
    ><input type="checkbox" id="agree" name="agree" value="yes" /><span>필수 약관 전체 동의</span></label
  >
  <p>전자금융거래 이용약관 · 개인정보 수집 및 이용 · 개인정보 제3자 제공</p>
</section>`

const titleBar = (paymentId: string): WindowPage =>
  html`<header class="bar">
    <span class="brand">${raw(ICONS.shield)}<span>안심결제</span><em>TEST</em></span>
    <form method="post" action="/window/${paymentId}/close" id="close-form">
      <button class="close" aria-label="닫기">${raw(ICONS.close)}</button>
    </form>
  </header>`

const payBar = (price: string): WindowPage =>
  html`<footer class="pay-bar">
    <p class="problem" role="alert" hidden></p>
    <button class="primary" id="pay-button">
      <span class="pay-label">${price} 결제하기</span>
    </button>
  </footer>`

/** Covers the page while the payment is in progress. */
const busy = html`<div class="busy" hidden>
  <div class="spinner" role="status" aria-label="처리 중"></div>
  <p>결제를 처리하고 있습니다</p>
  <p class="busy-note">창을 닫지 말고 잠시만 기다려 주세요</p>
</div>`

/** Line drawings of 24 by 24, in the colour of the text. */
const icon = (body: string): string =>
  `<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`

const ICONS = {
  card: icon('<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M3 10h18M7 15h3"/>'),
  trans: icon('<path d="M4 10 12 4l8 6M5 20h14M7 10v7M12 10v7M17 10v7"/>'),
  vbank: icon('<rect x="5" y="3" width="14" height="18" rx="2"/><path d="M9 8h6M9 12h6M9 16h3"/>'),
  phone: icon('<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18.5h2"/>'),
  wallet: icon('<path d="M13 3 5 13.5h6L10 21l9-11h-6.5z"/>'),
  shield: icon(
    '<path d="M12 3 5 5.5v6c0 4.5 3 7.6 7 9.5 4-1.9 7-5 7-9.5v-6z"/><path d="m9 11.8 2.2 2.2L15.2 10"/>',
  ),
  close: icon('<path d="M6 6l12 12M18 6 6 18"/>'),
} as const
