import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { send, type Env } from './answer.ts'
import { neutralPolicy, styleHash } from './headers.ts'

const sentences = {
  unreadable: {
    ko: [
      '결제 결과를 읽을 수 없는 주소예요',
      '결제를 하셨다면 없어지지 않아요. 쇼핑몰의 주문 내역에서 확인해 주세요.',
    ],
    en: [
      'This address does not say which payment it is about',
      'If you have paid, nothing is lost. Please look at your orders in the shop.',
    ],
  },
  busy: {
    ko: ['잠시 후 다시 열어 주세요', '지금은 결과를 기록할 수 없어요. 결제하신 금액은 안전하게 확인됩니다.'],
    en: [
      'Please open this again in a moment',
      'We cannot take your return in right now. What you have paid will be found all the same.',
    ],
  },
  not_here: {
    ko: ['여기에는 아무것도 없어요', '주소를 다시 확인해 주세요.'],
    en: ['There is nothing here', 'Please check the address.'],
  },
  our_fault: {
    ko: [
      '저희 쪽에 문제가 생겼어요',
      '결제하신 금액은 안전하게 확인됩니다. 문의하실 때 아래 번호를 알려 주세요.',
    ],
    en: [
      'Something went wrong on our side',
      'What you have paid will be found all the same. Please quote this number if you ask us.',
    ],
  },
} as const

/** A page that names no order: everybody gets the same page, whatever the address. */
export const neutralAnswer = (
  c: Context<Env>,
  about: keyof typeof sentences,
  status: ContentfulStatusCode,
  {
    headers = {},
    requestId,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly requestId?: string } = {},
): Response =>
  send(c, status, neutralPage(about, requestId), {
    'content-type': 'text/html; charset=UTF-8',
    'content-security-policy': policy,
    ...headers,
  })

export const neutralStyle = `
:root{color-scheme:light dark}body{margin:0;min-height:100dvh;display:grid;place-items:center;font:1rem/1.6 system-ui,-apple-system,"Apple SD Gothic Neo","Noto Sans KR",sans-serif;word-break:keep-all}
main{max-width:28rem;padding:1.5rem}h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:.25rem 0 1rem}section+section{border-top:1px solid #8884;padding-top:1rem}section+section h1{font-size:1.05rem}
`
const policy = neutralPolicy(styleHash(neutralStyle))

/** The page's text. It contains nothing from the request. */
export function neutralPage(about: keyof typeof sentences, requestId?: string): string {
  const { ko, en } = sentences[about]
  const number = requestId === undefined ? '' : `<p><code>${requestId}</code></p>`
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${ko[0]}</title><style>${neutralStyle}</style></head><body><main><section><h1>${ko[0]}</h1><p>${ko[1]}</p>${number}</section><section lang="en"><h1>${en[0]}</h1><p>${en[1]}</p></section></main></body></html>
`
}
