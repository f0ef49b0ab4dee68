import { openSecrets, type NoticeSecrets } from './receive.ts'
import { takeNotice, type TakeNotice } from './take-notice.ts'

/** A receiver for frameworks with web requests and responses. */
export function webReceiver(
  secrets: NoticeSecrets,
  take: TakeNotice,
): (request: Request) => Promise<Response> {
  const webhooks = openSecrets(secrets)
  return async (request) => {
    const { status, reason } = await takeNotice(request, webhooks, take)
    return new Response(reason, { status })
  }
}
