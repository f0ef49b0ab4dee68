import { noticeId, noticeMeanings, NoticeType, type NoticeBody } from '@landfall/payment-core'
import { referenceTo } from './components.ts'
import { noticeBody, payment, review, summary } from './examples.ts'
import type { JsonObject } from './json.ts'

/** The notices that the shop receives, one entry for each type. */
export const webhooks = (): JsonObject =>
  Object.fromEntries(NoticeType.options.map((type) => [type, { post: announcementOf(type) }]))

function announcementOf(type: NoticeType): JsonObject {
  const about = noticeMeanings[type]
  return {
    operationId: `notice.${type}`,
    tags: ['Notices'],
    summary: `Notice ${type}`,
    description: `${about.slice(0, 1).toUpperCase()}${about.slice(1)}.`,
    security: [],
    parameters: headers(type),
    requestBody: {
      description: 'What happened. The signature covers these very bytes.',
      required: true,
      content: {
        'application/json': {
          schema: referenceTo('NoticeBody'),
          examples: { notice: { value: bodyOf(type) } },
        },
      },
    },
    responses: {
      '2XX': { description: 'Taken. The notice is not sent again.' },
      '410': { description: 'The receiver is gone: nothing is sent to it for ten minutes.' },
      '4XX': { description: 'Sent again later, and parked in the end.' },
      '5XX': { description: 'Sent again later, after `Retry-After` if it is given, and parked in the end.' },
    },
  }
}

const bodyOf = (type: NoticeType): NoticeBody => ({
  ...noticeBody,
  type,
  data: {
    order: summary,
    payment: type.startsWith('payment.') ? payment : null,
    ...(type.startsWith('order.review') ? { review } : {}),
  },
})

const header = (name: string, description: string, example: string): JsonObject => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
  example,
})

/** The headers of Standard Webhooks. */
const headers = (type: NoticeType): JsonObject[] => [
  header(
    'webhook-id',
    'The notice’s id, the same each time it is sent. A receiver takes each id once.',
    noticeId(type, summary.orderId, type.startsWith('payment.') ? payment.paymentId : null, 0),
  ),
  header('webhook-timestamp', 'When this attempt was made, in epoch seconds.', '1793588460'),
  header(
    'webhook-signature',
    'By Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `webhook-id.webhook-timestamp.body`, one for each secret in NOTIFY_SECRETS, separated by spaces.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
]
