import type { OrderSummary } from '@landfall/payment-core'
import type { Config } from '../../config/config.ts'
import type { Http } from '../../gateway/http.ts'
import { noticeReply, type NoticeReply } from '../../journey/follow-up/notice-answer.ts'
import { noticeRequest } from '../../journey/follow-up/notice-request.ts'
import { notTried, right, wrong, type Finding } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

type Receiver = NonNullable<Config['notify']>

/** Of no order: the number is of none, nothing is to be paid, and a shop that only reads the status does nothing. */
const orderOfTest = (orderId: string, nowMs: number): OrderSummary => ({
  orderId,
  name: 'Landfall test notice',
  amount: 0,
  currency: 'KRW',
  taxFree: null,
  vat: null,
  status: 'open',
  balance: 0,
  review: null,
  reviews: [],
  reference: null,
  returnTo: null,
  registeredAt: nowMs,
  expiresAt: nowMs,
  closedAt: null,
  amountFixed: false,
})

/** Sends the shop a signed notice of type `landfall.test`, which is of no order. */
export async function sendTestNotice(
  http: Http,
  {
    notify,
    notifyTimeoutMs,
    secrets,
  }: Pick<Config, 'notifyTimeoutMs' | 'secrets'> & { readonly notify: Receiver },
  { id, atMs }: { readonly id: string; readonly atMs: number },
): Promise<NoticeReply> {
  const at = new Date(atMs)
  const body = JSON.stringify({
    type: 'landfall.test',
    timestamp: at.toISOString(),
    sequence: 1,
    data: { order: orderOfTest(id, Math.floor(atMs)), payment: null },
  })
  const receiver = { url: notify.url, secrets: secrets.noticeSecrets, deadlineMs: notifyTimeoutMs }
  return noticeReply(await http(noticeRequest({ id, body, at }, receiver)))
}

/** What the answer means. `isClockWrong` explains a refused signature. */
export function checkNotices(
  notify: Receiver | null,
  reply: NoticeReply | null,
  isClockWrong: boolean,
): Finding {
  if (notify === null || reply === null)
    return notTried('notices', 'NOTIFY_URL is not set: the shop hears of payments only when it asks')
  const { origin, pathname } = new URL(notify.url)
  const address = origin + pathname
  const { status, text } = reply
  if (status === null) {
    const { found, advice } = whyUnreachable(reply.isPrivate ? 'EPRIVATE' : text.replace('unreachable: ', ''))
    return wrong('notices', `${address} ${found}`, `${advice} The address is NOTIFY_URL.`)
  }
  if (status >= 200 && status < 300)
    return right('notices', `${address} takes a signed test notice (${status})`)
  return wrong(
    'notices',
    `${address} answers a signed test notice with ${status}`,
    adviceFor(status, isClockWrong),
  )
}

function adviceFor(status: number, isClockWrong: boolean): string {
  if ((status === 400 || status === 401 || status === 403) && isClockWrong)
    return 'The clock is wrong: the shop refuses signatures of another time. Correct the clock first.'
  if (status === 401 || status === 403)
    return 'The shop refuses the signature: give it the same NOTIFY_SECRETS, and let it verify the body as it came.'
  if (status === 400)
    return 'The shop refuses the signature or the body: give it the same NOTIFY_SECRETS. It must take types that it does not know with 2xx.'
  if (status === 404 || status === 405)
    return 'The shop has no receiver for POST there: correct the path of NOTIFY_URL.'
  if (status === 410)
    return 'The shop wants no notices (410 Gone): none are sent for ten minutes after each such answer.'
  if (status >= 300 && status < 400)
    return 'Redirects are not followed: name the final address in NOTIFY_URL.'
  if (status >= 500)
    return 'The shop’s receiver fails: read its log. It must take types that it does not know with 2xx.'
  return 'The shop must answer notices with 2xx, also those of types that it does not know.'
}
