import type { HttpAnswer, HttpRequest } from '../../src/gateway/http.ts'
import type { Dice } from './dice.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'
import type { ServerName } from './story.ts'

const ANSWER_BYTES_MAX = 1_048_576
/**
 * What was asked in three of our seconds may arrive in one, and a question may need two calls. How often it is asked for with a token that has
 * just been refused, and for a new token then, says the weather, not the budget.
 */
const CALLS_A_QUESTION = 6
/** What two clocks may differ by and still share a count. */
const CLOCKS_DIFFER_MAX_MS = 5_000

/** Every call has its deadline, its size and its budget, and a server asks for one token at a time (S-14, G-02). */
export function checkCall(scene: Scene, request: HttpRequest, from: ServerName): void {
  const { weather, gateway, agenda, under, servers } = scene
  const isWrite = request.url.endsWith('/payments/cancel') || request.method === 'DELETE'
  const atMostMs = isWrite ? weather.cancelTimeoutMs : weather.lookupTimeoutMs
  const bounded = request.deadlineMs > 0 && request.deadlineMs <= atMostMs
  must(bounded && request.answerBytesMax <= ANSWER_BYTES_MAX, 'S-14', () => `${request.url} has no bounds`)
  must(under.count('/users/getToken', from) <= 1, 'S-14', () => `${from} asks for two tokens at once`)
  const since = agenda.nowMs - 1_000
  let calls = 0
  for (let at = gateway.calls.length - 1; at >= 0; at -= 1) {
    const call = gateway.calls[at]
    if (call === undefined || call.atMs <= since) break
    if (call.status !== 401 && call.path !== '/users/getToken') calls += 1
  }
  // Each by its own count, when their clocks are too far apart for one (K-03).
  const budgets = Math.abs(servers.A.skewMs - servers.B.skewMs) > CLOCKS_DIFFER_MAX_MS ? 2 : 1
  const callsMax = weather.callsPerSecond * budgets * CALLS_A_QUESTION
  must(calls <= callsMax, 'S-14', () => `${calls} calls in a second`)
}

/** How long the gateway asks for silence at most. */
export const RETRY_AFTER_MAX_S = 4
const faults = ['refused', 'failed_after', 'html', 'half', 'too_many'] as const

/** The gateway's answer, or what stands in its place on a bad day: before it did what was asked, or after. */
export function faulty(scene: Scene, request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const { dice, marks, trace, gateway } = scene
  const isCancel = new URL(request.url).pathname === '/payments/cancel'
  const isTurnedAway = turnedAway.get(request)
  if (isTurnedAway === true) return tooMany(dice)
  const drawn = dice.chance(scene.weather.fault) ? dice.pick(faults) : null
  // A gateway that turns a cancel away has not taken it, whichever copy of it the road brings.
  const fault = drawn === 'too_many' && isTurnedAway === false ? 'refused' : drawn
  if (isCancel) turnedAway.set(request, fault === 'too_many')
  if (fault === null) return gateway.answer(request)
  trace.say('gateway', 'gateway', `fault: ${fault}`)
  marks.hit(`the gateway's fault: ${fault}${isCancel ? ' at a cancel' : ''}`)
  switch (fault) {
    case 'refused':
      return { status: 503, headers: {}, text: 'Service Unavailable' }
    case 'failed_after':
      return spoilt(gateway.answer(request), () => ({ status: 502, headers: {}, text: 'Bad Gateway' }))
    case 'html':
      return { status: 200, headers: {}, text: '<html>서비스 점검 중입니다</html>' }
    case 'half':
      return spoilt(gateway.answer(request), (whole) => ({
        ...whole,
        text: whole.text.slice(0, whole.text.length >> 1),
      }))
    case 'too_many':
      return tooMany(dice)
  }
}

/** Cancels that have come in, and whether they were turned away. */
const turnedAway = new WeakMap<HttpRequest, boolean>()

const tooMany = (dice: Dice): HttpAnswer => ({
  status: 429,
  headers: { 'retry-after': String(dice.between(1, RETRY_AFTER_MAX_S)) },
  text: '',
})

const spoilt = (
  answer: HttpAnswer | Promise<HttpAnswer>,
  how: (whole: HttpAnswer) => HttpAnswer,
): HttpAnswer | Promise<HttpAnswer> => (answer instanceof Promise ? answer.then(how) : how(answer))

/** What the shop answers a notice with. */
export function shopStatus(scene: Scene): number {
  const { dice, marks, agenda, away } = scene
  if (away.goneUntilMs > agenda.nowMs) {
    marks.hit('the shop says 410')
    return 410
  }
  if (!dice.chance(scene.weather.shopFault)) return 204
  const status = dice.pick([500, 503, 400, 429])
  marks.hit(`the shop says ${status}`)
  return status
}
