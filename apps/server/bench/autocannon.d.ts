/** The part of autocannon that is used here; it brings no types of its own. */
declare module 'autocannon' {
  export type Request = {
    readonly method?: string
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  }
  export type Options = {
    readonly url: string
    readonly connections: number
    readonly amount: number
    readonly timeout: number
    /** Milliseconds; a run ends at one of these moments. */
    readonly sampleInt: number
    readonly requests: ReadonlyArray<{
      readonly setupRequest: (request: Request) => Request
      readonly onResponse: () => void
    }>
  }
  export type Result = {
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
    readonly errors: number
    readonly timeouts: number
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>
  }
  export default function autocannon(options: Options): Promise<Result>
}
