import { noticeDelayMs } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { parkNotices, settleNotice, type NoticeRow } from '../../store/outbox.ts'
import { noticeReply, type NoticeReply } from './notice-answer.ts'
import { noticeRequest } from './notice-request.ts'

/**
 * After 410 Gone the receiver gets no notices (Standard Webhooks: disable the endpoint). The receiver is the one address in our configuration,
 * so a wrong deployment there must not stop the shop's notices for good: one notice tests it again after this time. If it is refused again, that
 * notice is parked. The others wait, and are sent when the receiver accepts one.
 */
const GONE_WAIT_MS = 600_000
/** A notice waits for such a receiver as long as its usual attempts would take, and is then parked (L-04). */
const GONE_AGE_MAX_MS = 76 * 3_600_000

export type Notifier = ReturnType<typeof notifier>

export function notifier(deps: Deps) {
  let goneAtMs: number | null = null
  let isTesting = false
  const { clock, config, store, log } = deps
  const isGone = (): boolean => goneAtMs !== null && clock.monotonicMs() - goneAtMs < GONE_WAIT_MS
  const deliver = async (row: NoticeRow): Promise<void> => {
    if ((await attempt(deps, row)) !== 410) {
      goneAtMs = null
      return
    }
    goneAtMs = clock.monotonicMs()
    const parked = await parkNotices(store, clock.nowMs() - GONE_AGE_MAX_MS, '410')
    log.error({ parked }, 'the shop answers 410 Gone to notices: none are sent for ten minutes')
  }
  return {
    /** The notices that may be sent at once: none without a receiver or while it is gone, one to test whether it is back, else `limit`. */
    capacity: (limit: number) => {
      if (config.notify === null || isTesting || isGone()) return 0
      return goneAtMs === null ? limit : Math.min(1, limit)
    },
    /** The last answer was 410, and no notice has been accepted since. */
    isReceiverGone: () => goneAtMs !== null,
    /** Tests a receiver that is gone now, instead of at the end of its wait (N-10). */
    retryGoneReceiver: () => {
      if (goneAtMs !== null) goneAtMs = clock.monotonicMs() - GONE_WAIT_MS
    },
    /** One attempt to deliver a notice. */
    deliver: async (row: NoticeRow): Promise<void> => {
      // Leased in one batch with the refused notice: it waits like those that are not leased yet.
      if (isGone()) return release(deps, row)
      isTesting = goneAtMs !== null
      await deliver(row).finally(() => (isTesting = false))
    },
  }
}

/** Gives the lease back until the receiver's next test; it does not count as an attempt. */
async function release(deps: Deps, row: NoticeRow): Promise<void> {
  const dueAtMs = deps.clock.nowMs() + GONE_WAIT_MS
  const attempts = row.attempts - 1
  const lastAnswer = row.lastAnswer ?? ''
  await settleNotice(deps.store, { ...row, attempts }, { state: 'waiting', dueAtMs, lastAnswer })
}

/** Sends a notice, and stores the answer. Each attempt has the same id: delivery is at least once. */
async function attempt(deps: Deps, row: NoticeRow): Promise<number | null> {
  const target = deps.config.notify
  if (target === null) return null
  const atMs = deps.clock.nowMs()
  const answer = await deps.http(
    noticeRequest(
      { id: row.noticeId, body: row.body, at: deps.clock.date(atMs) },
      {
        url: target.url,
        secrets: deps.secrets.current().noticeSecrets,
        deadlineMs: deps.config.notifyTimeoutMs,
      },
    ),
  )
  const reply = noticeReply(answer)
  await storeReply(deps, row, reply, atMs)
  return reply.status
}

async function storeReply(deps: Deps, row: NoticeRow, reply: NoticeReply, atMs: number): Promise<void> {
  const { status, text: lastAnswer } = reply
  const attemptAnswer = { lastAnswer, answer: { atMs: Math.floor(atMs), answer: lastAnswer } }
  const { noticeId, orderId, type } = row
  if (status !== null && status >= 200 && status < 300) {
    await settleNotice(deps.store, row, { state: 'delivered', dueAtMs: null, ...attemptAnswer })
    deps.metrics.count('notices', 'delivered')
    deps.log.info({ noticeId, orderId, type }, 'notice delivered')
    return
  }
  const waitMs = noticeDelayMs(row.attempts + 1, deps.random.fraction())
  if (status === 410 || waitMs === null) {
    await settleNotice(deps.store, row, { state: 'parked', dueAtMs: null, ...attemptAnswer })
    deps.metrics.count('notices', 'parked')
    deps.log.error({ noticeId, orderId, type, lastAnswer }, 'notice parked: it could not be delivered')
    return
  }
  const ms = Math.max(waitMs, reply.waitMs)
  await settleNotice(deps.store, row, { state: 'waiting', dueAtMs: atMs + ms, ...attemptAnswer })
  deps.metrics.count('notices', 'retry')
  deps.log.warn({ noticeId, orderId, type, lastAnswer, ms }, 'notice not delivered; it is retried')
  if (reply.isPrivate)
    deps.log.error(
      { noticeId, orderId },
      'NOTIFY_URL leads to a private address: NOTIFY_ALLOW_PRIVATE=true allows that',
    )
  if (!reply.isCut) return
  deps.metrics.count('bounded', 'receiver')
  deps.log.warn(
    { noticeId, orderId },
    'the shop asks to wait longer than a day; it is told again after a day',
  )
}
