import { noticeDelayMs, type Result } from '@landfall/payment-core'
import { Webhook } from 'standardwebhooks'
import type { Deps } from '../../deps.ts'
import type { HttpAnswer, HttpProblem } from '../../gateway/http.ts'
import { parkNotices, settleNotice, type NoticeRow } from '../../store/outbox.ts'

const ANSWER_BYTES_MAX = 64 * 1024
/** A receiver's `Retry-After` is honoured up to a day. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000

/**
 * 410 Gone: the receiver wants no more, and is left alone (Standard Webhooks: disable the endpoint). It is one address of our own
 * configuration, so a wrong deployment there must not silence the shop's payments for good: it is knocked at again after this, with one
 * notice. That one is parked if it is refused again; the others wait, and go out by themselves once the shop listens.
 */
const GONE_WAIT_MS = 600_000
/** A notice waits for such a receiver as long as it would be tried otherwise, and is then parked (L-04). */
const GONE_AGE_MAX_MS = 76 * 3_600_000

export type Notifier = {
  /** How many notices it may be sent at once: none while it is gone or when there is no receiver, one to find out whether it is back. */
  readonly room: (limit: number) => number
  /** A person says that the shop listens again: one notice finds out now, and not when its time is over (N-10). */
  readonly knock: () => void
  /** One attempt at telling the shop. */
  readonly tell: (row: NoticeRow) => Promise<void>
}

export function notifier(deps: Deps): Notifier {
  let goneAtMs: number | null = null
  let knocking = false
  const { clock, config, store, log } = deps
  const isGone = (): boolean => goneAtMs !== null && Math.abs(clock.nowMs() - goneAtMs) < GONE_WAIT_MS
  const tell = async (row: NoticeRow): Promise<void> => {
    if ((await attempt(deps, row)) !== 410) {
      goneAtMs = null
      return
    }
    goneAtMs = clock.nowMs()
    const parked = await parkNotices(store, goneAtMs - GONE_AGE_MAX_MS, '410')
    log.error({ parked }, 'the shop answers 410 Gone to notices: it is left alone for ten minutes')
  }
  return {
    room: (limit) => {
      if (config.notify === null || knocking || isGone()) return 0
      return goneAtMs === null ? limit : Math.min(1, limit)
    },
    knock: () => {
      if (goneAtMs !== null) goneAtMs = clock.nowMs() - GONE_WAIT_MS
    },
    tell: async (row) => {
      // Taken together with the one that was refused: it waits like those that were not taken yet.
      if (isGone()) return release(deps, row)
      knocking = goneAtMs !== null
      await tell(row).finally(() => (knocking = false))
    },
  }
}

/** Not an attempt: only the lease is given back, until the receiver is knocked at again. */
async function release(deps: Deps, row: NoticeRow): Promise<void> {
  const dueAtMs = deps.clock.nowMs() + GONE_WAIT_MS
  const attempts = row.attempts - 1
  const lastAnswer = row.lastAnswer ?? ''
  await settleNotice(deps.store, { ...row, attempts }, { state: 'waiting', dueAtMs, lastAnswer })
}

/** Sends it, signed with every live secret (N-06), and marks what came of it. The id is the same at each attempt: at least once. */
async function attempt(deps: Deps, row: NoticeRow): Promise<number | null> {
  const target = deps.config.notify
  if (target === null) return null
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
      'webhook-signature': deps.secrets
        .current()
        .noticeSecrets.map((secret) => new Webhook(secret).sign(row.noticeId, at, row.body))
        .join(' '),
    },
    body: row.body,
    deadlineMs: deps.config.notifyTimeoutMs,
    answerBytesMax: ANSWER_BYTES_MAX,
  })
  await mark(deps, row, answer, atMs)
  return answer.ok ? answer.value.status : null
}

async function mark(
  deps: Deps,
  row: NoticeRow,
  answer: Result<HttpAnswer, HttpProblem>,
  atMs: number,
): Promise<void> {
  const status = answer.ok ? answer.value.status : null
  const lastAnswer = answer.ok ? String(answer.value.status) : answer.problem.kind
  const said = { lastAnswer, answer: { atMs: Math.floor(atMs), answer: lastAnswer } }
  const { noticeId, orderId, type } = row
  if (status !== null && status >= 200 && status < 300) {
    await settleNotice(deps.store, row, { state: 'delivered', dueAtMs: null, ...said })
    deps.metrics.count('notices', 'delivered')
    deps.log.info({ noticeId, orderId, type }, 'shop told')
    return
  }
  const waitMs = noticeDelayMs(row.attempts + 1, deps.random.fraction())
  if (status === 410 || waitMs === null) {
    await settleNotice(deps.store, row, { state: 'parked', dueAtMs: null, ...said })
    deps.metrics.count('notices', 'parked')
    deps.log.error({ noticeId, orderId, type, lastAnswer }, 'notice parked: the shop could not be told')
    return
  }
  const asked = answer.ok ? retryAfterMs(answer.value.headers['retry-after']) : 0
  const dueAtMs = atMs + Math.max(waitMs, asked)
  await settleNotice(deps.store, row, { state: 'waiting', dueAtMs, ...said })
  deps.metrics.count('notices', 'retry')
  deps.log.warn({ noticeId, orderId, type, lastAnswer }, 'shop not told yet; tried again')
}

/** Seconds; a date, nonsense and the past count as nothing. */
function retryAfterMs(header: string | undefined): number {
  const ms = Number(header ?? 0) * 1000
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : 0
}
