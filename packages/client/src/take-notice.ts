import type { Webhook } from 'standardwebhooks'
import { receiveWith, type VerifiedNotice, type RawRequest } from './receive.ts'

/** What the shop does about a notice. Landfall sends the notice again if it throws. */
export type TakeNotice = (notice: VerifiedNotice) => unknown

/** The answer to a notice: 204 once the shop has taken it, 413 or 401 when it was refused. */
export async function takeNotice(
  request: Request | RawRequest,
  webhooks: readonly Webhook[],
  take: TakeNotice,
): Promise<{ readonly status: number; readonly reason: string | null }> {
  const received = await receiveWith(request, webhooks)
  if (!received.ok) return { status: received.reason === 'too_large' ? 413 : 401, reason: received.reason }
  await take(received.notice)
  return { status: 204, reason: null }
}
