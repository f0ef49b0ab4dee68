import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** The counters, each with one label. Labels are kinds and states, never ids or external input (P-03). */
const counters = {
  claims: ['source', 'Claims taken in, by where they came from.'],
  refused_claims: [
    'source',
    'Claims about nothing we know: those that came faster than they may, by source, and those that grew too old.',
  ],
  refused_signatures: ['cause', 'Signed webhooks without a right signature, by what is wrong with it.'],
  shed: ['what', 'Requests turned away before they were read: what they were, or which limit it was.'],
  lookups: ['outcome', 'Look-ups at the gateway: ok, or the kind of problem.'],
  events: ['event', 'What was recorded, by event.'],
  bounded: ['what', 'Waits that were asked of us and cut to their bound: whose Retry-After it was.'],
  clock_jumps: ['direction', 'Times the clock was set back or ahead by five seconds or more.'],
  notices: ['outcome', 'Attempts at telling the shop: delivered, retry or parked.'],
  cancels: ['outcome', 'Tries at giving money back: done, retry or failed.'],
} as const
const gauges = {
  waiting: ['what', 'Rows that wait to be worked on, and rows that wait for a person.'],
  oldest_due_seconds: ['what', 'How long the longest-due row has been waiting for its turn.'],
} as const

export type Metrics = ReturnType<typeof openMetrics>

/** Opens the metrics of this process. `ofProcess` adds memory, CPU and event-loop lag. */
export function openMetrics({ ofProcess = false }: { readonly ofProcess?: boolean } = {}) {
  const register = new Registry()
  if (ofProcess) collectDefaultMetrics({ register })
  const counted = new Map<string, Counter>()
  for (const [what, [label, help]] of Object.entries(counters)) {
    const name = `landfall_${what}_total`
    counted.set(what, new Counter({ name, help, labelNames: [label], registers: [register] }))
  }
  // Cache the series: looking one up by its labels costs more than adding to it, and every request adds to some. Labels
  // are closed lists, so the cache is bounded.
  const series = new Map<string, Counter.Internal>()
  const seriesOf = (what: keyof typeof counters, label: string): Counter.Internal | undefined => {
    const key = `${what} ${label}`
    const known = series.get(key)
    if (known !== undefined) return known
    const made = counted.get(what)?.labels({ [counters[what][0]]: label })
    if (made !== undefined) series.set(key, made)
    return made
  }
  const measured = new Map<string, Gauge>()
  for (const [what, [label, help]] of Object.entries(gauges)) {
    const name = `landfall_${what}`
    measured.set(what, new Gauge({ name, help, labelNames: [label], registers: [register] }))
  }
  return {
    count: (what: keyof typeof counters, label: string, by = 1) => seriesOf(what, label)?.inc(by),
    set: (what: keyof typeof gauges, label: string, value: number) =>
      measured.get(what)?.set({ [gauges[what][0]]: label }, value),
    /** All metrics in Prometheus's text format. */
    text: () => register.metrics(),
  }
}
