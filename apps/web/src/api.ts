import type { Checkout, Product, ShopOrderInput, ShownScreen, VerifyInput } from '@landfall/payment-core'
import { createTRPCClient, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { httpLink } from '@trpc/client/links/httpLink'
import type { z } from 'zod'
import type { AppRouter } from '@landfall/server/router'

/** What can be asked of the server, in the app's words; screens and parts never see tRPC. */
export type Api = {
  verify(input: VerifyInput, signal: AbortSignal): Promise<ShownScreen>
  screen(token: string, signal: AbortSignal): Promise<ShownScreen>
  /** Starts listening; what it gives back stops it. `onEnd` comes at most once and never after stopping. */
  watch(token: string, listener: WatchListener): () => void
  products(signal: AbortSignal): Promise<Product[]>
  order(input: z.input<typeof ShopOrderInput>): Promise<Checkout>
}
export type WatchListener = { onOpen(): void; onScreen(shown: ShownScreen): void; onEnd(): void }

/** `offline`: no answer came. `refused`: it was understood and declined. `trouble`: the server's own fault, or an unreadable answer. */
export type AskProblem = 'offline' | 'refused' | 'trouble'

export function createApi(url: string): Api {
  const client = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url }),
        false: httpLink({ url }),
      }),
    ],
  })
  return {
    verify: (input, signal) => client.payments.verify.mutate(input, { signal }),
    screen: (token, signal) => client.payments.screen.query({ token }, { signal }),
    products: (signal) => client.shop.products.query(undefined, { signal }),
    order: (input) => client.shop.order.mutate(input),
    watch: (token, listener) => {
      let over = false
      const end = (): void => {
        if (over) return
        over = true
        listener.onEnd()
      }
      const subscription = client.payments.watch.subscribe(
        { token },
        {
          onData: (shown) => (over ? undefined : listener.onScreen(shown)),
          onStarted: () => (over ? undefined : listener.onOpen()),
          // The browser would try for ever by itself; the first break is ours to answer, by polling.
          onConnectionStateChange: ({ error }) => (error === null ? undefined : end()),
          onError: end,
          onComplete: end,
        },
      )
      return () => {
        over = true
        subscription.unsubscribe()
      }
    },
  }
}

/** Which of the three a failed ask was. 408 and 429 ask for patience, so they are not refusals. */
export function askProblemOf(error: unknown): AskProblem {
  if (!(error instanceof TRPCClientError)) return 'trouble'
  const status = httpStatusOf(error.data)
  // What cannot be read did come: a proxy's own page instead of the server's answer.
  if (status === null) return error.cause instanceof SyntaxError ? 'trouble' : 'offline'
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'trouble'
}

function httpStatusOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('httpStatus' in data)) return null
  return typeof data.httpStatus === 'number' ? data.httpStatus : null
}
