import { Webhook } from 'standardwebhooks'
import type { HttpRequest } from '../../gateway/http.ts'

const ANSWER_BYTES_MAX = 64 * 1024

export type OutgoingNotice = {
  readonly id: string
  /** The exact text that is signed and sent. */
  readonly body: string
  /** When this attempt is made: the signature covers it, and a receiver refuses one of another time. */
  readonly at: Date
}
export type NoticeReceiver = {
  readonly url: string
  readonly secrets: readonly string[]
  readonly deadlineMs: number
}

/** The request of a notice by Standard Webhooks, signed with every live secret (N-06). */
export const noticeRequest = (
  { id, body, at }: OutgoingNotice,
  { url, secrets, deadlineMs }: NoticeReceiver,
): HttpRequest => ({
  method: 'POST',
  url,
  headers: {
    'content-type': 'application/json',
    'user-agent': 'Landfall',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  },
  body,
  deadlineMs,
  answerBytesMax: ANSWER_BYTES_MAX,
})
