import type { Http } from '../src/gateway/http.ts'
import { breathe } from './clock.ts'
import type { Written } from './written.ts'

/** Only what hangs takes longer. Breaths and no milliseconds: on a busy machine they take as much longer as everything else does. */
const BREATHS_MAX = 75

/** Calls on their way out, and what is on its way to the disk: what a test counts, and what time waits for. */
export function trafficOf(nowMs: () => number, written: Written) {
  const sent: Array<{
    readonly method: string
    readonly path: string
    readonly body: string
    readonly atMs: number
  }> = []
  const underWay = new Map<string, number>()
  let breaths = 0
  /** What is under way, and at which breath it began. */
  const begun = new Set<{ readonly at: number }>()
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const own = { at: breaths }
    begun.add(own)
    try {
      return await work()
    } finally {
      begun.delete(own)
    }
  }
  const most = new Map<string, number>()
  const faster = new Map<string, () => Promise<unknown>>()
  const through =
    (http: Http): Http =>
    async (request) => {
      const path = new URL(request.url).pathname
      const happens = faster.get(`${request.method} ${path}`)
      faster.delete(`${request.method} ${path}`)
      await happens?.()
      sent.push({ method: request.method, path, body: request.body ?? '', atMs: nowMs() })
      written.given(`${JSON.stringify(request.headers)} ${request.body ?? ''}`)
      if (path === '/notices') written.write('notices', request.body ?? '')
      const now = (underWay.get(path) ?? 0) + 1
      underWay.set(path, now)
      most.set(path, Math.max(most.get(path) ?? 0, now))
      try {
        const answer = await during(() => http(request))
        if (answer.ok) written.given(answer.value.text)
        return answer
      } finally {
        underWay.set(path, (underWay.get(path) ?? 1) - 1)
      }
    }
  const busy = (): boolean => [...begun].some(({ at }) => breaths - at < BREATHS_MAX)
  /** World time stands still while an answer is on its way, but not for a gateway that never gives one. */
  const quiet = async (): Promise<void> => {
    do {
      await breathe()
      breaths += 1
    } while (busy())
  }
  return {
    sent,
    through,
    during,
    quiet,
    atOnce: (path: string) => most.get(path) ?? 0,
    beatNext: (call: string, happens: () => Promise<unknown>) => void faster.set(call, happens),
  }
}

export type Traffic = ReturnType<typeof trafficOf>
