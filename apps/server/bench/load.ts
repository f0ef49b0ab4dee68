import autocannon, { type Request } from 'autocannon'

export const CONNECTIONS = 64
const SAMPLE_EVERY_MS = 100

export type Load = { readonly requestsPerSecond: number; readonly p50Ms: number; readonly p99Ms: number }
export type How = {
  readonly connections?: number
  /** What still belongs to it once all are answered: the rate is counted to its end. */
  readonly rest?: () => Promise<void>
}

/** Sends `amount` requests over so many connections, each made by `make(index)`; throws unless every answer has the expected status. */
export async function load(
  url: string,
  amount: number,
  status: number,
  make: (index: number) => Request,
  { connections = CONNECTIONS, rest = async () => undefined }: How = {},
): Promise<Load> {
  let next = 0
  let left = amount
  const startedAtMs = performance.now()
  // autocannon itself ends at its next sample: the rate is counted to the last answer, and what belongs to it.
  let done = Promise.resolve(startedAtMs)
  const result = await autocannon({
    url,
    connections: Math.min(connections, amount),
    amount,
    timeout: 30,
    sampleInt: SAMPLE_EVERY_MS,
    requests: [
      {
        setupRequest: (request) => ({ ...request, ...make(next++) }),
        onResponse: () => {
          left -= 1
          if (left === 0) done = rest().then(() => performance.now())
        },
      },
    ],
  })
  // Before anything is thrown: what belongs to it reads books that are closed then.
  const endedAtMs = await done
  const answered = result.statusCodeStats?.[`${status}`]?.count ?? 0
  if (answered !== amount)
    throw new Error(
      `${url}: ${answered} of ${amount} answered ${status}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    )
  const seconds = (endedAtMs - startedAtMs) / 1000
  return { requestsPerSecond: amount / seconds, p50Ms: result.latency.p50, p99Ms: result.latency.p99 }
}

/** The middle one of several rounds, figure by figure. */
export function middle(rounds: readonly Load[]): Load {
  const of = (figure: keyof Load): number[] => rounds.map((round) => round[figure])
  return {
    requestsPerSecond: median(of('requestsPerSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
  }
}

/** Between the middle two when there is no middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const above = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (above + below) / 2
}
