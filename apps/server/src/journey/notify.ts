import { noticeDelayMs } from '@landfall/payment-core'
import { Webhook } from 'standardwebhooks'
import type { Deps } from '../deps.ts'
import { settleNotice, type NoticeRow } from '../store/outbox.ts'

const ANSWER_BYTES_MAX = 64 * 1024
/** A receiver's `Retry-After` is honoured up to a day. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000

/** One attempt at telling the shop, signed with every live secret (N-06). The id is the same at each attempt: at least once. */
export async function notify(deps: Deps, row: NoticeRow): Promise<void> {
  const target = deps.config.notify
  if (target === null) return
  const atMs = deps.clock.nowMs()
  const at = deps.clock.date(atMs)
  const answer = await deps.http({
    method: 'POST',
    url: target.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Landfall',
      'webhook-id': row.noticeId,
      'webhook-timestamp': String(Math.floor(atMs / 1000)),
      'webhook-signature': target.secrets
        .map((secret) => new Webhook(secret).sign(row.noticeId, at, row.body))
        .join(' '),
    },
    body: row.body,
    deadlineMs: deps.config.notifyTimeoutMs,
    answerBytesMax: ANSWER_BYTES_MAX,
  })
  const status = answer.ok ? answer.value.status : null
  const lastAnswer = answer.ok ? String(answer.value.status) : answer.problem.kind
  const { noticeId, orderId, type } = row
  if (status !== null && status >= 200 && status < 300) {
    await settleNotice(deps.store, row, { state: 'delivered', dueAtMs: null, lastAnswer })
    deps.log.info({ noticeId, orderId, type }, 'shop told')
    return
  }
  const waitMs = noticeDelayMs(row.attempts + 1, deps.random.fraction())
  // 410 Gone: the receiver wants no more (Standard Webhooks). It waits, parked, for a person.
  if (status === 410 || waitMs === null) {
    await settleNotice(deps.store, row, { state: 'parked', dueAtMs: null, lastAnswer })
    deps.log.error({ noticeId, orderId, type, lastAnswer }, 'notice parked: the shop could not be told')
    return
  }
  const askedMs = answer.ok ? Number(answer.value.headers['retry-after']) * 1000 : Number.NaN
  const dueAtMs =
    atMs +
    (Number.isFinite(askedMs) && askedMs > 0
      ? Math.min(Math.max(askedMs, waitMs), RETRY_AFTER_MAX_MS)
      : waitMs)
  await settleNotice(deps.store, row, { state: 'waiting', dueAtMs, lastAnswer })
  deps.log.warn({ noticeId, orderId, type, lastAnswer }, 'shop not told yet; tried again')
}
