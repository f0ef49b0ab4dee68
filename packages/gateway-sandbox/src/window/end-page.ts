import { html, raw } from 'hono/html'
import type { CallbackResult } from '../v1/ending.ts'
import type { ResultV2 } from '../v2/details.ts'
import { PAGE_STYLE } from './style.ts'

/** The final pages of a window that does not end in a plain 302. */
type EndPage = ReturnType<typeof html>

/** Writes JSON for a script element. An unescaped `<` could close the element. */
const inScript = (value: unknown) => raw(JSON.stringify(value).replaceAll('<', '\\u003c'))

const page = (title: string, body: EndPage): EndPage =>
  html`<!doctype html>
    <html lang="ko">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(PAGE_STYLE)}
        </style>
      </head>
      <body class="end">
        <main class="end-card">${body}</main>
      </body>
    </html>`

const waiting = (text: string): EndPage =>
  html`<div class="spinner" role="status" aria-label="처리 중"></div>
    <p class="end-text">${text}</p>`

/** Posts a message to the page that opened the window only. The target origin is the origin of the SDK's request. */
const messagePage = (message: object, openerOrigin: string | null): EndPage =>
  page(
    '결제 완료',
    html`${waiting('결제 결과를 전달하고 있습니다')}
      <script>
        ;(function () {
          var target = ${inScript(openerOrigin)}
          var page = window.opener || window.parent
          if (target === null || page === window) return
          var message = Object.assign({ origin: location.origin }, ${inScript(message)})
          page.postMessage(JSON.stringify(message), target)
        })()
      </script>`,
  )

export const callbackPage = (data: CallbackResult, openerOrigin: string | null): EndPage =>
  messagePage({ from: 'iamport-sdk', action: 'done', version: 'v1', data }, openerOrigin)

type ResultMessage = { readonly txId: string; readonly result: ResultV2; readonly redirectUrl: string | null }

/** V2's result. With `redirectUrl` the script goes there instead of resolving its promise. */
export const resultPage = (message: ResultMessage, openerOrigin: string | null): EndPage =>
  messagePage({ from: 'portone-sdk', ...message }, openerOrigin)

/** A self-submitting form. The cross-site POST carries no SameSite=Lax cookies of the merchant (docs/gateway/portone-v1.md §7.12). */
export const postPage = (url: string, fields: Readonly<Record<string, string>>): EndPage =>
  page(
    '결제 완료',
    html`${waiting('쇼핑몰로 이동하고 있습니다')}
      <form method="post" action="${url}" id="back">
        ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <noscript><button class="primary">쇼핑몰로 돌아가기</button></noscript>
      </form>
      <script>
        document.getElementById('back').submit()
      </script>`,
  )

/** Requests the URL in the background, then navigates to it, as PGs that redirect twice do (docs/gateway/portone-v1.md §2.4). */
export const twicePage = (url: string): EndPage =>
  page(
    '결제 완료',
    html`${waiting('쇼핑몰로 이동하고 있습니다')}
      <script>
        ;(function () {
          var url = ${inScript(url)}
          var go = function () {
            location.replace(url)
          }
          fetch(url, { mode: 'no-cors', credentials: 'include' }).then(go, go)
        })()
      </script>`,
  )

/** The end without a return: a lost tab, or a phone payment without a return address (docs/gateway/portone-v1.md §7.10). */
export const nowherePage = (isWithoutUrl: boolean): EndPage =>
  page(
    '결제창',
    isWithoutUrl
      ? html`<p class="end-text">
          돌아갈 주소(m_redirect_url, redirectUrl)가 없어 결제 결과를 전달할 수 없습니다.
        </p>`
      : html`${waiting('결제를 처리하고 있습니다')}
          <p class="end-note">테스트: 쇼핑몰로 돌아가지 않습니다.</p>`,
  )

/** Shown after the back button or a reload, and for an unknown payment. */
export const donePage = (redirectUrl: string | null): EndPage =>
  page(
    '결제창',
    html`<p class="end-title">이미 종료된 결제입니다</p>
      <p class="end-text">결제 결과는 주문하신 쇼핑몰에서 확인해 주세요.</p>
      ${redirectUrl === null ? '' : html`<a class="primary" href="${redirectUrl}">쇼핑몰로 돌아가기</a>`}`,
  )
