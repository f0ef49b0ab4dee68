import type { Context } from 'hono'
import type { Log } from '../log/log.ts'
import { StorageUnavailable } from '../store/engines/open.ts'
import type { Env } from './answer.ts'
import { refuse, refuseFault } from './requests.ts'

/** Answers a request whose handler threw. The answer carries the request's id; the log has the details (P-05). */
export function answerFault(log: Log, error: unknown, c: Context<Env>): Response {
  const requestId = c.get('requestId')
  if (hasHungUp(c)) return refuse(c, { kind: 'bad_input', where: 'the body broke off' })
  if (error instanceof StorageUnavailable) {
    log.error({ err: error, requestId }, 'storage unavailable')
    return refuse(c, { kind: 'storage_unavailable', cause: error.message })
  }
  log.error({ err: error, requestId }, 'our fault')
  return refuseFault(c)
}

/** True when the client disconnected, or was cut off for slowness, before its body ended. That is no server fault and raises no alarm (D-03, D-05). */
function hasHungUp({ env }: Context<Env>): boolean {
  const incoming = env?.incoming
  return incoming !== undefined && incoming.destroyed && !incoming.complete
}
