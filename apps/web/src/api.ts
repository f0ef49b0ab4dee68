import type {
  Checkout,
  GatewayName,
  Product,
  ShopOrderInput,
  ShownScreen,
  VerifyInput,
} from '@landfall/payment-core'
import { createTRPCClient, TRPCClientError } from '@trpc/client'
import { httpLink } from '@trpc/client/links/httpLink'
import type { z } from 'zod'
import type { AppRouter } from '@landfall/server/router'
import { followScreen, type StreamListener } from './stream.ts'

/** The server's procedures as the app calls them. Screens and parts do not know tRPC. */
export type Api = {
  verify(input: VerifyInput, signal: AbortSignal): Promise<ShownScreen>
  screen(token: string, signal: AbortSignal): Promise<ShownScreen>
  /** Opens the stream and returns a function that closes it. `onEnd` is called at most once, and never after closing. */
  watch(token: string, listener: WatchListener): () => void
  products(signal: AbortSignal): Promise<Product[]>
  /** The protocols by which the shop can be paid. */
  gateways(signal: AbortSignal): Promise<GatewayName[]>
  order(input: z.input<typeof ShopOrderInput>): Promise<Checkout>
}
type WatchListener = StreamListener & { onEnd(): void }

/** `offline`: no answer arrived. `refused`: the server rejected the request. `trouble`: the server failed, or its answer is unreadable. */
export type AskProblem = 'offline' | 'refused' | 'trouble'

export function createApi(url: string): Api {
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url, headers: ({ op: { context } }) => authorizationOf(context['token']) })],
  })
  return {
    verify: (input, signal) => client.payments.verify.mutate(input, { signal }),
    screen: (token, signal) => client.payments.screen.query(undefined, { signal, context: { token } }),
    products: (signal) => client.shop.products.query(undefined, { signal }),
    gateways: (signal) => client.shop.gateways.query(undefined, { signal }),
    order: (input) => client.shop.order.mutate(input),
    watch: (token, listener) => {
      const closing = new AbortController()
      const { signal } = closing
      // The first error ends the stream as its end does: the page polls, and opens it again after an answer.
      const end = (): void => (signal.aborted ? undefined : listener.onEnd())
      followScreen(url, token, listener, signal).then(end, end)
      return () => closing.abort()
    },
  }
}

const authorizationOf = (token: unknown): Record<string, string> =>
  typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}

/** Classifies a failed request. 408 and 429 are temporary, so they are not refusals. */
export function askProblemOf(error: unknown): AskProblem {
  if (!(error instanceof TRPCClientError)) return 'trouble'
  const status = httpStatusOf(error.data)
  // An unreadable answer is still an answer, for example a proxy's error page.
  if (status === null) return error.cause instanceof SyntaxError ? 'trouble' : 'offline'
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'trouble'
}

function httpStatusOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('httpStatus' in data)) return null
  return typeof data.httpStatus === 'number' ? data.httpStatus : null
}
