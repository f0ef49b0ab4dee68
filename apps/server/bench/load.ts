import autocannon, { type Request } from 'autocannon'

export const CONNECTIONS = 64

export type Load = { readonly requestsPerSecond: number; readonly p50Ms: number; readonly p99Ms: number }

/** Sends `amount` requests over 64 connections, each made by `make(index)`; throws unless every answer has the expected status. */
export async function load(
  url: string,
  amount: number,
  status: number,
  make: (index: number) => Request,
): Promise<Load> {
  let next = 0
  const startedAtMs = performance.now()
  // autocannon itself ends at a whole second: the rate is counted to the last answer.
  let answeredAtMs = startedAtMs
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    amount,
    timeout: 30,
    requests: [
      {
        setupRequest: (request) => ({ ...request, ...make(next++) }),
        onResponse: () => {
          answeredAtMs = performance.now()
        },
      },
    ],
  })
  const seconds = (answeredAtMs - startedAtMs) / 1000
  const answered = result.statusCodeStats[status]?.count ?? 0
  if (answered !== amount)
    throw new Error(
      `${url}: ${answered} of ${amount} answered ${status}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`,
    )
  return { requestsPerSecond: amount / seconds, p50Ms: result.latency.p50, p99Ms: result.latency.p99 }
}

/** The middle one of several rounds, figure by figure, and how far the rates lie apart. */
export function middle(rounds: readonly Load[]): Load & { readonly spread: string } {
  const of = (figure: keyof Load): number[] => rounds.map((round) => round[figure]).toSorted((a, b) => a - b)
  const median = (values: readonly number[]): number => values[Math.floor(values.length / 2)] ?? Number.NaN
  const rates = of('requestsPerSecond')
  return {
    requestsPerSecond: median(rates),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    spread: `${Math.round(rates[0] ?? 0)}–${Math.round(rates.at(-1) ?? 0)}`,
  }
}
