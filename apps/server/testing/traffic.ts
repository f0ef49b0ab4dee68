import type { Http } from '../src/gateway/http.ts'
import type { Written } from './written.ts'

/** Counts the server's outgoing calls. */
export function trafficOf(nowMs: () => number, written: Written) {
  const sent: Array<{
    readonly method: string
    readonly path: string
    readonly body: string
    readonly atMs: number
  }> = []
  const underWay = new Map<string, number>()
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
        const answer = await http(request)
        if (answer.ok) written.given(answer.value.text)
        return answer
      } finally {
        underWay.set(path, (underWay.get(path) ?? 1) - 1)
      }
    }
  return {
    sent,
    through,
    atOnce: (path: string) => most.get(path) ?? 0,
    beatNext: (call: string, happens: () => Promise<unknown>) => void faster.set(call, happens),
  }
}
