import { json, type RouteAnswer } from './answer.ts'
import type { Log } from '../log/log.ts'
import { neutralAnswer } from './neutral-page.ts'
import { refusalOf } from './requests.ts'
import { StorageUnavailable } from '../store/engines/open.ts'

/** What was thrown while a request was answered, and what is known of who asked. */
export type Thrown = {
  readonly error: unknown
  readonly requestId: string
  readonly isPage: boolean
  /** Who hangs up in the middle of a body, or is cut off because it comes too slowly, is no fault of ours, and no alarm for anybody (D-03, D-05). */
  readonly hasHungUp: boolean
}

/** The answer to what nobody expected: it tells an id and nothing else; the log has the rest under it (P-05). */
export function faultOf(log: Log, { error, requestId, isPage, hasHungUp }: Thrown): RouteAnswer {
  if (hasHungUp) return refusalOf(isPage, { kind: 'bad_input', where: 'the body broke off' })
  if (error instanceof StorageUnavailable) {
    log.error({ err: error, requestId }, 'storage unavailable')
    return refusalOf(isPage, { kind: 'storage_unavailable', cause: error.message })
  }
  log.error({ err: error, requestId }, 'our fault')
  return isPage
    ? neutralAnswer('our_fault', 500, { requestId })
    : json({ kind: 'our_fault', message: `This is our fault. It is logged as ${requestId}.` }, 500)
}
