import type { NoticeSecrets } from './receive.ts'
import type { TakeNotice } from './take-notice.ts'
import { webReceiver } from './web.ts'

export type { VerifiedNotice, NoticeSecrets } from './receive.ts'

/** A handler: `app.post('/landfall', notices(process.env.NOTIFY_SECRETS, async (notice) => { … }))`. */
export function notices(
  secrets: NoticeSecrets,
  take: TakeNotice,
): (context: { readonly req: { readonly raw: Request } }) => Promise<Response> {
  const answer = webReceiver(secrets, take)
  return ({ req }) => answer(req.raw)
}
