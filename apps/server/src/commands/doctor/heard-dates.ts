import { sentAtMs } from '../../gateway/header-times.ts'
import type { Http } from '../../gateway/http.ts'

/** How far this machine's clock is ahead of another's, by the `Date` of an answer. */
export type HeardDate = { readonly host: string; readonly aheadMs: number }

/** Half of the second that an HTTP date cuts off. */
const CUT_OFF_MS = 500

/** An HTTP client that notes the `Date` of each answer. */
export function hearingDates(
  http: Http,
  nowMs: () => number,
): { readonly http: Http; readonly heard: HeardDate[] } {
  const heard: HeardDate[] = []
  return {
    heard,
    http: async (request) => {
      const startedAtMs = nowMs()
      const answer = await http(request)
      const dateMs = answer.ok ? sentAtMs(answer.value) : null
      if (dateMs !== null) {
        const midwayMs = (startedAtMs + nowMs()) / 2
        heard.push({ host: new URL(request.url).host, aheadMs: midwayMs - dateMs - CUT_OFF_MS })
      }
      return answer
    },
  }
}
